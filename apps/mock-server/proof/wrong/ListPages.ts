import * as W from "../WrongServer.js"

const idOf = (item: W.Json | undefined): string => W.text(W.metadataOf(item)["id"])

/** Returns the first page where the correct server rejects a cursor that matches. */
const beginsAnew = (when: (cursor: string) => boolean) =>
  W.insists(400, (asked) => {
    const cursor = asked.url.searchParams.get("cursor")
    return W.isList(asked) && cursor !== null && when(cursor)
      ? { url: W.withQuery(asked.url, { cursor: undefined }) }
      : undefined
  })

/** Accepts any cursor, and starts again for an invalid one. */
export const takesAnyCursor: W.WrongServer = beginsAnew(() => true)

/** Pages by offset. */
export const byOffset: W.WrongServer = W.paged((_, end) => `o${end}`, (_, cursor) => Number(cursor.slice(1)))

/** Pages by the last item's id, and starts again when it is gone. */
export const byAnchor: W.WrongServer = W.paged(
  (items, end) => idOf(items[end - 1]),
  (items, cursor) => items.findIndex((item) => idOf(item) === cursor) + 1
)

/** Appends the values of these parameters to each cursor, and removes them before the correct server sees it. */
const withParameters = (...names: ReadonlyArray<string>) =>
  W.cursors(
    (cursor, query) => [cursor, ...names.map((name) => query.get(name) ?? "")].map(encodeURIComponent).join(" "),
    (cursor) => decodeURIComponent(cursor.split(" ")[0] ?? "")
  )

/** Makes cursors that contain these parameters, which replace those of the query. */
const trusts = (...names: ReadonlyArray<string>): W.WrongServer => (right, other) =>
  W.requests((asked) => {
    const [, ...values] = (asked.url.searchParams.get("cursor") ?? "").split(" ").map(decodeURIComponent)
    const query = Object.fromEntries(names.map((name, i) => [name, values[i] === "" ? undefined : values[i]]))
    return W.isList(asked) && values.length > 0 ? { url: W.withQuery(asked.url, query) } : {}
  })(withParameters(...names)(right, other), other)

/** Invalidates cursors when a request with this method succeeds. */
const endsWith = (method: string) =>
  W.remembering(() => {
    let changes = 0
    const cursors = W.cursors(
      (cursor) => `${cursor} ${changes}`,
      (cursor) => cursor.split(" ")[1] === String(changes) ? cursor.split(" ")[0] ?? "" : "malformed"
    )
    return (right, other) =>
      W.answers((response, { request }) => {
        changes += request.method === method && response.ok ? 1 : 0
        return response
      })(cursors(right, other), other)
  })

/** Servers with wrong pages or cursors. */
export const wrongServers: W.WrongServers = {
  "skips a secret between two pages": [
    W.paged((_, end) => String(end), (_, cursor) => Number(cursor) + 1),
    "WS-LIST-201",
    "WS-CLIENT-007",
    "WS-CLIENT-008"
  ],
  "begins a page with the last secret of the page before": [
    W.paged((_, end) => String(end), (_, cursor) => Number(cursor) - 1),
    "WS-LIST-201",
    "WS-CLIENT-007"
  ],
  "has one page and no more": [
    W.bodies((body) => Array.isArray(body["items"]) ? { ...body, pagination: { nextCursor: "" } } : body),
    "WS-LIST-202",
    "WS-CLIENT-007",
    "WS-CLIENT-008"
  ],
  "has a nextCursor on the last page": [
    W.bodies((body) =>
      Array.isArray(body["items"]) ? { ...body, pagination: { nextCursor: W.nextCursorOf(body) ?? "more" } } : body
    ),
    "WS-LIST-001",
    "WS-LIST-202",
    "WS-CLIENT-007"
  ],
  "has an empty page behind a full last one": [
    W.answers(async (response, { url }) => {
      if (url.searchParams.get("cursor") === "end") {
        return new Response(JSON.stringify({ items: [], pagination: { nextCursor: "" } }), {
          headers: response.headers
        })
      }
      const limit = Number(url.searchParams.get("limit") ?? 50)
      const page = await W.read(response)
      const isFull = Array.isArray(page["items"]) && page["items"].length === limit
      const isLast = W.nextCursorOf(page) === undefined
      return W.answered(response, isFull && isLast ? { ...page, pagination: { nextCursor: "end" } } : page)
    }),
    "WS-LIST-203",
    "WS-LIST-204"
  ],
  "filters a page after it has cut it": [
    W.answers(async (response, asked) => {
      const { searchParams } = asked.url
      const prefix = searchParams.get("prefix")
      if (!W.isList(asked) || prefix === null || !searchParams.has("limit") || searchParams.has("cursor")) {
        return response
      }
      // All secrets of the suite have the prefix that is left, and the workspace has no others.
      const whole = await W.read(
        await asked.ask({ url: W.withQuery(asked.url, { prefix: prefix.replace(/-[^-]*$/, "") }) })
      )
      const all = Array.isArray(whole["items"]) ? whole["items"].map((item) => W.at(item)) : []
      return W.answered(response, {
        ...whole,
        items: all.filter((item) => W.text(W.metadataOf(item)["name"]).startsWith(prefix))
      })
    }),
    "WS-LIST-204"
  ],
  "pages by offset": [
    byOffset,
    "WS-LIST-205",
    "WS-LIST-206",
    "WS-LIST-207",
    "WS-LIST-208"
  ],
  "pages by how many are left": [
    W.paged((items, end) => `l${items.length - end}`, (items, cursor) => items.length - Number(cursor.slice(1))),
    "WS-LIST-209",
    "WS-LIST-210"
  ],
  "has cursors that end with the next insert": [endsWith("POST"), "WS-LIST-205", "WS-LIST-210"],
  "has cursors that end with the next delete": [
    endsWith("DELETE"),
    "WS-LIST-206",
    "WS-LIST-207",
    "WS-LIST-208",
    "WS-LIST-209",
    "WS-LIST-210"
  ],
  "starts again when the cursor's own item is gone": [
    byAnchor,
    "WS-LIST-207",
    "WS-LIST-210"
  ],
  "starts again with a malformed cursor": [
    beginsAnew((cursor) => /^(not-a-cursor|%%%|0|e30=)$/.test(cursor)),
    "WS-LIST-211",
    "WS-ERR-016",
    "WS-CLIENT-105"
  ],
  "starts again with any cursor that it does not know": [
    takesAnyCursor,
    "WS-LIST-211",
    "WS-LIST-212",
    "WS-LIST-213",
    "WS-LIST-214",
    "WS-LIST-215",
    "WS-LIST-216"
  ],
  "ignores what is behind a cursor": [
    W.cursors((cursor) => `${cursor}.`, (cursor) => cursor.split(".")[0] ?? ""),
    "WS-LIST-212"
  ],
  "mistakes the prefix of a cursor for the one that is asked for": [trusts("prefix"), "WS-LIST-213"],
  "mistakes the query of a cursor for the one that is asked for": [trusts("query"), "WS-LIST-214"],
  "mistakes the labels of a cursor for those that are asked for": [trusts("labels"), "WS-LIST-215"],
  "mistakes the order of a cursor for the one that is asked for": [trusts("sortOrder"), "WS-LIST-216"],
  "has cursors for one limit only": [
    W.cursors(
      (cursor, query) => `${cursor} ${query.get("limit")}`,
      (cursor, query) => cursor.split(" ")[1] === String(query.get("limit")) ? cursor.split(" ")[0] ?? "" : "malformed"
    ),
    "WS-LIST-217"
  ],
  "has cursors with or without info only": [
    W.cursors(
      (cursor, query) => `${cursor} ${query.get("includeInfo")}`,
      (cursor, query) =>
        cursor.split(" ")[1] === String(query.get("includeInfo")) ? cursor.split(" ")[0] ?? "" : "malformed"
    ),
    "WS-LIST-217"
  ]
}
