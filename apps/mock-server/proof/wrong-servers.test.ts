import { describe, expect, it } from "@effect/vitest"
import * as Behaviour from "@workspace-secrets/contract-tests/Behaviour"
import { behaviours } from "@workspace-secrets/contract-tests/Behaviours"
import * as Effect from "effect/Effect"
import * as MockServer from "../src/MockServer.js"
import { target } from "../test/target.js"
import * as W from "./wrongServers.js"

const metadataOf = (body: W.Json) => body["metadata"] as W.Json

const inMetadata = (change: (metadata: W.Json) => W.Json) =>
  W.secrets((secret) => ({ ...secret, metadata: change(metadataOf(secret)) }))

const known = ["metadata", "metadata.name", "metadata.externalId", "metadata.labels", "spec", "spec.value", "*"]

const pathsOf = (body: W.Json) => typeof body["updateMask"] === "string" ? body["updateMask"].split(",") : []

const isPresent = (body: W.Json, path: string) =>
  path === "*" ||
  path.split(".").reduce<unknown>((inner, key) => (inner as W.Json | undefined)?.[key], body) !== undefined

const texts = (item: W.Json) => JSON.stringify(item).toLowerCase()

/** Servers that are wrong in one way each, and the behaviours that tell. */
const wrongServers: Readonly<Record<string, readonly [wrong: W.Wrong, ...bites: ReadonlyArray<string>]>> = {
  "pages by offset": [W.byOffset, "WS-LIST-205", "WS-LIST-206", "WS-LIST-207", "WS-LIST-208"],
  "begins anew when the cursor's own item is gone": [W.byAnchor, "WS-LIST-207", "WS-LIST-210"],
  "takes any cursor": [W.takesAnyCursor, "WS-LIST-211", "WS-LIST-213", "WS-LIST-214", "WS-LIST-215", "WS-LIST-216"],
  "has an empty page behind a full last one": [
    W.answers(async (response, { url }) => {
      if (url.searchParams.get("cursor") === "end") {
        return new Response(JSON.stringify({ items: [], pagination: {} }), { headers: response.headers })
      }
      const limit = Number(url.searchParams.get("limit") ?? 50)
      const page = await response.json() as { readonly items?: ReadonlyArray<unknown>; readonly pagination?: object }
      const full = page.items?.length === limit && Object.keys(page.pagination ?? {}).length === 0
      const { headers, status } = response
      return new Response(JSON.stringify(full ? { ...page, pagination: { nextCursor: "end" } } : page), {
        headers,
        status
      })
    }),
    "WS-LIST-203",
    "WS-LIST-204"
  ],
  "has info in every list": [W.listed(() => ({ includeInfo: "true" })), "WS-LIST-002"],
  "takes any sortOrder": [
    W.listed((query) => ["asc", "desc"].includes(query.get("sortOrder") ?? "desc") ? {} : { sortOrder: "desc" }),
    "WS-LIST-012"
  ],
  "has the oldest first unless asked": [
    W.listed((query) => ({ sortOrder: query.get("sortOrder") ?? "asc" })),
    "WS-LIST-011"
  ],
  "has pages of 100 unless asked": [W.listed((query) => ({ limit: query.get("limit") ?? "100" })), "WS-LIST-006"],
  "has pages of at most 100": [
    W.listed((query) => Number(query.get("limit")) > 100 ? { limit: "100" } : {}),
    "WS-LIST-007"
  ],
  "takes a negative limit for none": [
    W.listed((query) => Number(query.get("limit")) < 0 ? { limit: undefined } : {}),
    "WS-LIST-008",
    "WS-ERR-016"
  ],
  "sorts by name": [
    W.bodies((body, { url }) =>
      Array.isArray(body["items"]) && url.searchParams.get("sortOrder") === "asc"
        ? {
          ...body,
          items: [...body["items"] as ReadonlyArray<W.Json>].sort((a, b) =>
            String(metadataOf(a)["name"]) < String(metadataOf(b)["name"]) ? -1 : 1
          )
        }
        : body
    ),
    "WS-LIST-009",
    "WS-LIST-010"
  ],
  "takes no notice of case in prefix": [
    W.filtered(
      ["prefix"],
      (item, query) =>
        String(metadataOf(item)["name"]).toLowerCase().startsWith((query.get("prefix") ?? "").toLowerCase())
    ),
    "WS-LIST-102"
  ],
  "takes prefix for any part of the name": [
    W.filtered(["prefix"], (item, query) => String(metadataOf(item)["name"]).includes(query.get("prefix") ?? "")),
    "WS-LIST-101"
  ],
  "takes prefix for a pattern": [
    W.filtered(["prefix"], (item, query) => {
      const pattern = (query.get("prefix") ?? "").replaceAll(/[.*\\]/g, "\\$&").replaceAll("_", ".").replaceAll(
        "%",
        ".*"
      )
      return new RegExp(`^${pattern}`).test(String(metadataOf(item)["name"]))
    }),
    "WS-LIST-103"
  ],
  "looks into values": [
    W.filtered(["query"], (item, query) => texts(item).includes((query.get("query") ?? "").toLowerCase())),
    "WS-LIST-108"
  ],
  "has query case sensitive": [
    W.filtered(["query"], (item, query) => JSON.stringify(metadataOf(item)).includes(query.get("query") ?? "")),
    "WS-LIST-104",
    "WS-LIST-105",
    "WS-LIST-106",
    "WS-LIST-107"
  ],
  "takes one of the labels for all": [
    W.filtered(["labels"], (item, query) => {
      const labels = (metadataOf(item)["labels"] ?? {}) as Readonly<Record<string, string>>
      return (query.get("labels") ?? "").split(",").some((pair) => {
        const [key = "", value = ""] = pair.split("=")
        return labels[key] === value
      })
    }),
    "WS-LIST-111"
  ],
  "answers a create with 201": [
    W.answers((response, { request }) =>
      request.method === "POST" && response.ok
        ? new Response(response.body, { status: 201, headers: response.headers })
        : response
    ),
    "WS-CREATE-001"
  ],
  "keeps white space around names": [
    W.secrets((secret, { body, request }) =>
      request.method === "POST"
        ? { ...secret, metadata: { ...metadataOf(secret), name: metadataOf(JSON.parse(body) as W.Json)["name"] } }
        : secret
    ),
    "WS-CREATE-008",
    "WS-CREATE-009"
  ],
  "cuts names at 100 characters": [
    W.sent("POST", (body) => {
      const { name } = metadataOf(body) ?? {}
      return typeof name === "string"
        ? { ...body, metadata: { ...metadataOf(body), name: name.trim().slice(0, 100) } }
        : body
    }),
    "WS-CREATE-009",
    "WS-CREATE-010"
  ],
  "drops labels that break the rules": [
    W.sent("POST", (body) => {
      const { labels } = metadataOf(body) ?? {}
      const good = Object.entries(typeof labels === "object" && labels !== null ? labels : {})
        .filter(([key, value]) => /^[a-z0-9./]+$/i.test(key) && /^[a-z0-9]*$/i.test(String(value)))
      return { ...body, metadata: { ...metadataOf(body), labels: Object.fromEntries(good) } }
    }),
    "WS-CREATE-101",
    "WS-CREATE-102",
    "WS-CREATE-104"
  ],
  "clears nothing": [
    W.sent("PATCH", (body) => {
      const paths = pathsOf(body)
      const left = paths.filter((path) => !known.includes(path) || isPresent(body, path))
      return paths.length === 0 ? body : { ...body, updateMask: left.join(",") }
    }),
    "WS-UPDATE-110",
    "WS-UPDATE-111",
    "WS-CLIENT-011"
  ],
  "takes no notice of masks": [
    W.sent("PATCH", ({ updateMask: _, ...body }) => body),
    "WS-UPDATE-101",
    "WS-UPDATE-105",
    "WS-UPDATE-110",
    "WS-UPDATE-115",
    "WS-CLIENT-010"
  ],
  "leaves out paths that it does not know": [
    W.sent(
      "PATCH",
      (body) => ({ ...body, updateMask: pathsOf(body).filter((path) => known.includes(path)).join(",") })
    ),
    "WS-UPDATE-109",
    "WS-UPDATE-115",
    "WS-UPDATE-116",
    "WS-ERR-018"
  ],
  "sets updatedAt whatever an update does": [
    W.secrets((secret, { request }) =>
      request.method === "PATCH"
        ? { ...secret, metadata: { ...metadataOf(secret), updatedAt: "2999-01-01T00:00:00.000Z" } }
        : secret
    ),
    "WS-UPDATE-004",
    "WS-UPDATE-117"
  ],
  "tells what another workspace has": [W.tellsOfOthers, "WS-GET-011"],
  "tells what was deleted": [W.tellsOfDeleted, "WS-GET-010", "WS-DELETE-004"],
  "deletes what is not there": [
    W.answers((response, { request }) =>
      request.method === "DELETE" && response.status === 404
        ? new Response("{}", { headers: response.headers })
        : response
    ),
    "WS-DELETE-004",
    "WS-DELETE-005",
    "WS-CLIENT-103"
  ],
  "answers a delete with 204": [
    W.answers((response, { request }) =>
      request.method === "DELETE" && response.ok
        ? new Response(null, { status: 204, headers: response.headers })
        : response
    ),
    "WS-DELETE-001",
    "WS-DELETE-003"
  ],
  "knows every key": [
    W.requests(({ request }) => {
      const authorization = request.headers.get("authorization") ?? ""
      return authorization === "Bearer another-key" ? {} : { authorization: `Bearer ${MockServer.defaultApiKey}` }
    }),
    "WS-ERR-001",
    "WS-ERR-002",
    "WS-ERR-003",
    "WS-CLIENT-101"
  ],
  "takes every workspace for the key's": [
    W.requests(({ url }) => ({ url: new URL(url.pathname.replace(/\/workspaces\/[^/]+/, "") + url.search, url) })),
    "WS-ERR-004",
    "WS-ERR-005",
    "WS-CLIENT-102"
  ],
  "has no x-request-id": [
    W.answers(({ body, headers, status }) => {
      const left = new Headers(headers)
      left.delete("x-request-id")
      return new Response(body, { status, headers: left })
    }),
    "WS-TRANSPORT-004",
    "WS-TRANSPORT-005",
    "WS-CLIENT-103"
  ],
  "writes null for what is not set": [
    inMetadata((metadata) => ({ externalId: null, ...metadata })),
    "WS-TRANSPORT-007",
    "WS-CREATE-002",
    "WS-GET-001"
  ],
  "writes microseconds": [
    inMetadata((metadata) => ({ ...metadata, createdAt: String(metadata["createdAt"]).replace("Z", "000Z") })),
    "WS-TRANSPORT-009"
  ],
  "writes times with an offset": [
    inMetadata((metadata) => ({ ...metadata, createdAt: String(metadata["createdAt"]).replace("Z", "+00:00") })),
    "WS-TRANSPORT-008",
    "WS-CREATE-002"
  ],
  "has a field more": [
    inMetadata((metadata) => ({ ...metadata, kind: "secret" })),
    "WS-CREATE-002",
    "WS-LIST-002"
  ],
  "leaves values out": [
    W.secrets((secret) => ({ ...secret, spec: {} })),
    "WS-TRANSPORT-016",
    "WS-GET-002",
    "WS-CLIENT-002"
  ],
  "refuses fields that it does not know": [
    W.answers((response, { body, request }) =>
      request.method !== "GET" && body.includes("\"nope\"")
        ? new Response(JSON.stringify({ code: 3, message: "unknown field" }), {
          status: 400,
          headers: response.headers
        })
        : response
    ),
    "WS-TRANSPORT-012"
  ],
  "has no Allow": [
    W.answers(({ body, headers, status }) => {
      const left = new Headers(headers)
      left.delete("allow")
      return new Response(body, { status, headers: left })
    }),
    "WS-ERR-007",
    "WS-ERR-008",
    "WS-ERR-009"
  ],
  "has one message for all that is not found": [
    W.errors((body, { headers, status }) =>
      new Response(JSON.stringify(status === 404 ? { ...body, message: "not found" } : body), { status, headers })
    ),
    "WS-ERR-006"
  ],
  "has no code in its errors": [
    W.errors((body, { headers, status }) =>
      new Response(JSON.stringify({ error: body["message"] }), { status, headers })
    ),
    "WS-ERR-001",
    "WS-GET-008",
    "WS-LIST-008",
    "WS-CLIENT-103"
  ],
  "has errors in HTML": [
    W.errors((_, { status }) => new Response("<h1>Oops</h1>", { status, headers: { "content-type": "text/html" } })),
    "WS-TRANSPORT-003",
    "WS-ERR-001",
    "WS-CLIENT-103"
  ],
  "takes bodies of half a MiB at most": [
    W.answers((response, { body }) =>
      body.length > 512 * 1024
        ? new Response(JSON.stringify({ code: 3, message: "too large" }), { status: 413, headers: response.headers })
        : response
    ),
    "WS-ERR-010"
  ],
  "does not say which field is wrong": [
    W.errors((body, { headers, status }) =>
      new Response(JSON.stringify({ ...body, details: [] }), { status, headers })
    ),
    "WS-ERR-016",
    "WS-ERR-017",
    "WS-ERR-018"
  ]
}

/** What any server of these shows, unless it is wrong in just this. */
const controls = ["WS-WHOAMI-001", "WS-WHOAMI-004", "WS-TRANSPORT-013", "WS-LIST-014", "WS-CREATE-005", "WS-CLIENT-301"]

const check = (id: string) => {
  const behaviour = behaviours.find((candidate) => candidate.id === id)
  return behaviour === undefined ? Effect.die(`there is no ${id}`) : Effect.either(Behaviour.check(behaviour))
}

const failing = (ids: ReadonlyArray<string>) =>
  Effect.map(
    Effect.forEach(ids, (id) => Effect.map(check(id), (result) => ({ id, result }))),
    (results) => results.flatMap(({ id, result }) => result._tag === "Left" ? [id] : [])
  )

describe("a server that", () => {
  for (const [what, [wrong, ...bites]] of Object.entries(wrongServers)) {
    it.effect(`${what} fails ${bites.join(", ")}`, () =>
      Effect.gen(function*() {
        expect(yield* failing(bites)).toEqual(bites)
        expect(yield* failing(controls)).toEqual([])
      }).pipe(Effect.provide(target({ between: wrong })), Effect.provide(MockServer.layerInProcess())), 20_000)
  }
})
