import * as W from "../WrongServer.js"

const known = ["metadata", "metadata.name", "metadata.externalId", "metadata.labels", "spec", "spec.value", "*"]

const pathsOf = (body: W.Json) => typeof body["updateMask"] === "string" ? body["updateMask"].split(",") : []

const isPresent = (body: W.Json, path: string) =>
  path === "*" ||
  path.split(".").reduce<unknown>((inner, key) => (inner as W.Json | undefined)?.[key], body) !== undefined

const isEmpty = (u: unknown) => u === "" || (typeof u === "object" && u !== null && Object.keys(u).length === 0)

/** The value at a path of the body. */
const given = (body: W.Json, path: string) =>
  path.split(".").reduce<unknown>((inner, key) => (inner as W.Json | undefined)?.[key], body)

/** Replaces a mask. */
const masked = (change: (paths: ReadonlyArray<string>) => ReadonlyArray<string>) =>
  W.sent(
    "PATCH",
    (body) => typeof body["updateMask"] === "string" ? { ...body, updateMask: change(pathsOf(body)).join(",") } : body
  )

/** Replaces a path of a mask. */
const taken = (path: string, instead: ReadonlyArray<string>) =>
  masked((paths) => paths.flatMap((other) => other === path ? instead : [other]))

const namesName = (path: string) => path === "metadata.name" || path === "metadata" || path === "*"

/** Servers with wrong update masks. */
export const wrongServers: W.WrongServers = {
  "ignores masks": [
    W.sent("PATCH", ({ updateMask: _, ...body }) => body),
    "WS-UPDATE-101",
    "WS-UPDATE-102",
    "WS-UPDATE-103",
    "WS-UPDATE-105",
    "WS-UPDATE-110",
    "WS-UPDATE-115",
    "WS-CLIENT-010"
  ],
  "mistakes metadata.name for all metadata": [taken("metadata.name", ["metadata"]), "WS-UPDATE-101"],
  "writes labels with metadata.externalId": [
    taken("metadata.externalId", ["metadata.externalId", "metadata.labels"]),
    "WS-UPDATE-102",
    "WS-UPDATE-114"
  ],
  "writes nothing for metadata.labels": [
    taken("metadata.labels", []),
    "WS-UPDATE-103",
    "WS-CLIENT-010",
    "WS-CLIENT-011"
  ],
  "writes the name alone for metadata": [taken("metadata", ["metadata.name"]), "WS-UPDATE-104", "WS-UPDATE-111"],
  "writes the name with spec.value": [taken("spec.value", ["spec.value", "metadata.name"]), "WS-UPDATE-105"],
  "writes nothing for spec": [taken("spec", []), "WS-UPDATE-106", "WS-UPDATE-111"],
  "writes the value alone for *": [taken("*", ["spec.value"]), "WS-UPDATE-107", "WS-UPDATE-111", "WS-UPDATE-113"],
  "mistakes the first path of a mask for all of it": [masked((paths) => paths.slice(0, 1)), "WS-UPDATE-108"],
  "rejects a path that comes twice": [
    W.refuses(({ json }) => new Set(pathsOf(json)).size < pathsOf(json).length),
    "WS-UPDATE-108"
  ],
  "leaves out paths that it does not know": [
    masked((paths) => paths.filter((path) => known.includes(path))),
    "WS-UPDATE-109",
    "WS-UPDATE-115",
    "WS-UPDATE-116",
    "WS-ERR-018"
  ],
  "rejects paths in snake_case": [
    W.refuses(({ json }) => pathsOf(json).some((path) => path.includes("_"))),
    "WS-UPDATE-109"
  ],
  "keeps a field that is empty in the body": [
    W.sent("PATCH", (body) => {
      const paths = pathsOf(body)
      const left = paths.filter((path) => !isEmpty(given(body, path)))
      return paths.length === 0 ? body : { ...body, updateMask: left.join(",") }
    }),
    "WS-UPDATE-112",
    "WS-UPDATE-118"
  ],
  "mistakes * for what is not empty in the body": [
    W.sent("PATCH", (body) => {
      const fields = ["metadata.name", "metadata.externalId", "metadata.labels", "spec.value"]
      const left = fields.filter((path) => given(body, path) !== undefined && !isEmpty(given(body, path)))
      return body["updateMask"] === "*" ? { ...body, updateMask: left.join(",") } : body
    }),
    "WS-UPDATE-119",
    "WS-UPDATE-111"
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
  "clears only what it is told by name": [
    W.sent("PATCH", (body) => {
      const below = (path: string) =>
        known.filter((other) =>
          other.includes(".") && (path === "*" || other.startsWith(`${path}.`)) && isPresent(body, other)
        )
      const paths = pathsOf(body).flatMap((path) =>
        path === "spec" || path === "*" || path === "metadata" ? below(path) : [path]
      )
      return pathsOf(body).length === 0 ? body : { ...body, updateMask: paths.join(",") }
    }),
    "WS-UPDATE-111"
  ],
  "mistakes an empty map of labels for absent labels": [
    W.sent("PATCH", (body) => {
      const { labels } = W.metadataOf(body)
      return typeof labels === "object" && labels !== null && Object.keys(labels).length === 0
        ? { ...body, updateMask: pathsOf(body).filter((path) => path !== "metadata.labels").join(",") }
        : body
    }),
    "WS-UPDATE-112"
  ],
  "keeps the name where a mask would clear it": [
    W.sent("PATCH", async (body, { ask }) => {
      const metadata = W.metadataOf(body)
      if ("name" in metadata || !pathsOf(body).some(namesName)) {
        return body
      }
      const { name } = W.metadataOf(await W.read(await ask({ method: "GET" })))
      return { ...body, metadata: { ...metadata, name } }
    }),
    "WS-UPDATE-113",
    "WS-ERR-018"
  ],
  "requires a name in all metadata": [
    W.refuses(({ json, request }) =>
      request.method === "PATCH" && "metadata" in json && !("name" in W.metadataOf(json))
    ),
    "WS-UPDATE-114",
    "WS-UPDATE-110"
  ],
  "writes the rest of a mask with a path that is unknown": [
    W.answers(async (response, asked) => {
      if (asked.request.method === "PATCH" && response.status === 400 && pathsOf(asked.json).length > 1) {
        const updateMask = pathsOf(asked.json).filter((path) => known.includes(path)).join(",")
        await asked.ask({ body: JSON.stringify({ ...asked.json, updateMask }) })
      }
      return response
    }),
    "WS-UPDATE-115",
    "WS-UPDATE-116"
  ],
  "leaves out paths that it sets itself": [
    masked((paths) =>
      paths.filter((path) => !/^info|^metadata\.(id|[a-z]+Id|[a-z]+At)$/.test(path) || known.includes(path))
    ),
    "WS-UPDATE-116"
  ],
  "sets updatedAt where a mask clears what is absent": [
    W.inMetadata((metadata, { json, request }) =>
      request.method === "PATCH" && pathsOf(json).some((path) => path !== "*" && !isPresent(json, path))
        ? { ...metadata, updatedAt: "2999-01-01T00:00:00.000Z" }
        : metadata
    ),
    "WS-UPDATE-117"
  ]
}
