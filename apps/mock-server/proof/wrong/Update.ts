import * as W from "../WrongServer.js"

const isUpdate = ({ request }: W.Asked) => request.method === "PATCH"

/** Changes the body of updates without a mask. */
const withoutMask = (change: (body: W.Json) => W.Json) =>
  W.sent("PATCH", (body) => typeof body["updateMask"] === "string" ? body : change(body))

/** Changes the metadata in the response to an update, with access to that of the request. */
const updatedMetadata = (change: (metadata: W.Json, sent: W.Json) => W.Json) =>
  W.inMetadata((metadata, asked) => isUpdate(asked) ? change(metadata, W.metadataOf(asked.json)) : metadata)

/** Reads the metadata of a secret before its update. */
const current = async (asked: W.Asked): Promise<W.Json> =>
  W.metadataOf(await W.read(await asked.ask({ method: "GET" })))

const hasNewExternalId = (asked: W.Asked) => "externalId" in W.metadataOf(asked.json)

/** Servers with a wrong update, with any mask. */
export const wrongServers: W.WrongServers = {
  "clears what an update without a mask leaves out": [
    withoutMask((body) => ({
      ...body,
      updateMask: [
        ...("name" in W.metadataOf(body) ? ["metadata.name"] : []),
        "metadata.externalId",
        "metadata.labels",
        "spec.value"
      ].join(",")
    })),
    "WS-UPDATE-001"
  ],
  "clears what is empty in an update without a mask": [
    withoutMask((body) => {
      const metadata = Object.keys(W.metadataOf(body)).map((field) => `metadata.${field}`)
      const isGiven = (path: string) =>
        metadata.includes(path) || (path === "spec.value" && "value" in W.at(body, "spec"))
      const fields = ["metadata.name", "metadata.externalId", "metadata.labels", "spec.value"]
      return { ...body, updateMask: fields.filter(isGiven).join(",") }
    }),
    "WS-UPDATE-015"
  ],
  "rejects an empty externalId in an update": [
    W.refuses((asked) => isUpdate(asked) && W.metadataOf(asked.json)["externalId"] === ""),
    "WS-UPDATE-015",
    "WS-UPDATE-118",
    "WS-UPDATE-119"
  ],
  "adds new labels to the old ones": [
    W.sent("PATCH", async (body, asked) => {
      const metadata = W.metadataOf(body)
      const { labels } = metadata
      const old = W.at((await current(asked))["labels"])
      return typeof labels === "object" && labels !== null
        ? { ...body, metadata: { ...metadata, labels: { ...old, ...labels } } }
        : body
    }),
    "WS-UPDATE-002",
    "WS-UPDATE-103",
    "WS-UPDATE-112"
  ],
  "keeps the name where metadata has none": [
    withoutMask((body) => {
      const metadata = W.metadataOf(body)
      const paths = Object.keys(metadata).filter((key) => key === "externalId" || key === "labels")
      return "name" in metadata || paths.length === 0
        ? body
        : { ...body, updateMask: paths.map((path) => `metadata.${path}`).join(",") }
    }),
    "WS-UPDATE-003"
  ],
  "writes a value although it refuses the metadata": [
    W.answers(async (response, asked) => {
      if (isUpdate(asked) && response.status === 400 && !("name" in W.metadataOf(asked.json))) {
        await asked.ask({ body: JSON.stringify({ spec: asked.json["spec"] ?? {} }) })
      }
      return response
    }),
    "WS-UPDATE-003"
  ],
  "sets updatedAt whatever an update does": [
    updatedMetadata((metadata) => ({ ...metadata, updatedAt: "2999-01-01T00:00:00.000Z" })),
    "WS-UPDATE-004",
    "WS-UPDATE-117"
  ],
  "rejects an update with nothing to do": [
    W.refuses((asked) => isUpdate(asked) && Object.keys(asked.json).length === 0 && asked.body === "{}"),
    "WS-UPDATE-004"
  ],
  "sets updatedAt to a time before createdAt": [
    updatedMetadata((metadata) => ({ ...metadata, updatedAt: "2001-01-01T00:00:00.000Z" })),
    "WS-UPDATE-005"
  ],
  "updates no secret by its external id": [
    W.refuses((asked) => isUpdate(asked) && W.refOf(asked.url).startsWith("external_id"), [404, 5]),
    "WS-UPDATE-006",
    "WS-CLIENT-012"
  ],
  "keeps the address that a secret had before": [
    W.remembering(() => {
      const moved = new Map<string, string>()
      return W.asking(async (asked) => {
        const { externalId } = isUpdate(asked) ? await current(asked) : {}
        const response = await asked.ask()
        if (isUpdate(asked) && response.ok && typeof externalId === "string") {
          const { id } = W.metadataOf(await W.read(response.clone()))
          moved.set(encodeURIComponent(`external_id:${externalId}`), W.text(id))
        }
        const id = moved.get(W.refOf(asked.url))
        return response.status === 404 && id !== undefined
          ? asked.ask({ url: W.addressed(asked.url, id) })
          : response
      })
    }),
    "WS-UPDATE-006"
  ],
  "accepts the externalId of another secret, and drops it": [
    W.insists(409, (asked) => isUpdate(asked) ? { method: "GET" } : undefined),
    "WS-UPDATE-007",
    "WS-CLIENT-104"
  ],
  "writes the name although the externalId is taken": [
    W.answers(async (response, asked) => {
      if (isUpdate(asked) && response.status === 409) {
        await asked.ask({ body: JSON.stringify({ ...asked.json, updateMask: "metadata.name" }) })
      }
      return response
    }),
    "WS-UPDATE-007"
  ],
  "mistakes a secret's own externalId for another's": [
    W.refuses(async (asked) =>
      isUpdate(asked) && hasNewExternalId(asked) &&
      (await current(asked))["externalId"] === W.metadataOf(asked.json)["externalId"], [409, 6]),
    "WS-UPDATE-008"
  ],
  "cuts new names at 255 characters": [
    W.sent("PATCH", (body) => {
      const metadata = W.metadataOf(body)
      return typeof metadata["name"] === "string"
        ? { ...body, metadata: { ...metadata, name: Array.from(metadata["name"].trim()).slice(0, 255).join("") } }
        : body
    }),
    "WS-UPDATE-009"
  ],
  "keeps white space around new names": [
    updatedMetadata((metadata, { name = metadata["name"] }) => ({ ...metadata, name })),
    "WS-UPDATE-009"
  ],
  "keeps the name where the new one is empty": [
    W.sent("PATCH", async (body, asked) => {
      const metadata = W.metadataOf(body)
      return typeof metadata["name"] === "string" && metadata["name"].trim() === ""
        ? { ...body, metadata: { ...metadata, name: (await current(asked))["name"] } }
        : body
    }),
    "WS-UPDATE-009",
    "WS-ERR-018"
  ],
  "mistakes a number for a text in an update": [
    W.sent("PATCH", (body) => {
      const { value } = W.at(body, "spec")
      return typeof value === "number" ? { ...body, spec: { value: String(value) } } : body
    }),
    "WS-UPDATE-010",
    "WS-ERR-018"
  ],
  "mistakes a list for a mask": [
    W.sent(
      "PATCH",
      (body) => Array.isArray(body["updateMask"]) ? { ...body, updateMask: body["updateMask"].join(",") } : body
    ),
    "WS-UPDATE-010"
  ],
  "accepts createdAt in an update": [
    updatedMetadata((metadata, { createdAt = metadata["createdAt"] }) => ({ ...metadata, createdAt })),
    "WS-UPDATE-011"
  ],
  "accepts lastUsedAt in an update": [
    W.secrets((secret, asked) =>
      isUpdate(asked) ? { ...secret, info: { ...W.at(secret, "info"), ...W.at(asked.json, "info") } } : secret
    ),
    "WS-UPDATE-011"
  ],
  "creates a secret that an update does not find": [
    W.insists(404, (asked) =>
      isUpdate(asked)
        ? {
          method: "POST",
          url: new URL(W.addressed(asked.url, "").href.slice(0, -1)),
          body: JSON.stringify({ spec: {}, metadata: { name: "new" }, ...asked.json })
        }
        : undefined),
    "WS-UPDATE-012",
    "WS-CLIENT-103"
  ],
  "updates secrets of other workspaces": [
    W.answers(async (response, asked, other) => {
      if (isUpdate(asked) && response.status === 404) {
        await asked.ask({ authorization: W.keyOf(other), url: W.unscoped(asked.url) })
      }
      return response
    }),
    "WS-UPDATE-013"
  ],
  "answers an update of another workspace's secret with PERMISSION_DENIED": [
    W.answers(async (response, asked, other) => {
      const theirs = isUpdate(asked) && response.status === 404
        ? await asked.ask({ method: "GET", authorization: W.keyOf(other), url: W.unscoped(asked.url) })
        : undefined
      return theirs?.ok === true ? W.refusal(403, 7) : response
    }),
    "WS-UPDATE-013"
  ]
}
