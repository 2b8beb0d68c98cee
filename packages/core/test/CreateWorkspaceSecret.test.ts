import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { CreateWorkspaceSecret } from "../src/CreateWorkspaceSecret.js"
import { isLabelKey, isLabelValue } from "../src/Labels.js"
import { refused, unwritable } from "./refused.js"

const decode = Schema.decodeUnknownSync(CreateWorkspaceSecret)
const encode = Schema.encodeSync(CreateWorkspaceSecret)

describe("CreateWorkspaceSecret", () => {
  it("decodes metadata and spec, and encodes them", () => {
    const body = {
      metadata: { name: "Stripe key", externalId: "stripe", labels: { team: "payments" } },
      spec: { value: "sk_live" }
    }
    const create = decode(body)
    expect(create.spec.value && Redacted.value(create.spec.value)).toBe("sk_live")
    expect(JSON.stringify(encode(create))).toBe(JSON.stringify(body))
  })

  it("requires only a name and a spec", () => {
    expect(decode({ metadata: { name: "n" }, spec: {} })).toEqual({ metadata: { name: "n" }, spec: {} })
    expect(refused(CreateWorkspaceSecret, { metadata: { name: "n" } })).toEqual(["spec: Required, and missing"])
    expect(refused(CreateWorkspaceSecret, { metadata: { name: "n" }, spec: null })).toEqual([
      "spec: Required, and missing"
    ])
    expect(refused(CreateWorkspaceSecret, { spec: {} })).toEqual(["metadata: Required, and missing"])
    expect(refused(CreateWorkspaceSecret, { metadata: {}, spec: {} })).toEqual(["metadata.name: Required, and missing"])
  })

  it("reports every invalid field with errors: all", () => {
    const body = {
      metadata: { name: "", externalId: "", labels: { "not ok": "v", team: "not ok" } },
      spec: { value: 7 }
    }
    expect(refused(CreateWorkspaceSecret, body, { errors: "all" }).map((line) => line.split(":")[0])).toEqual([
      "metadata.name",
      `metadata.labels["not ok"]`,
      "metadata.labels.team",
      "spec.value"
    ])
  })

  it("ignores fields that the server sets", () => {
    const create = decode({
      metadata: { name: "n", id: "mine", accountId: 7, workspaceId: {}, profileId: null, createdAt: "never" },
      spec: {},
      info: { createdBy: "me" }
    })
    expect(JSON.stringify(encode(create))).toBe(`{"metadata":{"name":"n"},"spec":{}}`)
  })

  it("encodes no undefined field", () => {
    const create = { metadata: { name: "n", externalId: undefined, labels: undefined }, spec: { value: undefined } }
    expect(JSON.stringify(encode(create))).toBe(`{"metadata":{"name":"n"},"spec":{}}`)
  })

  it("refuses to encode what it would refuse to decode", () => {
    expect(unwritable(CreateWorkspaceSecret, { metadata: { name: "" }, spec: {} })).toHaveLength(1)
    expect(unwritable(CreateWorkspaceSecret, { metadata: { name: "n", labels: { "": "" } }, spec: {} })).toHaveLength(1)
    expect(unwritable(CreateWorkspaceSecret, { metadata: { name: "n" }, spec: { value: "bare" } })).toEqual([
      "spec.value: Expected a Redacted string"
    ])
  })

  it("accepts only a Redacted value", () => {
    expectTypeOf<CreateWorkspaceSecret["spec"]["value"]>().toEqualTypeOf<Redacted.Redacted<string> | undefined>()
  })

  it.prop("generates valid bodies", [CreateWorkspaceSecret], ([{ metadata }]) => {
    const characters = Array.from(metadata.name.trim()).length
    expect(characters).toBeGreaterThanOrEqual(1)
    expect(characters).toBeLessThanOrEqual(255)
    expect(metadata.externalId).not.toBe("")
    for (const [key, value] of Object.entries(metadata.labels ?? {})) {
      expect(isLabelKey(key) && isLabelValue(value), `${key}=${value}`).toBe(true)
    }
  })

  it("generates bodies with and without each optional field", () => {
    const sample = FastCheck.sample(Arbitrary.make(CreateWorkspaceSecret), { numRuns: 100, seed: 1 })
    for (
      const isSet of [
        (create: CreateWorkspaceSecret) => create.metadata.externalId !== undefined,
        (create: CreateWorkspaceSecret) => create.metadata.labels !== undefined,
        (create: CreateWorkspaceSecret) => create.spec.value !== undefined
      ]
    ) {
      expect(new Set(sample.map(isSet)).size).toBe(2)
    }
  })
})
