import * as MockServer from "../../src/MockServer.js"
import * as W from "../WrongServer.js"

const MIB = 1024 * 1024

const isWrite = ({ request }: W.Asked) => request.method === "POST" || request.method === "PATCH"

const rightKey = { authorization: `Bearer ${MockServer.defaultApiKey}` }

/** Accepts a request as the key's owner if its header matches. */
const trusts = (when: (authorization: string | null) => boolean) =>
  W.requests(({ request }) => when(request.headers.get("authorization")) ? rightKey : {})

const withoutAllow = (when: (asked: W.Asked) => boolean) =>
  W.answers((response, asked) => when(asked) ? W.withHeaders(response, { allow: undefined }) : response)

/** The workspace of a scoped path. */
const workspaceOf = (url: URL) => /^\/v1\/workspaces\/([^/]+)\//.exec(url.pathname)?.[1]

const isRoute = ({ url }: W.Asked) =>
  /^\/v1\/(whoami|(workspaces\/[^/]+\/)?workspace_secrets(\/[^/]+)?)$/.test(url.pathname)

/** A body that the correct server accepts. */
const goodBody = (asked: W.Asked) =>
  JSON.stringify(asked.request.method === "POST" ? { metadata: { name: "name" }, spec: {} } : {})

/** Removes the field violations of errors. */
const namesNothing = (when: (asked: W.Asked) => boolean) =>
  W.errors((body, response, asked) => W.answered(response, when(asked) ? { ...body, details: [] } : body))

/** Servers with wrong errors. */
export const wrongServers: W.WrongServers = {
  "requires no key": [trusts((authorization) => authorization === null), "WS-ERR-001"],
  "requires no Bearer before the key": [
    trusts((authorization) => authorization === MockServer.defaultApiKey),
    "WS-ERR-002"
  ],
  "accepts another scheme instead of Bearer": [
    trusts((authorization) => authorization?.startsWith("Basic ") ?? false),
    "WS-ERR-002"
  ],
  "accepts every key": [
    trusts((authorization) => /^Bearer .+/.test(authorization ?? "") && authorization !== "Bearer another-key"),
    "WS-ERR-003",
    "WS-CLIENT-101"
  ],
  "accepts a key by its beginning": [
    trusts((authorization) => authorization?.startsWith(rightKey.authorization) ?? false),
    "WS-ERR-003"
  ],
  "mistakes every workspace for the key's": [
    W.requests(({ url }) => ({ url: W.unscoped(url) })),
    "WS-ERR-004",
    "WS-ERR-005",
    "WS-ERR-019",
    "WS-CLIENT-102"
  ],
  "answers NOT_FOUND for a workspace that is not the key's": [
    W.errors((body, response) =>
      response.status === 403 ? W.answered(response, { ...body, code: 5 }, 404) : W.answered(response, body)
    ),
    "WS-ERR-004",
    "WS-ERR-005",
    "WS-CLIENT-102"
  ],
  "lets every key into every workspace": [
    W.requests(({ url }, other) =>
      workspaceOf(url) === other.workspaceId ? { url: W.unscoped(url), authorization: W.keyOf(other) } : {}
    ),
    "WS-ERR-005"
  ],
  "accepts a workspace by the beginning of its id": [
    W.insists(403, async ({ ask, url }) => {
      const workspace = workspaceOf(url) ?? ""
      const page = await W.read(await ask({ url: new URL("/v1/workspace_secrets", url), method: "GET" }))
      const [{ workspaceId } = {}] = Array.isArray(page["items"]) ? page["items"].map(W.metadataOf) : []
      return W.text(workspaceId).startsWith(workspace) ? { url: W.unscoped(url) } : undefined
    }),
    "WS-ERR-019"
  ],
  "has one message for all that is not found": [
    W.errors((body, response) =>
      W.answered(response, response.status === 404 ? { ...body, message: "not found" } : body)
    ),
    "WS-ERR-006"
  ],
  "answers with HTML where there is no route": [
    W.answers((response, asked) =>
      response.status === 404 && !isRoute(asked)
        ? new Response("<h1>Not Found</h1>", { status: 404, headers: { "content-type": "text/html" } })
        : response
    ),
    "WS-ERR-006",
    "WS-CLIENT-107"
  ],
  "has no Allow for the collection": [
    withoutAllow(({ url }) => W.refOf(url) === "" && url.pathname.endsWith("/workspace_secrets")),
    "WS-ERR-007"
  ],
  "answers NOT_FOUND to another method on the collection": [
    W.refuses(({ request, url }) => request.method === "PUT" && W.refOf(url) === "", [404, 5]),
    "WS-ERR-007"
  ],
  "has PUT in the Allow of a secret": [
    W.answers((response, { url }) =>
      response.status === 405 && W.refOf(url) !== ""
        ? W.withHeaders(response, { allow: "GET, PUT, PATCH, DELETE" })
        : response
    ),
    "WS-ERR-008"
  ],
  "accepts PUT instead of PATCH": [
    W.requests(({ request, url }) =>
      request.method === "PUT" && W.refOf(url) !== "" ? { method: "PATCH", body: "{}" } : {}
    ),
    "WS-ERR-008"
  ],
  "accepts POST for whoami": [
    W.requests((asked) => W.isWhoami(asked) ? { method: "GET" } : {}),
    "WS-ERR-009"
  ],
  "has no Allow for whoami": [withoutAllow(W.isWhoami), "WS-ERR-009"],
  "accepts bodies of half a MiB at most": [
    W.refuses(({ body }) => body.length > MIB / 2, [413, 3]),
    "WS-ERR-010"
  ],
  "accepts bodies of any size": [
    W.requests((asked) => asked.body.length > MIB ? { body: goodBody(asked) } : {}),
    "WS-ERR-011",
    "WS-CLIENT-106"
  ],
  "answers 400 to a body that is too large": [
    W.errors((body, response) => W.answered(response, body, response.status === 413 ? 400 : response.status)),
    "WS-ERR-011",
    "WS-CLIENT-106"
  ],
  "accepts JSON of any content type": [
    W.requests((asked) => isWrite(asked) ? { contentType: "application/json" } : {}),
    "WS-ERR-012"
  ],
  "requires application/json without a charset": [
    W.refuses(({ request }) => request.headers.get("content-type")?.includes("charset") ?? false, [415, 3]),
    "WS-ERR-013"
  ],
  "mistakes UTF-8 for Latin-1 where it is said": [
    W.requests(({ body, request }) =>
      request.headers.get("content-type")?.includes("charset") === true
        ? { body: Buffer.from(body, "utf8").toString("latin1") }
        : {}
    ),
    "WS-ERR-013"
  ],
  "mistakes broken JSON for an empty update": [
    W.requests((asked) => asked.request.method === "PATCH" && W.parse(asked.body) === undefined ? { body: "{}" } : {}),
    "WS-ERR-014"
  ],
  "answers INTERNAL to broken JSON": [
    W.refuses((asked) => isWrite(asked) && W.parse(asked.body) === undefined, [500, 13]),
    "WS-ERR-014"
  ],
  "mistakes JSON that is no object for an empty one": [
    W.requests((asked) =>
      isWrite(asked) && /^(null|\[\]|"text"|5|true)$/.test(asked.body) ? { body: goodBody(asked) } : {}
    ),
    "WS-ERR-015"
  ],
  "does not say which parameter of a list is wrong": [namesNothing(W.isList), "WS-ERR-016", "WS-CLIENT-105"],
  "does not say which field of a create is wrong": [
    namesNothing(({ request }) => request.method === "POST"),
    "WS-ERR-017"
  ],
  "does not say which field of an update is wrong": [
    namesNothing(({ request }) => request.method === "PATCH"),
    "WS-ERR-018"
  ],
  "names fields in lowerCamelCase": [
    W.errors((body, response) =>
      W.answered(
        response,
        W.at(W.parse(
          JSON.stringify(body).replaceAll(
            /"field":"[^"]*"/g,
            (field) => field.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
          )
        ))
      )
    ),
    "WS-ERR-023"
  ],
  "has the keys of labels in snake_case where it names them": [
    W.errors((body, response) =>
      W.answered(response, W.at(W.parse(JSON.stringify(body).replaceAll("labels.someKey", "labels.some_key"))))
    ),
    "WS-ERR-023"
  ],
  "has no code in its errors": [
    W.errors((body, response) => W.answered(response, { error: body["message"] })),
    "WS-ERR-001",
    "WS-GET-008",
    "WS-LIST-008",
    "WS-CLIENT-103"
  ],
  "has an additional field in its errors": [
    W.errors((body, response) => W.answered(response, { ...body, status: response.status })),
    "WS-ERR-001",
    "WS-GET-008"
  ],
  "has errors in HTML": [
    W.errors((_, { status }) => new Response("<h1>Oops</h1>", { status, headers: { "content-type": "text/html" } })),
    "WS-TRANSPORT-003",
    "WS-ERR-001",
    "WS-GET-008",
    "WS-CLIENT-103"
  ]
}
