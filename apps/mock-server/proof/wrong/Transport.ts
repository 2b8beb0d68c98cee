import * as W from "../WrongServer.js"

const isWrite = ({ request }: W.Asked) => request.method === "POST" || request.method === "PATCH"

const isScoped = ({ url }: W.Asked) => url.pathname.startsWith("/v1/workspaces/")

/** Changes every key in JSON. */
const keys = (json: unknown, change: (key: string) => string): unknown =>
  Array.isArray(json)
    ? json.map((item) => keys(item, change))
    : typeof json === "object" && json !== null
    ? Object.fromEntries(Object.entries(json).map(([key, value]) => [change(key), keys(value, change)]))
    : json

const snakeCase = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const withTimes = (change: (time: string) => string) =>
  W.inMetadata((metadata) => ({ ...metadata, createdAt: change(W.text(metadata["createdAt"])) }))

/** Whether JSON contains a null. */
const hasNull = (json: unknown): boolean =>
  json === null || (typeof json === "object" && Object.values(json).some(hasNull))

const isKnown = (key: string) =>
  ["limit", "cursor", "prefix", "query", "labels", "sortOrder", "includeInfo"].includes(key)

/** Servers that are wrong in every operation. */
export const wrongServers: W.WrongServers = {
  "requires an Accept header": [
    W.refuses(({ request }) => request.headers.get("accept") !== "application/json", [400, 3]),
    "WS-TRANSPORT-001"
  ],
  "answers in text/plain": [
    W.answers((response) => response.ok ? W.withHeaders(response, { "content-type": "text/plain" }) : response),
    "WS-TRANSPORT-002"
  ],
  "has errors in application/problem+json": [
    W.answers((response) =>
      response.ok ? response : W.withHeaders(response, { "content-type": "application/problem+json" })
    ),
    "WS-TRANSPORT-003"
  ],
  "has no x-request-id": [
    W.answers((response) => response.ok ? W.withHeaders(response, { "x-request-id": undefined }) : response),
    "WS-TRANSPORT-004"
  ],
  "has no x-request-id in errors": [
    W.answers((response) => response.ok ? response : W.withHeaders(response, { "x-request-id": undefined })),
    "WS-TRANSPORT-005",
    "WS-CLIENT-103"
  ],
  "writes field names in snake_case": [
    W.bodies((body) => W.at(keys(body, snakeCase))),
    "WS-TRANSPORT-006",
    "WS-LIST-001",
    "WS-CLIENT-001"
  ],
  "writes null for what is not set": [
    W.inMetadata((metadata) => ({ ...metadata, externalId: W.text(metadata["externalId"]) || null })),
    "WS-TRANSPORT-017",
    "WS-CREATE-021",
    "WS-GET-001"
  ],
  "writes times with an offset": [
    withTimes((time) => time.replace("Z", "+00:00")),
    "WS-TRANSPORT-008",
    "WS-CREATE-021"
  ],
  "writes times in seconds since 1970": [
    W.inMetadata((metadata) => ({ ...metadata, createdAt: Date.parse(W.text(metadata["createdAt"])) / 1000 })),
    "WS-TRANSPORT-008"
  ],
  "writes microseconds": [withTimes((time) => time.replace("Z", "000Z")), "WS-TRANSPORT-009"],
  "writes seconds": [withTimes((time) => time.replace(/\.\d+Z/, "Z")), "WS-TRANSPORT-009"],
  "rejects null in a create": [
    W.refuses(({ json, request }) => request.method === "POST" && hasNull(json)),
    "WS-TRANSPORT-010"
  ],
  "rejects null in an update": [
    W.refuses(({ json, request }) => request.method === "PATCH" && hasNull(json)),
    "WS-TRANSPORT-011"
  ],
  "clears what is null in an update": [
    W.sent("PATCH", (body) => {
      const cleared = Object.entries(W.metadataOf(body)).filter(([, value]) => value === null)
      return cleared.length > 0 && typeof body["updateMask"] !== "string"
        ? { ...body, updateMask: ["metadata.name", ...cleared.map(([key]) => `metadata.${key}`)].join(",") }
        : body
    }),
    "WS-TRANSPORT-011"
  ],
  "rejects fields that it does not know": [
    W.refuses((asked) => isWrite(asked) && asked.body.includes("\"nope\"")),
    "WS-TRANSPORT-012"
  ],
  "rejects parameters that it does not know": [
    W.refuses((asked) => W.isList(asked) && [...asked.url.searchParams.keys()].some((key) => !isKnown(key))),
    "WS-TRANSPORT-013"
  ],
  "has only lists in workspace-scoped paths": [
    W.refuses((asked) => isScoped(asked) && W.refOf(asked.url) !== "", [404, 5]),
    "WS-TRANSPORT-014"
  ],
  "has secrets of their own in workspace-scoped paths": [
    W.remembering(() => {
      const scoped = new Map<string, boolean>()
      return W.answers(async (response, asked) => {
        if (asked.request.method === "POST" && response.ok) {
          const { id } = W.metadataOf(await W.read(response.clone()))
          scoped.set(W.text(id), isScoped(asked))
        }
        return scoped.get(W.refOf(asked.url)) === !isScoped(asked) ? W.refusal(404, 5) : response
      })
    }),
    "WS-TRANSPORT-014"
  ],
  "accepts no alias of a workspace": [
    W.refuses(({ url }) => url.pathname.startsWith("/v1/workspaces/development/"), [403, 7]),
    "WS-TRANSPORT-015"
  ],
  "answers with the alias of a workspace": [
    W.inMetadata((metadata, { url }) =>
      url.pathname.startsWith("/v1/workspaces/development/") ? { ...metadata, workspaceId: "development" } : metadata
    ),
    "WS-TRANSPORT-015"
  ],
  "leaves values out": [
    W.secrets((secret) => ({ ...secret, spec: {} })),
    "WS-TRANSPORT-018",
    "WS-GET-002",
    "WS-CLIENT-002"
  ],
  "leaves values out of what it answers to an update": [
    W.secrets((secret, { request }) => request.method === "PATCH" ? { ...secret, spec: {} } : secret),
    "WS-TRANSPORT-018"
  ]
}
