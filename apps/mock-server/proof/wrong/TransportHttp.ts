import * as W from "../WrongServer.js"

const isPreflight = ({ request }: W.Asked) => request.method === "OPTIONS"

const isHead = ({ request }: W.Asked) => request.method === "HEAD"

/** Changes a response header, if it exists. */
const inHeader = (name: string, change: (value: string) => string | undefined, when = (_: W.Asked) => true) =>
  W.answers((response, asked) => {
    const value = response.headers.get(name)
    return value === null || !when(asked) ? response : W.withHeaders(response, { [name]: change(value) })
  })

const without = (name: string) => (list: string) =>
  list.split(",").map((one) => one.trim()).filter((one) => one.toLowerCase() !== name).join(", ")

/** Servers with wrong HTTP. */
export const wrongServers: W.WrongServers = {
  "accepts no key with spaces inside": [
    W.refuses(({ request }) => /^Bearer \S+ \S/.test(request.headers.get("authorization") ?? ""), [401, 16]),
    "WS-TRANSPORT-301"
  ],
  "does not know HEAD": [W.refuses(isHead, [405, 12]), "WS-TRANSPORT-302"],
  "answers HEAD with the body of GET": [
    W.asking((asked) => asked.ask(isHead(asked) ? { method: "GET" } : {})),
    "WS-TRANSPORT-302"
  ],
  "answers HEAD with 200 where GET finds nothing": [
    W.answers((response, asked) =>
      isHead(asked) ? new Response(null, { status: 200, headers: response.headers }) : response
    ),
    "WS-TRANSPORT-302"
  ],
  "answers HEAD without a content type": [
    inHeader("content-type", () => undefined, isHead),
    "WS-TRANSPORT-302"
  ],
  "requires a key in a preflight": [
    W.refuses((asked) => isPreflight(asked) && !asked.request.headers.has("authorization"), [401, 16]),
    "WS-TRANSPORT-303"
  ],
  "allows another origin": [
    inHeader("access-control-allow-origin", () => "https://other.example"),
    "WS-TRANSPORT-303",
    "WS-TRANSPORT-304"
  ],
  "does not allow PATCH from another origin": [
    inHeader("access-control-allow-methods", without("patch")),
    "WS-TRANSPORT-303"
  ],
  "does not allow Authorization from another origin": [
    inHeader("access-control-allow-headers", without("authorization")),
    "WS-TRANSPORT-303"
  ],
  "allows an origin only in the preflight": [
    inHeader("access-control-allow-origin", () => undefined, (asked) => !isPreflight(asked)),
    "WS-TRANSPORT-304"
  ],
  "does not expose x-request-id": [
    inHeader("access-control-expose-headers", without("x-request-id")),
    "WS-TRANSPORT-304"
  ]
}
