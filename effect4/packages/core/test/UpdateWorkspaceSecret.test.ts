import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { applyTo, UpdateWorkspaceSecret } from "../src/UpdateWorkspaceSecret.js"
import { WorkspaceSecret } from "../src/WorkspaceSecret.js"
import example from "./fixtures/documented-example.json" with { type: "json" }
import { refused, unwritable } from "./refused.js"

const decode = Schema.decodeUnknownSync(UpdateWorkspaceSecret)
const encode = Schema.encodeSync(UpdateWorkspaceSecret)

const nameRequired = "metadata.name: required, unless an updateMask leaves metadata.name out"
const nameCleared = "metadata.name: a name cannot be cleared; give one, or leave it out of updateMask"
const nameRule = "metadata.name: Expected a name of 1 to 255 characters after trimming"
const keyRule =
  "a label's key is 1 to 63 characters, alphanumeric at both ends, with - _ . between; a DNS prefix and / may stand before it"

describe("UpdateWorkspaceSecret", () => {
  it("accepts an empty body", () => {
    expect(decode({})).toEqual({})
    expect(decode({ metadata: null, spec: null, updateMask: null })).toEqual({})
    expect(decode({ spec: {} })).toEqual({ spec: {} })
  })

  it("decodes metadata, spec and mask, and encodes them", () => {
    const body = {
      metadata: { name: "name", externalId: "ext", labels: { team: "platform" } },
      spec: { value: "v2" },
      updateMask: "metadata.external_id,spec"
    }
    const update = decode(body)
    expect(update.updateMask).toEqual(["metadata.externalId", "spec"])
    expect(update.spec?.value && Redacted.value(update.spec.value)).toBe("v2")
    expect(JSON.stringify(encode(update))).toBe(JSON.stringify({ ...body, updateMask: "metadata.externalId,spec" }))
  })

  it("requires a name in metadata without a mask", () => {
    expect(refused(UpdateWorkspaceSecret, { metadata: {} })).toEqual([nameRequired])
    expect(refused(UpdateWorkspaceSecret, { metadata: { name: null } })).toEqual([nameRequired])
    expect(refused(UpdateWorkspaceSecret, { metadata: { labels: {} }, updateMask: "" })).toEqual([nameRequired])
    expect(refused(UpdateWorkspaceSecret, { metadata: { name: "n" } })).toEqual([])
  })

  it("requires no name if the mask does not contain it", () => {
    expect(refused(UpdateWorkspaceSecret, { metadata: { labels: {} }, updateMask: "metadata.labels" })).toEqual([])
    expect(refused(UpdateWorkspaceSecret, { metadata: {}, updateMask: "spec.value" })).toEqual([])
    expect(refused(UpdateWorkspaceSecret, { updateMask: "spec" })).toEqual([])
  })

  it.each(["metadata.name", "metadata", "*", "spec,metadata.name"])(
    "does not let the mask %s clear the name",
    (mask) => {
      expect(refused(UpdateWorkspaceSecret, { updateMask: mask })).toEqual([nameCleared])
      expect(refused(UpdateWorkspaceSecret, { metadata: {}, spec: { value: "v" }, updateMask: mask })).toEqual([
        nameCleared
      ])
    }
  )

  it("validates the fields that it writes", () => {
    expect(refused(UpdateWorkspaceSecret, { metadata: { name: " " } })).toEqual([nameRule])
    expect(refused(UpdateWorkspaceSecret, { metadata: { name: " " }, updateMask: "metadata" })).toEqual([nameRule])
  })

  it("decodes empty fields as unset: a mask clears them, no mask keeps them", () => {
    const metadata = { name: "n", externalId: "", labels: {} }
    expect(decode({ metadata, spec: { value: "" } })).toEqual({ metadata: { name: "n" }, spec: {} })
    expect(refused(UpdateWorkspaceSecret, { metadata: { externalId: "" }, updateMask: "metadata.externalId" })).toEqual(
      []
    )
    expect(refused(UpdateWorkspaceSecret, { metadata: { name: "" }, updateMask: "metadata" })).toEqual([nameCleared])
    expect(refused(UpdateWorkspaceSecret, { metadata: { name: "" } })).toEqual([nameRequired])
  })

  it("reports an invalid label with its key, also a key with dots", () => {
    for (const key of ["not ok", "a..", "-a.b", "a.b-", "__proto__.x", `a"b`, "[0]"]) {
      const body = { metadata: { name: "n", labels: { [key]: "v" } } }
      expect(refused(UpdateWorkspaceSecret, body)).toEqual([`metadata.labels[${JSON.stringify(key)}]: ${keyRule}`])
    }
    expect(refused(UpdateWorkspaceSecret, JSON.parse(`{"metadata":{"name":"n","labels":{"__proto__":"v"}}}`))).toEqual([
      `metadata.labels.__proto__: ${keyRule}`
    ])
  })

  it("does not validate fields outside the mask", () => {
    const metadata = { name: " ", labels: { "not ok": "not ok" } }
    expect(refused(UpdateWorkspaceSecret, { metadata, updateMask: "spec" })).toEqual([])
    expect(refused(UpdateWorkspaceSecret, { metadata, updateMask: "metadata.name" })).toEqual([nameRule])
  })

  it("checks the types of fields outside the mask", () => {
    expect(refused(UpdateWorkspaceSecret, { metadata: { name: 7 }, updateMask: "spec" })).toEqual([
      "metadata.name: Expected a string"
    ])
    expect(refused(UpdateWorkspaceSecret, { metadata: { labels: { a: 7 } }, updateMask: "spec" })).toEqual([
      "metadata.labels.a: Expected a string"
    ])
    expect(refused(UpdateWorkspaceSecret, { spec: "v" })).toEqual(["spec: Expected an object (WorkspaceSecretSpec)"])
  })

  it("reports an invalid mask", () => {
    expect(refused(UpdateWorkspaceSecret, { updateMask: "spec,metadata.id" })).toEqual([
      "updateMask: path 2 is metadata.id, which the server sets"
    ])
    expect(refused(UpdateWorkspaceSecret, { updateMask: { paths: ["spec"] } })).toEqual([
      "updateMask: Expected a string"
    ])
  })

  it("ignores fields that a client cannot set", () => {
    const update = decode({
      metadata: { name: "n", id: "wsec_x", createdAt: "never", workspaceId: 7 },
      spec: { value: "v", other: 1 },
      info: { lastUsedAt: "never" }
    })
    expect(JSON.stringify(encode(update))).toBe(`{"metadata":{"name":"n"},"spec":{"value":"v"}}`)
  })

  it("refuses to encode what it would refuse to decode", () => {
    expect(unwritable(UpdateWorkspaceSecret, { metadata: {} })).toEqual([nameRequired])
    expect(unwritable(UpdateWorkspaceSecret, { metadata: { name: "n", labels: { "a.b.": "v" } } })).toEqual([
      `metadata.labels["a.b."]: ${keyRule}`
    ])
  })
})

describe("applyTo", () => {
  const secret = Schema.decodeUnknownSync(WorkspaceSecret)(example)

  it("returns the same secret if nothing changes", () => {
    expect(applyTo(secret, decode({}))).toBe(secret)
    expect(applyTo(secret, decode({ spec: {} }))).toBe(secret)
    expect(applyTo(secret, decode({ metadata: { name: "name" }, spec: { value: "value" } }))).toBe(secret)
    expect(applyTo(secret, decode({ metadata: { name: "other" }, updateMask: "metadata.labels" }))).not.toBe(secret)
  })

  it("writes the fields, and keeps the server's fields and info", () => {
    const after = applyTo(secret, decode({ metadata: { name: " new " }, spec: { value: "v2" } }))
    expect(after).toBeInstanceOf(WorkspaceSecret)
    expect(JSON.parse(JSON.stringify(Schema.encodeSync(WorkspaceSecret)(after)))).toEqual({
      ...example,
      metadata: { ...example.metadata, name: "new" },
      spec: { value: "v2" }
    })
    expect(DateTime.formatIso(after.metadata.createdAt)).toBe("2019-12-27T18:11:19.117Z")
  })

  it("clears fields of the mask that the body does not contain", () => {
    const after = applyTo(secret, decode({ updateMask: "metadata.external_id,metadata.labels,spec.value" }))
    const { externalId: _externalId, labels: _labels, ...metadata } = example.metadata
    expect(JSON.parse(JSON.stringify(Schema.encodeSync(WorkspaceSecret)(after)))).toEqual({
      ...example,
      metadata,
      spec: {}
    })
  })

  it("does not change its argument", () => {
    const before = JSON.stringify(Schema.encodeSync(WorkspaceSecret)(secret))
    applyTo(secret, decode({ metadata: { name: "new", labels: { a: "b" } }, updateMask: "*" }))
    expect(JSON.stringify(Schema.encodeSync(WorkspaceSecret)(secret))).toBe(before)
  })
})
