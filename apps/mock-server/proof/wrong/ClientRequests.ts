import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as FieldMask from "@workspace-secrets/core/FieldMask"
import * as C from "../WrongClient.js"
import { at, type Json } from "../WrongServer.js"

/** Replaces a method by another. */
const methods = (method: string, instead: HttpClientRequest.HttpClientRequest["method"]) =>
  C.requests((request) => request.method === method ? HttpClientRequest.setMethod(request, instead) : request)

/** Renames a parameter. */
const renames = (name: string, other: string) =>
  C.params((params) => params.map(([key, value]) => [key === name ? other : key, value]))

/** Changes the reference to a secret in a URL. */
const refs = (change: (ref: string) => string) => C.urls((url) => url.replace(/(?<=\/workspace_secrets\/).*$/, change))

const isPresent = (body: Json, path: string) => {
  const [part = "", field] = path.split(".")
  return field === undefined ? part === "*" || part in body : field in at(body, part)
}

const withoutBody = (request: HttpClientRequest.HttpClientRequest) => request.body._tag === "Empty"

/** Clients that send wrong requests. */
export const wrongClients: C.WrongClients = {
  "sends a limit whether asked or not": [
    C.requests((request) =>
      request.method === "GET" && request.url.endsWith("/workspace_secrets")
        ? HttpClientRequest.setUrlParam(request, "limit", "50")
        : request
    ),
    "WS-CLIENT-401"
  ],
  "asks for a list with POST": [
    C.requests((request) =>
      request.url.endsWith("/workspace_secrets") ? HttpClientRequest.setMethod(request, "POST") : request
    ),
    "WS-CLIENT-401"
  ],
  "sends cursor as page_token": [renames("cursor", "page_token"), "WS-CLIENT-402"],
  "sends sortOrder as sort_order": [renames("sortOrder", "sort_order"), "WS-CLIENT-402"],
  "sends labels as JSON": [
    C.params((params) => params.map(([key, value]) => [key, key === "labels" ? JSON.stringify(value) : value])),
    "WS-CLIENT-402",
    "WS-CLIENT-006"
  ],
  "creates with PUT": [methods("POST", "PUT"), "WS-CLIENT-403", "WS-CLIENT-001"],
  "sends the name of a new secret beside its metadata": [
    C.sent("POST", (body) => ({ ...body, ...at(body, "metadata") })),
    "WS-CLIENT-403"
  ],
  "sends null for a value that is not there": [
    C.sent("POST", (body) => ({ ...body, spec: { value: null, ...at(body, "spec") } })),
    "WS-CLIENT-403"
  ],
  "gets with HEAD": [
    C.requests((request) =>
      request.url.includes("/workspace_secrets/") && request.method === "GET"
        ? HttpClientRequest.setMethod(request, "HEAD")
        : request
    ),
    "WS-CLIENT-404"
  ],
  "does not encode the slashes of an id": [refs((ref) => ref.replaceAll("%2F", "/")), "WS-CLIENT-404", "WS-CLIENT-405"],
  "does not encode the % of an id": [refs((ref) => ref.replaceAll("%25", "%")), "WS-CLIENT-404", "WS-CLIENT-004"],
  "encodes an external id twice": [
    refs((ref) => ref.startsWith("external_id") ? encodeURIComponent(ref) : ref),
    "WS-CLIENT-405",
    "WS-CLIENT-004",
    "WS-CLIENT-012"
  ],
  "sends an external id without external_id:": [
    refs((ref) => ref.replace(/^external_id(%3A|:)/, "")),
    "WS-CLIENT-405",
    "WS-CLIENT-004",
    "WS-CLIENT-013"
  ],
  "updates with PUT": [methods("PATCH", "PUT"), "WS-CLIENT-406", "WS-CLIENT-009"],
  "sends the mask as a list": [
    C.sent(
      "PATCH",
      (body) => typeof body["updateMask"] === "string" ? { ...body, updateMask: body["updateMask"].split(",") } : body
    ),
    "WS-CLIENT-406",
    "WS-CLIENT-010"
  ],
  "sends the paths of a mask in snake_case": [
    C.sent("PATCH", (body) =>
      typeof body["updateMask"] === "string"
        ? { ...body, updateMask: body["updateMask"].replaceAll("externalId", "external_id") }
        : body),
    "WS-CLIENT-406"
  ],
  "sends a mask of whole messages": [
    C.sent("PATCH", (body) =>
      typeof body["updateMask"] === "string"
        ? {
          ...body,
          updateMask: [...new Set(body["updateMask"].split(",").map((path) => path.split(".")[0]))].join(",")
        }
        : body),
    "WS-CLIENT-406",
    "WS-CLIENT-413",
    "WS-CLIENT-009"
  ],
  "sends no mask where the caller gives none": [
    C.sent(
      "PATCH",
      ({ updateMask, ...body }) => updateMask === FieldMask.format(FieldMask.of(body)) ? body : { ...body, updateMask }
    ),
    "WS-CLIENT-413",
    "WS-CLIENT-015"
  ],
  "leaves out of a mask what it does not write": [
    C.sent("PATCH", (body) =>
      typeof body["updateMask"] === "string"
        ? { ...body, updateMask: body["updateMask"].split(",").filter((path) => isPresent(body, path)).join(",") }
        : body),
    "WS-CLIENT-011",
    "WS-CLIENT-406"
  ],
  "deletes with POST": [methods("DELETE", "POST"), "WS-CLIENT-407", "WS-CLIENT-013"],
  "asks who it is in the workspace": [
    C.urls((url) => url.replace(/\/v1\/whoami$/, "/v1/workspaces/development/whoami")),
    "WS-CLIENT-408",
    "WS-CLIENT-014"
  ],
  "sends the key in a header of its own": [
    C.requests((request) =>
      HttpClientRequest.setHeaders(request, {
        authorization: "",
        "x-api-key": request.headers["authorization"] ?? ""
      })
    ),
    "WS-CLIENT-409",
    "WS-CLIENT-001"
  ],
  "sends the key without Bearer": [
    C.requests((request) =>
      HttpClientRequest.setHeader(
        request,
        "authorization",
        (request.headers["authorization"] ?? "").replace("Bearer ", "")
      )
    ),
    "WS-CLIENT-409",
    "WS-CLIENT-411"
  ],
  "sends bodies in text/plain": [
    C.requests((request) =>
      withoutBody(request) ? request : HttpClientRequest.setHeader(request, "content-type", "text/plain")
    ),
    "WS-CLIENT-409",
    "WS-CLIENT-001"
  ],
  "does not encode a workspace": [
    C.urls((url) => url.replaceAll("%2F", "/")),
    "WS-CLIENT-410"
  ],
  "has another base URL unless told": [
    C.urls((url) => url.replace("https://api.cadenya.com", "https://cadenya.com/api")),
    "WS-CLIENT-411"
  ],
  "ignores CADENYA_BASE_URL": [
    C.urls((url) => url.replace("https://example.com/api", "https://api.cadenya.com")),
    "WS-CLIENT-412"
  ],
  "ignores the path of a base URL": [
    C.urls((url) => url.replace("https://example.com/api", "https://example.com")),
    "WS-CLIENT-412"
  ],
  "ignores CADENYA_WORKSPACE_ID": [
    C.urls((url) => url.replace("/workspaces/development", "")),
    "WS-CLIENT-412"
  ]
}
