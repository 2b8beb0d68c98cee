import { describe, expect, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { CreateWorkspaceSecret } from "../src/CreateWorkspaceSecret.js"
import { ListWorkspaceSecrets, WorkspaceSecretPage } from "../src/ListWorkspaceSecrets.js"
import { Profile } from "../src/Profile.js"
import { Status } from "../src/Status.js"
import { UpdateWorkspaceSecret } from "../src/UpdateWorkspaceSecret.js"
import { WorkspaceSecret } from "../src/WorkspaceSecret.js"
import example from "./fixtures/documented-example.json" with { type: "json" }
import { sample as generate } from "./generated.js"
import { refused } from "./refused.js"
import { same } from "./same.js"
import type { AnySchema } from "./schemas.js"

const later = "2020-01-01T00:00:00.000Z"

/** The documented profile with newer fields. */
const profile = {
  metadata: { ...example.info.createdBy.metadata, createdAt: later },
  spec: example.info.createdBy.spec
}

/** The documented secret with newer fields. */
const secret = {
  metadata: { ...example.metadata, updatedAt: later },
  spec: example.spec,
  info: { createdBy: profile, lastUsedAt: example.info.lastUsedAt }
}

const profileOptional = ["metadata.externalId", "metadata.labels", "metadata.createdAt", "spec.email", "spec.name"]
const profileRequired = [
  ...["metadata", "metadata.id", "metadata.accountId", "metadata.name", "metadata.profileId"],
  ...["spec", "spec.type"]
]

const below = (parent: string, paths: ReadonlyArray<string>) => paths.map((path) => `${parent}.${path}`)

const secretOptional = [
  ...["metadata.externalId", "metadata.labels", "metadata.updatedAt", "spec.value"],
  ...["info", "info.createdBy", ...below("info.createdBy", profileOptional), "info.lastUsedAt"]
]
const secretRequired = [
  ...["metadata", "metadata.id", "metadata.accountId", "metadata.createdAt", "metadata.name"],
  ...["metadata.profileId", "metadata.workspaceId", "spec"],
  ...below("info.createdBy", profileRequired)
]

/** Bodies with all fields, and which fields are optional. */
const bodies: ReadonlyArray<{
  readonly name: string
  readonly schema: AnySchema
  readonly full: object
  readonly optional: ReadonlyArray<string>
  readonly required: ReadonlyArray<string>
}> = [
  {
    name: "WorkspaceSecret",
    schema: WorkspaceSecret,
    full: secret,
    optional: secretOptional,
    required: secretRequired
  },
  {
    name: "Profile",
    schema: Profile,
    full: profile,
    optional: profileOptional,
    required: profileRequired
  },
  {
    name: "WorkspaceSecretPage",
    schema: WorkspaceSecretPage,
    full: { items: [secret], pagination: { nextCursor: "b3BhcXVl" } },
    optional: [...below("items.0", secretOptional), "pagination.nextCursor"],
    required: ["items", ...below("items.0", secretRequired), "pagination"]
  },
  {
    name: "CreateWorkspaceSecret",
    schema: CreateWorkspaceSecret,
    full: { metadata: { name: "n", externalId: "e", labels: { a: "b" } }, spec: { value: "v" } },
    optional: ["metadata.externalId", "metadata.labels", "spec.value"],
    required: ["metadata", "metadata.name", "spec"]
  },
  {
    name: "UpdateWorkspaceSecret",
    schema: UpdateWorkspaceSecret,
    full: {
      metadata: { name: "n", externalId: "e", labels: { a: "b" } },
      spec: { value: "v" },
      updateMask: "metadata.labels,spec"
    },
    optional: [
      ...["metadata", "metadata.externalId", "metadata.labels", "spec", "spec.value"],
      // Metadata without a mask requires a name: see UpdateWorkspaceSecret.test.ts.
      ...["updateMask", "metadata.name"]
    ],
    required: []
  },
  {
    name: "ListWorkspaceSecrets",
    schema: ListWorkspaceSecrets,
    full: {
      limit: "25",
      cursor: "b3BhcXVl",
      prefix: "p",
      query: "q",
      labels: "a=b",
      sortOrder: "asc",
      includeInfo: "true"
    },
    optional: ["limit", "cursor", "prefix", "query", "labels", "sortOrder", "includeInfo"],
    required: []
  },
  {
    name: "Status",
    schema: Status,
    full: {
      code: 3,
      message: "m",
      details: [
        { "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: [{ field: "f", description: "d" }] },
        { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "1s" }
      ]
    },
    // Absent message and details decode as empty, and an invalid detail as an unknown one: see Status.test.ts.
    optional: [],
    required: ["code"]
  }
]

const isObject = (u: unknown): u is Record<string, unknown> => typeof u === "object" && u !== null

/** A copy of a body with one part changed. */
const change = (body: unknown, path: string, edit: (parent: Record<string, unknown>, key: string) => void): unknown => {
  const copy: unknown = JSON.parse(JSON.stringify(body))
  const keys = path.split(".")
  const last = String(keys.pop())
  const parent = keys.reduce((at: unknown, key) => isObject(at) ? at[key] : undefined, copy)
  if (!isObject(parent) || !(last in parent)) {
    throw new Error(`nothing at ${path}`)
  }
  edit(parent, last)
  return copy
}

const nulled = (body: unknown, path: string) =>
  change(body, path, (parent, key) => {
    parent[key] = null
  })

const without = (body: unknown, path: string) =>
  change(body, path, (parent, key) => {
    delete parent[key]
  })

/** The paths of all fields, without the keys of labels. */
const pathsOf = (body: unknown): ReadonlyArray<string> =>
  isObject(body)
    ? Object.entries(body).flatMap(([key, value]) => [
      ...(Array.isArray(body) ? [] : [key]),
      ...(key === "labels" ? [] : below(key, pathsOf(value)))
    ])
    : []

/** Adds an unknown field to every object, except to labels. */
const withUnknown = (body: unknown): unknown =>
  Array.isArray(body)
    ? body.map(withUnknown)
    : isObject(body)
    ? {
      futureField: { nested: [1, null, { labels: 7 }] },
      ...Object.fromEntries(
        Object.entries(body).map(([key, value]) => [key, key === "labels" ? value : withUnknown(value)])
      )
    }
    : body

const hasKey = (value: unknown, path: string): boolean => {
  const [key, ...rest] = path.split(".")
  return isObject(value) && Object.hasOwn(value, String(key))
    && (rest.length === 0 || hasKey(value[String(key)], rest.join(".")))
}

describe.each(bodies)("a reader of $name", ({ full, name, optional, required, schema }) => {
  const decode = Schema.decodeUnknownSync(schema)
  const encode = Schema.encodeSync(schema)

  it("is tested with every field", () => {
    if (name !== "Status") {
      expect([...optional, ...required].sort()).toEqual([...pathsOf(full)].sort())
    }
    const places = (body: unknown) => pathsOf(body).map((path) => path.replace(/\b\d+\b/g, "0"))
    const generated = generate(schema, 40).flatMap((value) => places(JSON.parse(JSON.stringify(encode(value)))))
    expect([...new Set(generated)].filter((path) => !path.startsWith("details") && !places(full).includes(path)))
      .toEqual([])
  })

  it("decodes all fields, and encodes the same JSON", () => {
    expect(JSON.stringify(encode(decode(full)))).toBe(JSON.stringify(full))
  })

  it("treats null as absent in every optional field", () => {
    const isStillAllowed = (path: string) => path !== "updateMask"
    for (const path of optional.filter(isStillAllowed)) {
      const read = decode(nulled(full, path))
      expect(same(read, decode(without(full, path))), path).toBe(true)
      expect(hasKey(decode(full), path), path).toBe(true)
      expect(hasKey(read, path), path).toBe(false)
      expect(JSON.stringify(encode(read)), path).toBe(JSON.stringify(without(full, path)))
    }
  })

  it("treats null as absent in all optional fields at once", () => {
    const all = optional.filter((path) => !optional.some((other) => path.startsWith(`${other}.`)))
    const bare = all.reduce(without, full)
    expect(JSON.stringify(encode(decode(all.reduce(nulled, full))))).toBe(JSON.stringify(bare))
  })

  it("reports a required field that is null or absent, with its path", () => {
    for (const path of required) {
      const field = path.replace(/\.(\d+)/g, "[$1]")
      expect(refused(schema, without(full, path)), path).toEqual([`${field}: Required, and missing`])
      expect(refused(schema, nulled(full, path)), path).toEqual([expect.stringContaining(`${field}: Expected `)])
    }
  })

  it("ignores unknown fields at any depth, and does not encode them", () => {
    const read = decode(withUnknown(full))
    expect(same(read, decode(full))).toBe(true)
    expect(JSON.stringify(encode(read))).toBe(JSON.stringify(full))
  })
})

describe("a reader of labels", () => {
  it("refuses null as the value of a label", () => {
    const wrong = { ...example, metadata: { ...example.metadata, labels: { foo: null } } }
    expect(refused(WorkspaceSecret, wrong)).toEqual(["metadata.labels.foo: Expected a string"])
  })
})
