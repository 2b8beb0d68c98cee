import * as W from "../WrongServer.js"

/** Changes the metadata in the request of a create. */
const sentMetadata = (change: (metadata: W.Json) => W.Json) =>
  W.sent("POST", (body) =>
    typeof body["metadata"] === "object" && body["metadata"] !== null
      ? { ...body, metadata: change(W.metadataOf(body)) }
      : body)

/** Changes the metadata in the response to a create, with access to that of the request. */
const createdMetadata = (change: (metadata: W.Json, sent: W.Json) => W.Json) =>
  W.inMetadata((metadata, { json, request }) =>
    request.method === "POST" ? change(metadata, W.metadataOf(json)) : metadata
  )

const isCreate = ({ request }: W.Asked) => request.method === "POST"

const externalIdOf = ({ json }: W.Asked) => {
  const { externalId } = W.metadataOf(json)
  return typeof externalId === "string" ? externalId : undefined
}

/** Creates a secret without its external id, and responds as if it had it. */
const makesAnother = async (asked: W.Asked): Promise<Response> => {
  const { externalId, ...metadata } = W.metadataOf(asked.json)
  const response = await asked.ask({ body: JSON.stringify({ ...asked.json, metadata }) })
  const secret = await W.read(response)
  return W.answered(response, { ...secret, metadata: { ...W.metadataOf(secret), externalId } })
}

/** Servers with a wrong create. */
export const wrongServers: W.WrongServers = {
  "answers a create with 201": [
    W.answers((response, asked) =>
      isCreate(asked) && response.ok
        ? new Response(response.body, { status: 201, headers: response.headers })
        : response
    ),
    "WS-CREATE-001"
  ],
  "has an additional field": [
    W.inMetadata((metadata) => ({ ...metadata, kind: "secret" })),
    "WS-CREATE-021",
    "WS-LIST-002"
  ],
  "answers an externalId of its own where there is none": [
    W.inMetadata((metadata) => ({ ...metadata, externalId: W.text(metadata["externalId"]) || metadata["id"] })),
    "WS-CREATE-021",
    "WS-CREATE-024"
  ],
  "has an empty externalId only once": [
    W.remembering(() => {
      let isTaken = false
      return W.refuses((asked) => {
        const isEmpty = isCreate(asked) && externalIdOf(asked) === ""
        const wasTaken = isTaken
        isTaken ||= isEmpty
        return isEmpty && wasTaken
      }, [409, 6])
    }),
    "WS-CREATE-024"
  ],
  "finds a secret without an externalId by an empty one": [
    W.answers((response, asked) =>
      decodeURIComponent(W.refOf(asked.url)) === "external_id:"
        ? W.answered(response, { metadata: { name: "name" }, spec: {} }, 200)
        : response
    ),
    "WS-CREATE-024"
  ],
  "leaves labels out of what it answers to a create": [
    createdMetadata(({ labels: _, ...metadata }) => metadata),
    "WS-CREATE-003",
    "WS-CLIENT-001"
  ],
  "does not find its own new secrets": [
    W.remembering(() => {
      const asked = new Set<string>()
      return W.refuses(({ request, url }) => {
        const isFirst = request.method === "GET" && W.refOf(url) !== "" && !asked.has(W.refOf(url))
        asked.add(W.refOf(url))
        return isFirst
      }, [404, 5])
    }),
    "WS-CREATE-004",
    "WS-GET-001",
    "WS-CLIENT-003"
  ],
  "has UUIDs for ids": [
    createdMetadata((metadata) => ({ ...metadata, id: "01946f2e-0000-7000-8000-000000000000" })),
    "WS-CREATE-005"
  ],
  "has ULIDs without a prefix for ids": [
    createdMetadata((metadata) => ({ ...metadata, id: W.text(metadata["id"]).replace("wsecret_", "") })),
    "WS-CREATE-005"
  ],
  "has ids that begin with secret_": [
    createdMetadata((metadata) => ({ ...metadata, id: W.text(metadata["id"]).replace("wsecret_", "secret_") })),
    "WS-CREATE-022"
  ],
  "has the account's id begin with acct_": [
    createdMetadata((metadata) => ({
      ...metadata,
      accountId: W.text(metadata["accountId"]).replace("account_", "acct_")
    })),
    "WS-CREATE-022"
  ],
  "accepts createdAt in a create": [
    createdMetadata((metadata, { createdAt = metadata["createdAt"] }) => ({ ...metadata, createdAt })),
    "WS-CREATE-007"
  ],
  "accepts info in a create": [
    W.secrets((secret, asked) => isCreate(asked) ? { ...secret, ...W.parse(asked.body) as W.Json } : secret),
    "WS-CREATE-007"
  ],
  "keeps white space around names": [
    createdMetadata((metadata, { name }) => ({ ...metadata, name })),
    "WS-CREATE-008",
    "WS-CREATE-009"
  ],
  "cuts names at 100 characters": [
    sentMetadata((metadata) =>
      typeof metadata["name"] === "string" ? { ...metadata, name: metadata["name"].trim().slice(0, 100) } : metadata
    ),
    "WS-CREATE-009",
    "WS-CREATE-010"
  ],
  "counts the characters of a name in UTF-16": [
    W.refuses((asked) => isCreate(asked) && W.text(W.metadataOf(asked.json)["name"]).trim().length > 255),
    "WS-CREATE-009"
  ],
  "cuts names at 255 characters": [
    sentMetadata((metadata) =>
      typeof metadata["name"] === "string"
        ? { ...metadata, name: Array.from(metadata["name"].trim()).slice(0, 255).join("") }
        : metadata
    ),
    "WS-CREATE-010"
  ],
  "has a name for what has none": [
    sentMetadata((metadata) => ({
      ...metadata,
      name: W.text(metadata["name"] ?? "").trim() === "" ? "unnamed" : metadata["name"]
    })),
    "WS-CREATE-011",
    "WS-ERR-017"
  ],
  "makes a secret without a spec": [
    W.sent("POST", (body) => ({ ...body, spec: body["spec"] ?? {} })),
    "WS-CREATE-012",
    "WS-ERR-017"
  ],
  "mistakes a number for a text": [
    W.sent("POST", (body) => {
      const { value } = W.at(body, "spec")
      return typeof value === "number" ? { ...body, spec: { value: String(value) } } : body
    }),
    "WS-CREATE-013",
    "WS-ERR-017"
  ],
  "drops labels that are no map": [
    sentMetadata(({ labels, ...metadata }) => typeof labels === "string" ? metadata : { ...metadata, labels }),
    "WS-CREATE-013"
  ],
  "has a name only once": [
    W.remembering(() => {
      const names = new Set<string>()
      return W.refuses((asked) => {
        const name = W.text(W.metadataOf(asked.json)["name"])
        const isTaken = isCreate(asked) && names.has(name)
        names.add(name)
        return isTaken
      }, [409, 6])
    }),
    "WS-CREATE-014"
  ],
  "makes a second secret with an externalId": [
    W.answers((response, asked) => isCreate(asked) && response.status === 409 ? makesAnother(asked) : response),
    "WS-CREATE-015",
    "WS-CREATE-016",
    "WS-CLIENT-104"
  ],
  "answers the secret that has the externalId already": [
    W.insists(
      409,
      (asked) =>
        isCreate(asked)
          ? { method: "GET", url: W.addressed(asked.url, `external_id:${externalIdOf(asked)}`) }
          : undefined
    ),
    "WS-CREATE-015",
    "WS-CREATE-016",
    "WS-CLIENT-104"
  ],
  "looks for an externalId before it writes, and not while": [
    W.remembering(() => {
      const writing = new Set<string>()
      return W.asking(async (asked) => {
        const externalId = isCreate(asked) ? externalIdOf(asked) : undefined
        if (externalId === undefined) {
          return asked.ask()
        }
        if (writing.has(externalId)) {
          return makesAnother(asked)
        }
        writing.add(externalId)
        const response = await asked.ask()
        // By now, all concurrent requests have arrived.
        await new Promise((resolve) => setImmediate(resolve))
        writing.delete(externalId)
        return response
      })
    }),
    "WS-CREATE-016"
  ],
  "has an externalId once and for all": [
    W.remembering(() => {
      const taken = new Set<string>()
      return W.refuses((asked) => {
        const externalId = isCreate(asked) ? externalIdOf(asked) : undefined
        const isTaken = externalId !== undefined && taken.has(externalId)
        if (externalId !== undefined) {
          taken.add(externalId)
        }
        return isTaken
      }, [409, 6])
    }),
    "WS-CREATE-017"
  ],
  "has an externalId in one workspace only": [
    W.answers(async (response, asked, other) => {
      const externalId = isCreate(asked) ? externalIdOf(asked) : undefined
      if (externalId === undefined || !response.ok) {
        return response
      }
      const url = W.addressed(W.unscoped(asked.url), `external_id:${externalId}`)
      const theirs = await asked.ask({ method: "GET", url, authorization: W.keyOf(other) })
      return theirs.ok && asked.request.headers.get("authorization") !== W.keyOf(other)
        ? W.refusal(409, 6)
        : response
    }),
    "WS-CREATE-018"
  ],
  "has one form of line ends in values": [
    W.sent("POST", (body) => {
      const { value } = W.at(body, "spec")
      return typeof value === "string" ? { ...body, spec: { value: value.replaceAll("\r\n", "\n") } } : body
    }),
    "WS-CREATE-019"
  ],
  "removes characters outside the BMP from values": [
    W.sent("POST", (body) => {
      const { value } = W.at(body, "spec")
      return typeof value === "string" ? { ...body, spec: { value: value.replaceAll(/[\ud800-\udfff]/g, "") } } : body
    }),
    "WS-CREATE-019",
    "WS-CLIENT-001",
    "WS-CLIENT-002"
  ],
  "keeps an empty value": [
    W.secrets((secret, asked) =>
      isCreate(asked) && W.at(asked.json, "spec")["value"] === "" ? { ...secret, spec: { value: "" } } : secret
    ),
    "WS-CREATE-023"
  ],
  "writes names in upper case": [
    W.inMetadata((metadata) => ({ ...metadata, name: W.text(metadata["name"]).toUpperCase() })),
    "WS-CREATE-025"
  ],
  "writes names in lower case in lists": [
    W.items((items) =>
      items.map((item) => {
        const metadata = W.metadataOf(item)
        return { ...item, metadata: { ...metadata, name: W.text(metadata["name"]).toLowerCase() } }
      })
    ),
    "WS-CREATE-025",
    "WS-LIST-002"
  ]
}
