import * as W from "../WrongServer.js"

const writes = (change: (body: W.Json) => W.Json): W.WrongServer => (right, other) =>
  W.sent("PATCH", change)(W.sent("POST", change)(right, other), other)

const inMetadata = (change: (metadata: W.Json) => W.Json) => (body: W.Json): W.Json =>
  "metadata" in body ? { ...body, metadata: change(W.metadataOf(body)) } : body

const withoutSnake = inMetadata(({ external_id: _, ...metadata }) => metadata)

/** Servers with wrong field names in requests. */
export const wrongServers: W.WrongServers = {
  "does not know external_id in a create": [W.sent("POST", withoutSnake), "WS-TRANSPORT-201", "WS-TRANSPORT-204"],
  "does not know external_id in an update": [W.sent("PATCH", withoutSnake), "WS-TRANSPORT-202"],
  "does not know update_mask": [
    W.sent("PATCH", ({ update_mask: _, ...body }) => body),
    "WS-TRANSPORT-202",
    "WS-TRANSPORT-204"
  ],
  "writes the keys of labels in lowerCamelCase": [
    W.sent(
      "POST",
      inMetadata((metadata) => ({
        ...metadata,
        labels: Object.fromEntries(
          Object.entries(W.at(metadata, "labels")).map(([key, value]) => [key.replace("some_key", "someKey"), value])
        )
      }))
    ),
    "WS-TRANSPORT-201"
  ],
  "does not know parameters in snake_case": [
    W.listed(() => ({ sort_order: undefined, include_info: undefined })),
    "WS-TRANSPORT-203",
    "WS-TRANSPORT-205"
  ],
  "accepts one of two names of a field": [
    writes(inMetadata(({ external_id: snake, ...metadata }) => ({
      ...metadata,
      externalId: metadata["externalId"] ?? snake
    }))),
    "WS-TRANSPORT-204"
  ],
  "accepts one of two names of a parameter": [
    W.listed((query) => ({
      ...(query.has("sortOrder") ? { sort_order: undefined } : {}),
      ...(query.has("includeInfo") ? { include_info: undefined } : {})
    })),
    "WS-TRANSPORT-205"
  ],
  "rejects two names of a field whatever their values": [
    W.refuses(({ json }) => "externalId" in W.metadataOf(json) && "external_id" in W.metadataOf(json)),
    "WS-TRANSPORT-204",
    "WS-TRANSPORT-206"
  ],
  "rejects two names of a parameter whatever their values": [
    W.refuses(({ url }) => url.searchParams.has("sortOrder") && url.searchParams.has("sort_order")),
    "WS-TRANSPORT-205",
    "WS-TRANSPORT-206"
  ]
}
