import * as W from "../WrongServer.js"

const createdAt = (item: W.Json): number => Date.parse(W.text(W.metadataOf(item)["createdAt"]))

/** Servers with lists of wrong content, length or order. */
export const wrongServers: W.WrongServers = {
  "returns the total number in a page": [
    W.bodies((body) => Array.isArray(body["items"]) ? { ...body, total: body["items"].length } : body),
    "WS-LIST-001"
  ],
  "has no pagination where there is nothing": [
    W.bodies(({ pagination, ...body }) =>
      Array.isArray(body["items"]) && body["items"].length === 0 ? body : { ...body, pagination }
    ),
    "WS-LIST-001",
    "WS-TRANSPORT-106"
  ],
  "has info in every list": [W.listed(() => ({ includeInfo: "true" })), "WS-LIST-002"],
  "has no values in lists": [
    W.items((items) => items.map((item) => ({ ...item, spec: {} }))),
    "WS-LIST-002",
    "WS-TRANSPORT-018"
  ],
  "has no info in any list": [W.listed(() => ({ includeInfo: undefined })), "WS-LIST-003", "WS-CLIENT-005"],
  "mistakes includeInfo=false for true": [
    W.listed((query) => query.get("includeInfo") === "false" ? { includeInfo: "true" } : {}),
    "WS-LIST-004",
    "WS-CLIENT-005"
  ],
  "mistakes any includeInfo for true": [
    W.listed((query) => query.has("includeInfo") ? { includeInfo: "true" } : {}),
    "WS-LIST-004",
    "WS-LIST-005",
    "WS-CLIENT-005"
  ],
  "mistakes an includeInfo that it does not know for false": [
    W.listed((query) => query.get("includeInfo") === "true" ? {} : { includeInfo: undefined }),
    "WS-LIST-005",
    "WS-ERR-016"
  ],
  "has pages of 100 unless asked": [W.listed((query) => ({ limit: query.get("limit") ?? "100" })), "WS-LIST-006"],
  "mistakes limit 0 for a page of one": [
    W.listed((query) => query.get("limit") === "0" ? { limit: "1" } : {}),
    "WS-LIST-006"
  ],
  "has pages of at most 100": [
    W.listed((query) => Number(query.get("limit")) > 100 ? { limit: "100" } : {}),
    "WS-LIST-007"
  ],
  "rejects a limit above 200": [
    W.refuses((asked) => W.isList(asked) && Number(asked.url.searchParams.get("limit")) > 200),
    "WS-LIST-007",
    "WS-LIST-015"
  ],
  "mistakes a negative limit for none": [
    W.listed((query) => Number(query.get("limit")) < 0 ? { limit: undefined } : {}),
    "WS-LIST-008",
    "WS-ERR-016"
  ],
  "mistakes a limit beyond int32 for the largest": [
    W.listed((query) => Number(query.get("limit")) > 2 ** 31 - 1 ? { limit: "200" } : {}),
    "WS-LIST-015"
  ],
  "rejects a limit of more than six digits": [
    W.refuses((asked) => W.isList(asked) && (asked.url.searchParams.get("limit") ?? "").length > 6),
    "WS-LIST-015"
  ],
  "halves the limit": [
    W.listed((query) => {
      const limit = query.get("limit") ?? ""
      return /^\d+\.\d+$/.test(limit) ? { limit: limit.replace(/\..*/, "") } : {}
    }),
    "WS-LIST-008"
  ],
  "sorts by name": [
    W.items((items, { url }) =>
      url.searchParams.get("sortOrder") === "asc"
        ? [...items].sort((a, b) => W.text(W.metadataOf(a)["name"]) < W.text(W.metadataOf(b)["name"]) ? -1 : 1)
        : items
    ),
    "WS-LIST-009",
    "WS-LIST-010"
  ],
  "has one order, whatever is asked": [
    W.listed(() => ({ sortOrder: "asc" })),
    "WS-LIST-010",
    "WS-LIST-011",
    "WS-CLIENT-006"
  ],
  "has the oldest first unless asked": [
    W.listed((query) => ({ sortOrder: query.get("sortOrder") ?? "asc" })),
    "WS-LIST-011"
  ],
  "accepts any sortOrder": [
    W.listed((query) => ["asc", "desc"].includes(query.get("sortOrder") ?? "desc") ? {} : { sortOrder: "desc" }),
    "WS-LIST-012",
    "WS-ERR-016"
  ],
  "accepts a sortOrder in upper case": [
    W.listed((query) => {
      const sortOrder = query.get("sortOrder")?.toLowerCase()
      return sortOrder === undefined ? {} : { sortOrder }
    }),
    "WS-LIST-012"
  ],
  "has what was updated last in front": [
    W.remembering(() => {
      const updated: Array<string> = []
      const rank = (item: W.Json) => updated.indexOf(W.text(W.metadataOf(item)["id"]))
      return W.bodies((body, { request }) => {
        if (request.method === "PATCH") {
          updated.push(W.text(W.metadataOf(body)["id"]))
        }
        return Array.isArray(body["items"])
          ? { ...body, items: body["items"].map((item) => W.at(item)).sort((a, b) => rank(b) - rank(a)) }
          : body
      })
    }),
    "WS-LIST-013"
  ],
  "lists secrets of other workspaces": [
    W.answers(async (response, asked, other) => {
      if (!W.isList(asked) || !response.ok) {
        return response
      }
      const page = await W.read(response)
      const theirs = await W.read(await asked.ask({ authorization: W.keyOf(other), url: W.unscoped(asked.url) }))
      const both = [page, theirs].flatMap(({ items }) => Array.isArray(items) ? items.map((item) => W.at(item)) : [])
      return W.answered(response, { ...page, items: both })
    }),
    "WS-LIST-014"
  ],
  "lists a secret a minute after it was made": [
    W.items((items) => items.filter((item) => createdAt(item) < Date.now() - 60_000)),
    "WS-CREATE-004",
    "WS-LIST-002",
    "WS-CLIENT-005"
  ],
  "lists what was before an update": [
    W.remembering(() => {
      const made = new Map<string, W.Json>()
      return W.bodies((body, asked) => {
        const { id } = W.metadataOf(body)
        if (asked.request.method === "POST" && typeof id === "string") {
          const { info: _, ...listed } = body
          made.set(id, listed)
        }
        return Array.isArray(body["items"])
          ? { ...body, items: body["items"].map((item) => made.get(W.text(W.metadataOf(item)["id"])) ?? W.at(item)) }
          : body
      })
    }),
    "WS-UPDATE-014"
  ]
}
