import * as W from "../WrongServer.js"

const labelsOf = (body: W.Json) => Object.entries(W.at(body, "metadata", "labels"))

/** Drops labels that do not match. */
const dropping = (method: string, isRight: (key: string, value: unknown) => boolean) =>
  W.sent(method, (body) => {
    const metadata = W.metadataOf(body)
    return typeof metadata["labels"] === "object" && metadata["labels"] !== null
      ? {
        ...body,
        metadata: {
          ...metadata,
          labels: Object.fromEntries(labelsOf(body).filter(([key, value]) => isRight(key, value)))
        }
      }
      : body
  })

/** Rejects a create with a label that does not match. */
const refusing = (isRight: (key: string, value: string) => boolean) =>
  W.refuses(({ json, request }) =>
    request.method === "POST" && labelsOf(json).some(([key, value]) => !isRight(key, W.text(value)))
  )

const isKey = (key: string) =>
  /^(?:[a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i.test(key) && key.length < 64

const isValue = (value: unknown) => typeof value === "string" && /^([a-z0-9]([a-z0-9._-]*[a-z0-9])?)?$/i.test(value)

/** Servers with wrong labels. */
export const wrongServers: W.WrongServers = {
  "rejects a prefix in the key of a label": [refusing((key) => !key.includes("/")), "WS-CREATE-101"],
  "rejects keys of labels in upper case": [refusing((key) => key === key.toLowerCase()), "WS-CREATE-101"],
  "leaves out labels whose keys break the rules": [dropping("POST", isKey), "WS-CREATE-101", "WS-CREATE-102"],
  "rejects keys of labels that objects have of their own": [refusing((key) => !(key in {})), "WS-CREATE-101"],
  "accepts white space in the keys of labels": [
    W.sent("POST", (body) => {
      const metadata = W.metadataOf(body)
      const labels = Object.fromEntries(labelsOf(body).map(([key, value]) => [key.replaceAll(" ", "-"), value]))
      return "labels" in metadata && labelsOf(body).length > 0
        ? { ...body, metadata: { ...metadata, labels } }
        : body
    }),
    "WS-CREATE-102"
  ],
  "rejects values of labels of more than 62 characters": [
    refusing((_, value) => value.length <= 62),
    "WS-CREATE-103"
  ],
  "rejects empty values of labels": [refusing((_, value) => value !== ""), "WS-CREATE-103", "WS-CREATE-003"],
  "leaves out labels whose values break the rules": [dropping("POST", (_, value) => isValue(value)), "WS-CREATE-104"],
  "answers a label of its own where there are none": [
    W.inMetadata((metadata) =>
      Object.keys(W.at(metadata["labels"])).length > 0 ? metadata : { ...metadata, labels: { managed: "true" } }
    ),
    "WS-CREATE-107"
  ],
  "leaves out labels that break the rules in an update": [
    dropping("PATCH", (key, value) => isKey(key) && isValue(value)),
    "WS-CREATE-106",
    "WS-ERR-018"
  ],
  "writes the rest of an update whose labels break the rules": [
    W.answers(async (response, asked) => {
      if (asked.request.method === "PATCH" && response.status === 400) {
        await asked.ask({ body: JSON.stringify({ metadata: {}, updateMask: "metadata.labels" }) })
      }
      return response
    }),
    "WS-CREATE-106"
  ]
}
