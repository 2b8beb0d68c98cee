import * as W from "../WrongServer.js"

const PREFIX = "external_id%3A"

const isGet = ({ request, url }: W.Asked) => request.method === "GET" && W.refOf(url) !== ""

const decode = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Whether the external id of the requested secret matches. */
const findsByExternalId = (isLike: (externalId: string, asked: string) => boolean) =>
  W.insists(404, async (asked) => {
    const wanted = decode(W.refOf(asked.url)).replace("external_id:", "")
    const page = await W.read(await asked.ask({ url: new URL(W.addressed(asked.url, "").href.slice(0, -1)) }))
    const all = Array.isArray(page["items"]) ? page["items"].map((item) => W.metadataOf(item)) : []
    const found = all.find(({ externalId }) => typeof externalId === "string" && isLike(externalId, wanted))
    return isGet(asked) && found !== undefined ? { url: W.addressed(asked.url, W.text(found["id"])) } : undefined
  })

/** Reveals whether a missing secret once existed. */
export const tellsOfDeleted: W.WrongServer = W.remembering(() => {
  const deleted = new Set<string>()
  return W.answers(async (response, { request, url }) => {
    if (request.method === "DELETE" && response.ok) {
      deleted.add(W.refOf(url))
    }
    return response.status === 404 && deleted.has(W.refOf(url))
      ? W.answered(response, { ...(await W.read(response)), message: "it was deleted" })
      : response
  })
})

/** Servers with a wrong get. */
export const wrongServers: W.WrongServers = {
  "has info only where it is asked for": [
    W.secrets(({ info, ...secret }, asked) => isGet(asked) ? secret : { ...secret, info }),
    "WS-GET-001",
    "WS-CLIENT-003"
  ],
  "leaves labels out of get": [
    W.inMetadata(({ labels, ...metadata }, asked) =>
      isGet(asked) || labels === undefined ? metadata : { ...metadata, labels }
    ),
    "WS-GET-002",
    "WS-CLIENT-003"
  ],
  "finds no secret by its external id": [
    W.refuses((asked) => isGet(asked) && W.refOf(asked.url).startsWith(PREFIX), [404, 5]),
    "WS-GET-003",
    "WS-CLIENT-004"
  ],
  "accepts no bare colon behind external_id": [
    W.refuses((asked) => W.refOf(asked.url).startsWith("external_id:"), [404, 5]),
    "WS-GET-004"
  ],
  "accepts no colon behind external_id that is encoded in lower case": [
    W.refuses((asked) => W.refOf(asked.url).startsWith("external_id%3a"), [404, 5]),
    "WS-GET-004"
  ],
  "decodes an external id twice": [
    W.requests((asked) => isGet(asked) ? { url: W.addressed(asked.url, decode(decode(W.refOf(asked.url)))) } : {}),
    "WS-GET-005",
    "WS-CLIENT-004"
  ],
  "mistakes + in an external id for a space": [
    W.requests((asked) =>
      isGet(asked) ? { url: W.addressed(asked.url, decode(W.refOf(asked.url)).replaceAll("+", " ")) } : {}
    ),
    "WS-GET-005"
  ],
  "finds an external id in any case": [
    findsByExternalId((externalId, wanted) => externalId.toLowerCase() === wanted.toLowerCase()),
    "WS-GET-006"
  ],
  "finds an external id by its beginning": [
    findsByExternalId((externalId, wanted) => externalId.startsWith(wanted)),
    "WS-GET-006"
  ],
  "mistakes an external id for an id": [
    W.insists(
      404,
      (asked) => isGet(asked) ? { url: W.addressed(asked.url, `external_id:${decode(W.refOf(asked.url))}`) } : undefined
    ),
    "WS-GET-007"
  ],
  "answers null for a secret that is missing": [
    W.answers((response, asked) =>
      isGet(asked) && response.status === 404 ? W.answered(response, null, 200) : response
    ),
    "WS-GET-008",
    "WS-CLIENT-103"
  ],
  "answers INVALID_ARGUMENT to an id that is no ULID": [
    W.refuses((asked) => isGet(asked) && !/^(wsecret_|external_id)/.test(W.refOf(asked.url))),
    "WS-GET-009",
    "WS-GET-007"
  ],
  "reveals which secrets were deleted": [
    tellsOfDeleted,
    "WS-GET-010",
    "WS-DELETE-004"
  ],
  "reveals which secrets other workspaces have": [
    W.answers(async (response, { ask, request, url }, other) => {
      if (response.status !== 404 || request.method !== "GET") {
        return response
      }
      const theirs = await ask({ authorization: W.keyOf(other), url: W.unscoped(url) })
      return theirs.ok ? W.answered(response, { ...(await W.read(response)), message: "not yours" }) : response
    }),
    "WS-GET-011"
  ],
  "answers a get of another workspace's secret with PERMISSION_DENIED": [
    W.answers(async (response, asked, other) => {
      const theirs = isGet(asked) && response.status === 404
        ? await asked.ask({ authorization: W.keyOf(other), url: W.unscoped(asked.url) })
        : undefined
      return theirs?.ok === true ? W.refusal(403, 7) : response
    }),
    "WS-GET-011"
  ],
  "returns secrets of other workspaces": [
    W.insists(
      404,
      (asked, other) => isGet(asked) ? { authorization: W.keyOf(other), url: W.unscoped(asked.url) } : undefined
    ),
    "WS-GET-011"
  ]
}
