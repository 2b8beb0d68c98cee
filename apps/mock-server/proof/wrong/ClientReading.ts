import * as C from "../WrongClient.js"
import { at, type Json, parse, text } from "../WrongServer.js"

const isObject = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)

const detailsOf = ({ details }: Json): ReadonlyArray<Json> =>
  Array.isArray(details) ? details.map((detail) => at(detail)) : []

/** Removes details of a type. */
const withoutDetails = (type: string) =>
  C.errors((json) =>
    Array.isArray(json["details"])
      ? { ...json, details: detailsOf(json).filter((detail) => !text(detail["@type"]).endsWith(type)) }
      : json
  )

const retryAfter = (change: (value: string) => string | undefined) =>
  C.answers(({ headers }) => {
    const { "retry-after": value, ...rest } = headers
    const changed = value === undefined ? undefined : change(value)
    return { headers: changed === undefined ? rest : { ...rest, "retry-after": changed } }
  })

const inCreatedBy = (change: (profile: Json) => Json) =>
  C.bodies((json) =>
    "info" in json && isObject(at(json, "info")["createdBy"])
      ? { ...json, info: { ...at(json, "info"), createdBy: change(at(json, "info", "createdBy")) } }
      : json
  )

/** Clients that read responses wrongly. */
export const wrongClients: C.WrongClients = {
  "reads a profile's type as a user's": [
    inCreatedBy((profile) => ({ ...profile, spec: { ...at(profile, "spec"), type: "PROFILE_TYPE_API_KEY" } })),
    "WS-CLIENT-301"
  ],
  "reads lastUsedAt as the time of now": [
    C.bodies((json) =>
      "lastUsedAt" in at(json, "info")
        ? { ...json, info: { ...at(json, "info"), lastUsedAt: "2999-01-01T00:00:00.000Z" } }
        : json
    ),
    "WS-CLIENT-301"
  ],
  "reads labels that are absent as some": [
    C.inMetadata((metadata) => ({ labels: { none: "" }, ...metadata })),
    "WS-CLIENT-302"
  ],
  "reads an empty externalId as one": [
    C.inMetadata((metadata) => metadata["externalId"] === "" ? { ...metadata, externalId: "\"\"" } : metadata),
    "WS-CLIENT-318"
  ],
  "cannot read an empty time": [
    C.answers(({ body }) => body.includes("At\":\"\"") ? { body: "no time" } : {}),
    "WS-CLIENT-318"
  ],
  "does not read an ErrorInfo": [withoutDetails("google.rpc.ErrorInfo"), "WS-CLIENT-319"],
  "reads the paths of fields as they are written": [
    C.answers(({ body, status }) =>
      status >= 400 ? { body: body.replaceAll("metadata.external_id", "metadata.EXTERNAL_ID") } : {}
    ),
    "WS-CLIENT-320"
  ],
  "requires info": [
    C.answers(({ body, status }) =>
      status < 300 && "metadata" in at(parse(body)) && !isObject(at(parse(body))["info"]) ? { body: "no info" } : {}
    ),
    "WS-CLIENT-302",
    "WS-CLIENT-303"
  ],
  "reads null as text": [
    C.inMetadata((metadata) => metadata["externalId"] === null ? { ...metadata, externalId: "null" } : metadata),
    "WS-CLIENT-303"
  ],
  "rejects fields that it does not know": [
    C.answers(({ body }) => body.includes("\"nope\"") ? { body: "a field more" } : {}),
    "WS-CLIENT-304"
  ],
  "reads types of profiles that it does not know as unspecified": [
    C.bodies((json) => {
      const { type } = at(json, "spec")
      return typeof type === "string" && !/_(USER|API_KEY|SYSTEM)$/.test(type)
        ? { ...json, spec: { ...at(json, "spec"), type: "PROFILE_TYPE_UNSPECIFIED" } }
        : json
    }),
    "WS-CLIENT-305"
  ],
  "reads times to the second": [
    C.inMetadata((metadata) => ({
      ...metadata,
      createdAt: text(metadata["createdAt"]).replace(/\.\d+Z$/, "Z")
    })),
    "WS-CLIENT-301",
    "WS-CLIENT-302",
    "WS-CLIENT-306"
  ],
  "requires times with three fractional digits": [
    C.answers(({ body }) => /T\d\d:\d\d:\d\d(\.\d{1,2}|\.\d{4,})?Z/.test(body) ? { body: "not a time" } : {}),
    "WS-CLIENT-306"
  ],
  "does not read updatedAt": [C.inMetadata(({ updatedAt: _, ...metadata }) => metadata), "WS-CLIENT-307"],
  "does not read when a profile was created": [
    inCreatedBy((profile) => {
      const { createdAt: _, ...metadata } = at(profile, "metadata")
      return { ...profile, metadata }
    }),
    "WS-CLIENT-307"
  ],
  "mistakes an empty nextCursor for one": [
    C.bodies((json) => {
      const pagination = at(json, "pagination")
      return pagination["nextCursor"] === "" ? { ...json, pagination: { nextCursor: "\"\"" } } : json
    }),
    "WS-CLIENT-308"
  ],
  "requires a body in the answer to a delete": [
    C.answers(({ body, method }) => method === "DELETE" && body === "" ? { status: 500 } : {}),
    "WS-CLIENT-309"
  ],
  "requires status 200 of a delete": [
    C.answers(({ method, status }) => method === "DELETE" && status > 200 && status < 300 ? { status: 500 } : {}),
    "WS-CLIENT-309"
  ],
  "requires JSON in the answer to a delete": [
    C.answers(({ body, method }) => method === "DELETE" && !isObject(parse(body)) ? { status: 500 } : {}),
    "WS-CLIENT-309"
  ],
  "mistakes an error that it cannot read for INTERNAL": [
    C.answers(({ body, status }) =>
      status >= 400 && typeof at(parse(body))["code"] !== "number"
        ? { body: JSON.stringify({ code: 13, message: "an error" }) }
        : {}
    ),
    "WS-CLIENT-310"
  ],
  "quotes a body that it cannot read": [
    C.answers(({ body, status }) =>
      status >= 400 && parse(body) === undefined ? { headers: { "x-request-id": body.replaceAll(/\s/g, " ") } } : {}
    ),
    "WS-CLIENT-310"
  ],
  "mistakes a success that it cannot read for an empty page": [
    C.answers(({ body, status }) =>
      status < 300 && !isObject(parse(body)) ? { status: 200, body: JSON.stringify({ items: [], pagination: {} }) } : {}
    ),
    "WS-CLIENT-311"
  ],
  "does not read which field is wrong": [withoutDetails("google.rpc.BadRequest"), "WS-CLIENT-312", "WS-CLIENT-105"],
  "does not read a RetryInfo": [withoutDetails("google.rpc.RetryInfo"), "WS-CLIENT-312"],
  "cannot read an error with details that it does not know": [
    C.answers(({ body }) => body.includes("ErrorInfo") ? { body: "details of another type" } : {}),
    "WS-CLIENT-312"
  ],
  "requires a message in an error": [
    C.answers(({ body, status }) =>
      status >= 400 && text(at(parse(body))["message"]) === "" ? { body: "no message" } : {}
    ),
    "WS-CLIENT-313"
  ],
  "reads Retry-After in milliseconds": [
    retryAfter((value) => /^\d+$/.test(value) ? String(Number(value) / 1000) : value),
    "WS-CLIENT-314"
  ],
  "reads Retry-After with 429 only": [
    C.answers(({ headers, status }) => status === 503 ? { headers: { ...headers, "retry-after": "" } } : {}),
    "WS-CLIENT-314"
  ],
  "does not read a Retry-After that is a date": [
    retryAfter((value) => /^\d+$/.test(value) ? value : undefined),
    "WS-CLIENT-315"
  ],
  "goes by the status of an error alone": [
    C.errors((json, { status }) => ({ ...json, ...(status === 500 && json["code"] === 14 ? { code: 13 } : {}) })),
    "WS-CLIENT-316"
  ],
  "requires a ULID for an id": [
    C.answers(({ body, status }) => {
      const { id } = at(parse(body), "metadata")
      return status < 300 && typeof id === "string" && !/^[a-z]+_[0-9A-Z]{26}$/.test(id) ? { body: "not an id" } : {}
    }),
    "WS-CLIENT-301",
    "WS-CLIENT-302",
    "WS-CLIENT-317"
  ],
  "reads ids in lower case": [
    C.inMetadata((metadata) => ({ ...metadata, id: text(metadata["id"]).toLowerCase() })),
    "WS-CLIENT-317"
  ]
}
