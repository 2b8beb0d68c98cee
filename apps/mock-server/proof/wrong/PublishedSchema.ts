import * as W from "../WrongServer.js"

/** Removes empty fields. */
const withoutEmpty = (json: W.Json, ...fields: ReadonlyArray<string>): W.Json =>
  Object.fromEntries(
    Object.entries(json).filter(([field, value]) =>
      !fields.includes(field) || (value !== "" && JSON.stringify(value) !== "{}")
    )
  )

const whoami = (change: (profile: W.Json) => W.Json) =>
  W.bodies((body, asked) => W.isWhoami(asked) ? change(body) : body)

const createdBy = (change: (profile: W.Json) => W.Json) =>
  W.secrets((secret) => {
    const info = W.at(secret, "info")
    return "createdBy" in info ? { ...secret, info: { ...info, createdBy: change(W.at(info, "createdBy")) } } : secret
  })

const pages = (change: (page: W.Json) => W.Json) => W.bodies((body, asked) => W.isList(asked) ? change(body) : body)

/** Servers without the fields that the newest published document requires. */
export const wrongServers: W.WrongServers = {
  "leaves spec out where there is no value": [
    W.secrets((secret) => withoutEmpty(secret, "spec")),
    "WS-TRANSPORT-101",
    "WS-GET-001"
  ],
  "has no spec in lists": [
    W.items((items) => items.map(({ spec: _, ...item }) => item)),
    "WS-TRANSPORT-101",
    "WS-LIST-002"
  ],
  "leaves externalId out where there is none": [
    W.inMetadata((metadata) => withoutEmpty(metadata, "externalId")),
    "WS-TRANSPORT-102"
  ],
  "leaves labels out of the items of lists where there are none": [
    W.items((items) => items.map((item) => ({ ...item, metadata: withoutEmpty(W.metadataOf(item), "labels") }))),
    "WS-TRANSPORT-102"
  ],
  "has an empty list for labels that are not set": [
    W.inMetadata((metadata) => ({ labels: [], ...withoutEmpty(metadata, "labels") })),
    "WS-TRANSPORT-102"
  ],
  "loses the labels of a secret in its answer to a create": [
    W.inMetadata((metadata, { request }) => request.method === "POST" ? { ...metadata, labels: {} } : metadata),
    "WS-TRANSPORT-102",
    "WS-CREATE-003"
  ],
  "has no spec in createdBy": [createdBy(({ spec: _, ...profile }) => profile), "WS-TRANSPORT-103"],
  "leaves the externalId of a profile out of whoami": [
    whoami((profile) => ({ ...profile, metadata: withoutEmpty(W.metadataOf(profile), "externalId") })),
    "WS-TRANSPORT-104"
  ],
  "leaves the labels of a profile out of createdBy": [
    createdBy((profile) => ({ ...profile, metadata: withoutEmpty(W.metadataOf(profile), "labels") })),
    "WS-TRANSPORT-104"
  ],
  "leaves email out of whoami where there is none": [
    whoami((profile) => ({ ...profile, spec: withoutEmpty(W.at(profile, "spec"), "email") })),
    "WS-TRANSPORT-105"
  ],
  "leaves the name and the email of a profile out of createdBy": [
    createdBy((profile) => ({ ...profile, spec: { type: W.at(profile, "spec")["type"] } })),
    "WS-TRANSPORT-105"
  ],
  "leaves items out where there are none": [
    pages(({ items, ...page }) => Array.isArray(items) && items.length > 0 ? { ...page, items } : page),
    "WS-TRANSPORT-106",
    "WS-LIST-001"
  ],
  "leaves nextCursor out of the last page": [
    pages((page) => ({ ...page, pagination: withoutEmpty(W.at(page, "pagination"), "nextCursor") })),
    "WS-TRANSPORT-107"
  ],
  "writes an empty value where there is none": [
    W.secrets((secret) => ({ ...secret, spec: { value: "", ...W.at(secret, "spec") } })),
    "WS-TRANSPORT-120",
    "WS-CREATE-021"
  ],
  "writes an empty lastUsedAt": [
    W.secrets((secret) => "info" in secret ? { ...secret, info: { lastUsedAt: "", ...W.at(secret, "info") } } : secret),
    "WS-TRANSPORT-120",
    "WS-GET-001"
  ],
  "writes an updatedAt for what was not updated": [
    W.inMetadata((metadata) => ({ updatedAt: metadata["createdAt"], ...metadata })),
    "WS-TRANSPORT-120"
  ]
}
