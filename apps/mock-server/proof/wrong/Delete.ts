import * as W from "../WrongServer.js"

const isDelete = ({ request }: W.Asked) => request.method === "DELETE"

/** Servers with a wrong delete. */
export const wrongServers: W.WrongServers = {
  "answers a delete with 204": [
    W.answers((response, asked) =>
      isDelete(asked) && response.ok ? new Response(null, { status: 204, headers: response.headers }) : response
    ),
    "WS-DELETE-001",
    "WS-DELETE-003"
  ],
  "answers a delete with what was deleted": [
    W.asking(async (asked) => {
      const found = isDelete(asked) ? await asked.ask({ method: "GET" }) : undefined
      const response = await asked.ask()
      return response.ok && found?.ok === true ? found : response
    }),
    "WS-DELETE-001"
  ],
  "deletes nothing": [
    W.requests((asked) => isDelete(asked) ? { method: "GET" } : {}),
    "WS-DELETE-002",
    "WS-CLIENT-013",
    "WS-CREATE-017"
  ],
  "lists what was deleted": [
    W.remembering(() => {
      const deleted: Array<W.Json> = []
      return W.asking(async (asked) => {
        const before = isDelete(asked) ? await asked.ask({ method: "GET" }) : undefined
        const response = await asked.ask()
        if (before?.ok === true && response.ok) {
          deleted.push(await W.read(before))
        }
        if (!W.isList(asked) || !response.ok) {
          return response
        }
        const page = await W.read(response)
        const prefix = asked.url.searchParams.get("prefix") ?? ""
        const found = deleted.filter((secret) => W.text(W.metadataOf(secret)["name"]).startsWith(prefix))
        return W.answered(response, { ...page, items: [...page["items"] as ReadonlyArray<W.Json>, ...found] })
      })
    }),
    "WS-DELETE-002"
  ],
  "deletes another secret too": [
    W.remembering(() => {
      const made: Array<string> = []
      return W.answers(async (response, asked) => {
        if (asked.request.method === "POST" && response.ok) {
          const secret = await W.read(response.clone())
          made.push(W.text(W.metadataOf(secret)["id"]))
        }
        if (isDelete(asked) && response.ok) {
          await Promise.all(made.map((id) => asked.ask({ url: W.addressed(asked.url, id) })))
        }
        return response
      })
    }),
    "WS-DELETE-002"
  ],
  "deletes no secret by its external id": [
    W.refuses((asked) => isDelete(asked) && W.refOf(asked.url).startsWith("external_id"), [404, 5]),
    "WS-DELETE-003",
    "WS-CLIENT-013"
  ],
  "deletes what is not there": [
    W.answers((response, asked) =>
      isDelete(asked) && response.status === 404 ? W.answered(response, {}, 200) : response
    ),
    "WS-DELETE-004",
    "WS-DELETE-005",
    "WS-CLIENT-103"
  ],
  "has a message of its own for a delete of what is missing": [
    W.errors((body, response, asked) =>
      W.answered(
        response,
        isDelete(asked) && response.status === 404 ? { ...body, message: "nothing to delete" } : body
      )
    ),
    "WS-DELETE-005"
  ],
  "deletes secrets of other workspaces": [
    W.answers(async (response, asked, other) => {
      if (isDelete(asked) && response.status === 404) {
        await asked.ask({ authorization: W.keyOf(other), url: W.unscoped(asked.url) })
      }
      return response
    }),
    "WS-DELETE-006"
  ],
  "answers a delete of another workspace's secret with PERMISSION_DENIED": [
    W.answers(async (response, asked, other) => {
      const theirs = isDelete(asked) && response.status === 404
        ? await asked.ask({ method: "GET", authorization: W.keyOf(other), url: W.unscoped(asked.url) })
        : undefined
      return theirs?.ok === true ? W.refusal(403, 7) : response
    }),
    "WS-DELETE-006"
  ]
}
