import { describe, expect, it } from "vitest"
import * as LabelText from "../src/LabelText.js"
import * as SecretEdit from "../src/SecretEdit.js"

const before = { name: "Database", externalId: "db", labels: "team=billing" }
const keep = { type: "keep" } as const

describe("an edit of a secret", () => {
  it("sends the fields that were changed, and names them in the mask", () => {
    expect(SecretEdit.update(before, { ...before, name: "DB" }, keep)).toEqual({
      metadata: { name: "DB" },
      updateMask: "metadata.name"
    })
    expect(SecretEdit.update(before, { ...before, externalId: "", labels: "" }, keep)).toEqual({
      metadata: { externalId: "", labels: {} },
      updateMask: "metadata.externalId,metadata.labels"
    })
  })

  it("keeps, sets or clears the value", () => {
    expect(SecretEdit.maskOf(before, before, keep)).toEqual([])
    expect(SecretEdit.update(before, before, { type: "set", value: "new" })).toEqual({
      spec: { value: "new" },
      updateMask: "spec.value"
    })
    expect(SecretEdit.update(before, before, { type: "clear" })).toEqual({ spec: {}, updateMask: "spec.value" })
  })
})

it("leaves out of a new secret what was left empty", () => {
  expect(SecretEdit.creation({ name: "Database", externalId: "", labels: "" }, keep)).toEqual({
    metadata: { name: "Database" },
    spec: {}
  })
  expect(SecretEdit.creation(before, { type: "set", value: "x" })).toEqual({
    metadata: { name: "Database", externalId: "db", labels: { team: "billing" } },
    spec: { value: "x" }
  })
})

describe("labels as text", () => {
  it("are read and written alike", () => {
    const labels = { team: "billing", "example.com/env": "prod" }
    expect(LabelText.parse(LabelText.format(labels))).toEqual(labels)
    expect(LabelText.parse(" a = b ,, c ")).toEqual({ a: "b", c: "" })
    expect(LabelText.query("a = b, c=d")).toBe("a=b,c=d")
  })
})
