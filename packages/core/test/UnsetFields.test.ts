import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { codec } from "../src/Codec.js"
import { WorkspaceSecretPage } from "../src/ListWorkspaceSecrets.js"
import { Profile } from "../src/Profile.js"
import { isUnset, unsetFields, withEmptyValues } from "../src/UnsetFields.js"
import { UpdateWorkspaceSecret } from "../src/UpdateWorkspaceSecret.js"
import { WorkspaceSecret } from "../src/WorkspaceSecret.js"
import example from "./fixtures/documented-example.json" with { type: "json" }
import { same } from "./same.js"
import { schemas } from "./schemas.js"

const profile = {
  metadata: { id: "profile_1", accountId: "account_1", name: "n", profileId: "profile_1" },
  spec: { type: "PROFILE_TYPE_USER" }
}
const secret = {
  metadata: {
    id: "wsecret_1",
    accountId: "account_1",
    createdAt: "2026-01-01T00:00:00.000Z",
    name: "n",
    profileId: "profile_1",
    workspaceId: "workspace_1"
  },
  spec: {},
  info: { createdBy: profile }
}
const fullProfile = {
  metadata: { ...profile.metadata, externalId: "", labels: {} },
  spec: { ...profile.spec, email: "", name: "" }
}
const full = {
  metadata: { ...secret.metadata, externalId: "", labels: {} },
  spec: {},
  info: { createdBy: fullProfile }
}

const written = <A, I>(schema: Schema.Schema<A, I>, json: unknown): unknown =>
  JSON.parse(JSON.stringify(withEmptyValues(schema)(Schema.encodeSync(schema)(Schema.decodeUnknownSync(schema)(json)))))

describe("unsetFields", () => {
  it("lists existing models and fields", () => {
    const fields = new Map(
      schemas.flatMap(([name, schema]) => {
        const model = name.slice(name.indexOf(".") + 1)
        return "fields" in schema ? [[model, Object.keys(schema.fields as object)] as const] : []
      })
    )
    for (const [model, unset] of Object.entries(unsetFields)) {
      expect(fields.get(model), model).toEqual(expect.arrayContaining(Object.keys(unset)))
    }
  })

  it("marks the fields that the newest document requires as always present", () => {
    const present = Object.entries(unsetFields).map(([model, fields]) =>
      [
        model,
        Object.entries(fields).filter(([, { isAlwaysPresent }]) => isAlwaysPresent).map(([name]) => name)
      ] as const
    )
    expect(Object.fromEntries(present.filter(([, names]) => names.length > 0))).toEqual({
      ResourceMetadata: ["externalId", "labels"],
      AccountResourceMetadata: ["externalId", "labels"],
      ProfileSpec: ["email", "name"],
      Pagination: ["nextCursor"]
    })
  })
})

describe("isUnset", () => {
  it("is true for an absent field, null, and the empty value", () => {
    for (const value of [undefined, null, ""]) {
      expect(isUnset("ResourceMetadata", "externalId", value)).toBe(true)
    }
    expect(isUnset("ResourceMetadata", "labels", {})).toBe(true)
  })

  it("is false for other values, for another type's empty value, and for other fields", () => {
    for (const value of ["x", {}, [], 0, false]) {
      expect(isUnset("ResourceMetadata", "externalId", value)).toBe(false)
    }
    for (const value of [{ a: "" }, "", []]) {
      expect(isUnset("ResourceMetadata", "labels", value)).toBe(false)
    }
    expect(isUnset("ResourceMetadata", "name", "")).toBe(false)
    expect(isUnset("Nothing", "name", "")).toBe(false)
  })
})

describe("a reader", () => {
  it("treats absent, null and empty as unset", () => {
    const nulled = {
      metadata: { ...secret.metadata, externalId: null, labels: null, updatedAt: null },
      spec: { value: null },
      info: {
        createdBy: {
          metadata: { ...profile.metadata, externalId: null, labels: null, createdAt: null },
          spec: { ...profile.spec, email: null, name: null }
        },
        lastUsedAt: null
      }
    }
    const empty = {
      metadata: { ...full.metadata, updatedAt: "" },
      spec: { value: "" },
      info: {
        createdBy: { metadata: { ...fullProfile.metadata, createdAt: "" }, spec: fullProfile.spec },
        lastUsedAt: ""
      }
    }
    const decode = Schema.decodeUnknownSync(WorkspaceSecret)
    expect(same(decode(nulled), decode(secret))).toBe(true)
    expect(same(decode(empty), decode(secret))).toBe(true)
    const read = Either.getOrThrow(codec(WorkspaceSecret).decode(empty))
    expect(Object.keys(read.metadata)).toEqual(Object.keys(secret.metadata))
  })

  it("does not treat a non-empty field as unset", () => {
    const read = Schema.decodeUnknownSync(WorkspaceSecret)(example)
    expect(read.spec.value && Redacted.value(read.spec.value)).toBe("value")
    expect(JSON.stringify(Schema.encodeSync(WorkspaceSecret)(read))).toBe(JSON.stringify(example))
  })
})

describe("withEmptyValues", () => {
  it("adds the always present fields of a secret and its creator", () => {
    expect(written(WorkspaceSecret, secret)).toEqual(full)
  })

  it("adds those of a profile, and of a page and its items", () => {
    expect(written(Profile, profile)).toEqual(fullProfile)
    expect(written(WorkspaceSecretPage, { items: [secret], pagination: {} })).toEqual({
      items: [full],
      pagination: { nextCursor: "" }
    })
  })

  it("writes the fields in the order of the schema", () => {
    const metadata = { ...secret.metadata, updatedAt: "2026-01-02T00:00:00.000Z" }
    expect(Object.keys((written(WorkspaceSecret, { ...secret, metadata }) as typeof full).metadata)).toEqual([
      ...Object.keys(full.metadata),
      "updatedAt"
    ])
  })

  it("keeps set fields, and adds nothing to the documented example", () => {
    expect(written(WorkspaceSecret, example)).toEqual(example)
    const page = { items: [], pagination: { nextCursor: "c" } }
    expect(written(WorkspaceSecretPage, page)).toEqual(page)
  })

  it("adds nothing to a request", () => {
    const update = { metadata: { name: "n" }, spec: {}, updateMask: "spec.value" }
    expect(written(UpdateWorkspaceSecret, update)).toEqual(update)
  })

  it("returns the same value for a schema without such fields", () => {
    const update = { metadata: { name: "n" }, spec: {} }
    expect(withEmptyValues(UpdateWorkspaceSecret)(update)).toBe(update)
    for (const schema of [Schema.Array(Schema.String), Schema.Tuple(Schema.String), Schema.Unknown]) {
      const list = ["a"]
      expect(withEmptyValues(schema)(list)).toBe(list)
    }
  })

  it("adds them to a schema with a rule", () => {
    expect(written(Profile.pipe(Schema.filter(() => true)), profile)).toEqual(fullProfile)
  })

  it("keeps what the schema does not encode", () => {
    const page = { items: "none", pagination: null }
    expect(withEmptyValues(WorkspaceSecretPage)(page)).toEqual(page)
    for (const other of ["text", 1, null, undefined, [secret]]) {
      expect(withEmptyValues(WorkspaceSecret)(other)).toBe(other)
    }
  })

  it("does not change its argument", () => {
    const encoded = Object.freeze({ metadata: Object.freeze({ ...secret.metadata }), spec: Object.freeze({}) })
    expect(withEmptyValues(WorkspaceSecret)(encoded)).not.toBe(encoded)
  })
})
