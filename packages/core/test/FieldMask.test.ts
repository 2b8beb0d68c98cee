import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Either from "effect/Either"
import * as Equal from "effect/Equal"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { ExternalId } from "../src/ExternalId.js"
import * as FieldMask from "../src/FieldMask.js"
import { UpdateResourceMetadata } from "../src/ResourceMetadata.js"
import { WorkspaceSecret } from "../src/WorkspaceSecret.js"
import example from "./fixtures/documented-example.json" with { type: "json" }
import { refused, unwritable } from "./refused.js"
import { same } from "./same.js"

const NAMES = "metadata, metadata.name, metadata.externalId, metadata.labels, spec, spec.value, *"

const paths = FieldMask.paths
const masks = FastCheck.option(FastCheck.uniqueArray(FastCheck.constantFrom(...paths)), { nil: undefined })
const externalId = (text: string) => ExternalId.make(text)

const secret = Schema.decodeUnknownSync(WorkspaceSecret)(example)

/** The paths of a mask, or its violation. */
const parsed = (text: string) =>
  Either.match(FieldMask.parse(text), {
    onLeft: (violation) => violation,
    onRight: (mask) => mask
  })

const wrong = (description: string) => ({ field: "updateMask", description })

describe("parse", () => {
  it("accepts every path, alone and all together", () => {
    expect(paths).toEqual(NAMES.split(", "))
    for (const path of paths) {
      expect(parsed(path)).toEqual([path])
    }
    expect(parsed(paths.join(","))).toEqual(paths)
  })

  it("accepts snake_case", () => {
    expect(parsed("metadata.external_id")).toEqual(["metadata.externalId"])
    expect(parsed("metadata.externalId,metadata.external_id")).toEqual(["metadata.externalId"])
  })

  it("reads an empty text as a mask without paths", () => {
    expect(parsed("")).toEqual([])
  })

  it("takes a few times as long as a split, whatever the mask contains", () => {
    const timeOf = (work: () => unknown) =>
      Math.min(...Array.from({ length: 5 }, () => {
        const start = performance.now()
        work()
        return performance.now() - start
      }))
    for (const path of [(i: number) => `p${String(i)}`, () => "metadata.external_id"]) {
      const mask = Array.from({ length: 100_000 }, (_, i) => path(i)).join(",")
      expect(timeOf(() => parsed(mask)) / timeOf(() => new Set(mask.split(",")))).toBeLessThan(50)
    }
  })

  it("names the first invalid path, also if it repeats", () => {
    expect(parsed("spec,spec,nope,other,nope")).toEqual(wrong(`path 3 must be one of ${NAMES}`))
  })

  it("removes duplicate paths", () => {
    expect(parsed("spec,metadata.name,spec,metadata.name")).toEqual(["spec", "metadata.name"])
  })

  it.each([
    "value",
    "metadata.Name",
    "metadata.externalID",
    "metadata.EXTERNAL_ID",
    "metadata.external__id",
    "metadata._external_id",
    "metadata.external_id_",
    "Spec",
    "spec.",
    ".spec",
    "spec.value.x",
    "spec.*",
    "**",
    "metadata.label",
    "metadata.labelsx.y",
    "metadata.name ",
    " spec",
    "constructor",
    "__proto__",
    "updateMask",
    "informal"
  ])("refuses %j, which is no path", (path) => {
    expect(parsed(path)).toEqual(wrong(`path 1 must be one of ${NAMES}`))
  })

  it.each([
    [",", 1],
    ["spec,", 2],
    [",spec", 1],
    ["spec,,metadata", 2],
    ["spec, metadata", 2],
    ["spec;metadata", 1],
    ["metadata.name,spec,nope,nope", 3]
  ])("names the place of what is wrong in %j", (text, place) => {
    expect(parsed(text)).toEqual(wrong(`path ${place} must be one of ${NAMES}`))
  })

  it.each([
    ["metadata.id", "metadata.id"],
    ["metadata.accountId", "metadata.accountId"],
    ["metadata.account_id", "metadata.accountId"],
    ["metadata.createdAt", "metadata.createdAt"],
    ["metadata.created_at", "metadata.createdAt"],
    ["metadata.updatedAt", "metadata.updatedAt"],
    ["metadata.profile_id", "metadata.profileId"],
    ["metadata.workspaceId", "metadata.workspaceId"],
    ["info", "info"],
    ["info.lastUsedAt", "info"],
    ["info.created_by.spec.email", "info"]
  ])("refuses %s, which the server sets", (path, field) => {
    expect(parsed(path)).toEqual(wrong(`path 1 is ${field}, which the server sets`))
  })

  it.each(["metadata.labels.team", "metadata.labels.", "metadata.labels.a.b", "metadata.labels.external_id"])(
    "refuses %s, since labels are replaced as a whole",
    (path) => {
      expect(parsed(path)).toEqual(wrong("path 1 is below metadata.labels, which is replaced as a whole"))
    }
  )
})

describe("format", () => {
  it.prop("writes what parse reads", [masks], ([mask]) => {
    expect(parsed(FieldMask.format(mask ?? []))).toEqual(mask ?? [])
  })

  it("joins lowerCamelCase paths with commas", () => {
    expect(FieldMask.format(["metadata.externalId", "spec"])).toBe("metadata.externalId,spec")
    expect(FieldMask.format([])).toBe("")
  })
})

describe("FieldMask", () => {
  it("decodes both spellings and encodes lowerCamelCase", () => {
    const mask = Schema.decodeUnknownSync(FieldMask.FieldMask)("metadata.external_id,spec.value,spec.value")
    expect(mask).toEqual(["metadata.externalId", "spec.value"])
    expect(Schema.encodeSync(FieldMask.FieldMask)(mask)).toBe("metadata.externalId,spec.value")
  })

  it("refuses what parse refuses, with the same message", () => {
    expect(refused(FieldMask.FieldMask, "spec,nope")).toEqual([`path 2 must be one of ${NAMES}`])
    expect(refused(FieldMask.FieldMask, ["spec"])).toEqual(["Expected a string"])
  })

  it("refuses to encode unknown and duplicate paths", () => {
    expect(unwritable(FieldMask.FieldMask, ["nope"])).toEqual(["Expected unique paths of a secret"])
    expect(unwritable(FieldMask.FieldMask, ["spec", "spec"])).toEqual(["Expected unique paths of a secret"])
    expect(unwritable(FieldMask.FieldMask, "spec")).toEqual(["Expected unique paths of a secret"])
  })
})

describe("written", () => {
  it("returns the fields of the mask, whatever the patch contains", () => {
    expect(FieldMask.written(["*"], {})).toEqual(FieldMask.fields)
    expect(FieldMask.written(["metadata"], {})).toEqual(["metadata.name", "metadata.externalId", "metadata.labels"])
    expect(FieldMask.written(["spec"], {})).toEqual(["spec.value"])
    expect(FieldMask.written(["spec.value", "metadata.labels"], {})).toEqual(["metadata.labels", "spec.value"])
    expect(FieldMask.written(["spec"], { metadata: { name: "n" } })).toEqual(["spec.value"])
  })

  it("returns the non-empty fields of the patch if the mask is absent or empty", () => {
    const patch = {
      metadata: { name: "n", labels: { a: "b" }, externalId: externalId("e") },
      spec: { value: Redacted.make("v") }
    }
    const empty = { metadata: { name: "", labels: {}, externalId: externalId("") }, spec: { value: Redacted.make("") } }
    for (const mask of [undefined, []]) {
      expect(FieldMask.written(mask, patch)).toEqual(FieldMask.fields)
      expect(FieldMask.written(mask, empty)).toEqual([])
      expect(FieldMask.written(mask, { metadata: {}, spec: {} })).toEqual([])
      expect(FieldMask.written(mask, {})).toEqual([])
    }
  })
})

describe("of", () => {
  it("returns the mask of the fields of a patch, also of empty fields", () => {
    const patch = { metadata: { name: "n", labels: {}, externalId: undefined }, spec: { value: Redacted.make("") } }
    expect(FieldMask.of(patch)).toEqual(["metadata.name", "metadata.labels", "spec.value"])
    expect(FieldMask.of({ metadata: { externalId: externalId("") } })).toEqual(["metadata.externalId"])
    expect(FieldMask.of({ metadata: {}, spec: {} })).toEqual([])
    expect(FieldMask.of({})).toEqual([])
  })
})

describe("violations", () => {
  const fieldsOf = (mask: FieldMask.FieldMask | undefined, patch: FieldMask.Patch) =>
    FieldMask.violations(mask, patch).map(({ field }) => field)

  it("returns nothing for valid updates", () => {
    for (const mask of [undefined, [], ["*"], ["metadata"], ["spec"]] as const) {
      expect(fieldsOf(mask, { metadata: { name: "n", externalId: externalId("e"), labels: { a: "b" } } })).toEqual([])
    }
    expect(fieldsOf(undefined, {})).toEqual([])
    expect(fieldsOf(undefined, { spec: {} })).toEqual([])
  })

  it.each(["*", "metadata", "metadata.name"] as const)("does not let the mask %s clear the name", (path) => {
    for (
      const patch of [{}, { metadata: {} }, { metadata: { externalId: externalId("e") } }, { metadata: { name: "" } }]
    ) {
      expect(FieldMask.violations([path], patch)).toEqual([{
        field: "metadata.name",
        description: "a name cannot be cleared; give one, or leave it out of updateMask"
      }])
    }
  })

  it("requires a name in metadata if there is no mask", () => {
    for (const mask of [undefined, []]) {
      for (const metadata of [{ labels: {} }, { name: "" }]) {
        expect(FieldMask.violations(mask, { metadata })).toEqual([{
          field: "metadata.name",
          description: "required, unless an updateMask leaves metadata.name out"
        }])
      }
    }
    expect(fieldsOf(["metadata.labels"], { metadata: { labels: {} } })).toEqual([])
    expect(fieldsOf(["spec"], { metadata: {} })).toEqual([])
  })

  it("lists every invalid field, with the key of a label in brackets unless it is an identifier", () => {
    const patch = {
      metadata: {
        name: " ",
        labels: { "not ok": "", team: "not ok", "a.b": "-", fine: "" }
      }
    }
    const all = [
      "metadata.name",
      `metadata.labels["not ok"]`,
      "metadata.labels.team",
      `metadata.labels["a.b"]`
    ]
    expect(fieldsOf(undefined, patch)).toEqual(all)
    expect(fieldsOf(["*"], patch)).toEqual(all)
  })

  it("ignores fields outside the mask", () => {
    const patch = { metadata: { name: "", externalId: externalId(""), labels: { "not ok": "" } } }
    expect(fieldsOf(["spec"], patch)).toEqual([])
    expect(fieldsOf(["metadata.externalId"], patch)).toEqual([])
    expect(fieldsOf(["metadata.labels"], patch)).toEqual([`metadata.labels["not ok"]`])
    expect(fieldsOf(["metadata.name"], patch)).toEqual(["metadata.name"])
  })
})

/** The fields that an update can write, flat; absent is undefined. */
interface Flat {
  readonly "metadata.name": string
  readonly "metadata.externalId": string | undefined
  readonly "metadata.labels": string | undefined
  readonly "spec.value": string | undefined
}

const flat = (self: Pick<WorkspaceSecret, "metadata" | "spec">): Flat => {
  const labels = Object.entries(self.metadata.labels ?? {}).sort()
  return {
    "metadata.name": self.metadata.name,
    "metadata.externalId": self.metadata.externalId,
    "metadata.labels": labels.length === 0 ? undefined : JSON.stringify(labels),
    "spec.value": self.spec.value === undefined ? undefined : Redacted.value(self.spec.value)
  }
}

/** A model of an update, written from the documented rules only. */
const model = (mask: ReadonlyArray<string> | undefined, before: Flat, patch: FieldMask.Patch): Flat => {
  const labels = Object.entries(patch.metadata?.labels ?? {}).sort()
  const value = patch.spec?.value === undefined ? "" : Redacted.value(patch.spec.value)
  const given: Partial<Record<keyof Flat, string>> = {
    ...(patch.metadata?.name === undefined ? {} : { "metadata.name": patch.metadata.name.trim() }),
    ...((patch.metadata?.externalId ?? "") === "" ? {} : { "metadata.externalId": patch.metadata?.externalId ?? "" }),
    ...(labels.length === 0 ? {} : { "metadata.labels": JSON.stringify(labels) }),
    ...(value === "" ? {} : { "spec.value": value })
  }
  const inMask = (field: keyof Flat, parent: string) =>
    mask === undefined || mask.length === 0
      ? field in given
      : mask.includes("*") || mask.includes(parent) || mask.includes(field)
  return {
    "metadata.name": inMask("metadata.name", "metadata")
      ? given["metadata.name"] ?? before["metadata.name"]
      : before["metadata.name"],
    "metadata.externalId": inMask("metadata.externalId", "metadata")
      ? given["metadata.externalId"]
      : before["metadata.externalId"],
    "metadata.labels": inMask("metadata.labels", "metadata")
      ? given["metadata.labels"]
      : before["metadata.labels"],
    "spec.value": inMask("spec.value", "spec") ? given["spec.value"] : before["spec.value"]
  }
}

/** A secret, and a patch that may have equal fields. */
const updates = Arbitrary.make(WorkspaceSecret).chain((before) => {
  const fresh = Arbitrary.make(UpdateResourceMetadata)
  const values = FastCheck.string({ maxLength: 5 }).map((value) => Redacted.make(value))
  const { externalId, labels, name } = before.metadata
  const kept = FastCheck.record({
    name: FastCheck.constantFrom(name, ` ${name}\n`),
    externalId: FastCheck.constant(externalId),
    labels: FastCheck.constantFrom(labels, labels === undefined ? {} : { ...labels })
  }, { requiredKeys: [] })
  const metadata = FastCheck.oneof(fresh, kept, FastCheck.constant(undefined))
  const value = FastCheck.oneof(
    values,
    FastCheck.constant(before.spec.value && Redacted.make(Redacted.value(before.spec.value))),
    FastCheck.constant(undefined)
  )
  const spec = FastCheck.option(value.map((value) => value === undefined ? {} : { value }), { nil: undefined })
  return FastCheck.record({ before: FastCheck.constant(before), patch: FastCheck.record({ metadata, spec }) })
})

describe("apply", () => {
  it.prop("agrees with the model, and returns the same object if nothing changes", [updates, masks], (
    [{ before, patch }, mask]
  ) => {
    const after = FieldMask.apply(mask, before, patch)
    const expected = model(mask, flat(before), patch)
    expect(flat(after)).toEqual(expected)
    expect(after === before).toBe(same(expected, flat(before)))
  }, { fastCheck: { numRuns: 100 } })

  it.prop("changes no other field, and leaves no undefined keys", [updates, masks], (
    [{ before, patch }, mask]
  ) => {
    const { metadata, spec } = FieldMask.apply(mask, before, patch)
    if (metadata === before.metadata) {
      return
    }
    for (const key of ["id", "accountId", "createdAt", "profileId", "workspaceId", "updatedAt"] as const) {
      expect(Equal.equals(metadata[key], before.metadata[key])).toBe(true)
    }
    for (const key of ["externalId", "labels"] as const) {
      expect(Object.hasOwn(metadata, key)).toBe(metadata[key] !== undefined)
    }
    expect(Object.hasOwn(spec, "value")).toBe(spec.value !== undefined)
  })

  it("writes the non-empty fields without a mask", () => {
    for (const mask of [undefined, []]) {
      const after = FieldMask.apply(mask, secret, { metadata: { name: "new" }, spec: { value: Redacted.make("v2") } })
      expect(flat(after)).toEqual({ ...flat(secret), "metadata.name": "new", "spec.value": "v2" })
    }
  })

  it("clears fields of the mask that the patch does not contain", () => {
    const after = FieldMask.apply(["metadata.externalId", "metadata.labels", "spec"], secret, {})
    expect(after.metadata).not.toHaveProperty("externalId")
    expect(after.metadata).not.toHaveProperty("labels")
    expect(after.spec).toEqual({})
    expect(after.metadata.name).toBe("name")
  })

  it("writes everything with *, and never clears the name", () => {
    const after = FieldMask.apply(["*"], secret, {})
    expect(flat(after)).toEqual({
      "metadata.name": "name",
      "metadata.externalId": undefined,
      "metadata.labels": undefined,
      "spec.value": undefined
    })
  })

  it("does not write fields outside the mask", () => {
    const patch = { metadata: { name: "new", labels: { a: "b" } }, spec: { value: Redacted.make("v2") } }
    expect(flat(FieldMask.apply(["spec.value"], secret, patch))).toEqual({ ...flat(secret), "spec.value": "v2" })
  })

  it("replaces labels as a whole; an empty map clears them", () => {
    const after = FieldMask.apply(["metadata.labels"], secret, { metadata: { labels: { bar: "x" } } })
    expect(after.metadata.labels).toEqual({ bar: "x" })
    const cleared = FieldMask.apply(["metadata.labels"], secret, { metadata: { labels: {} } })
    expect(FieldMask.apply(undefined, secret, { metadata: { labels: {} } })).toBe(secret)
    expect(cleared.metadata).not.toHaveProperty("labels")
    expect(FieldMask.apply(["metadata.labels"], cleared, { metadata: { labels: {} } })).toBe(cleared)
  })

  it("detects an added, a removed and a changed label", () => {
    const labelled = (labels: Record<string, string>) => FieldMask.apply(undefined, secret, { metadata: { labels } })
    const two = labelled({ env: "prod", team: "a" })
    for (const labels of [{ env: "prod" }, { env: "prod", team: "b" }, { env: "prod", team: "a", tier: "1" }]) {
      expect(FieldMask.apply(undefined, two, { metadata: { labels } }).metadata.labels).toEqual(labels)
    }
    expect(FieldMask.apply(undefined, two, { metadata: { labels: { team: "a", env: "prod" } } })).toBe(two)
  })

  it("treats a stored empty map as unset", () => {
    const stored = { ...secret, metadata: { ...secret.metadata, labels: {} } }
    expect(FieldMask.apply(["metadata.labels"], stored, {})).toBe(stored)
    expect(FieldMask.apply(undefined, stored, { metadata: { labels: {} } })).toBe(stored)
  })

  it("keeps a label named __proto__", () => {
    const labels = Object.fromEntries([["__proto__", "a"]])
    const after = FieldMask.apply(["metadata.labels"], secret, { metadata: { labels } })
    expect(Object.entries(after.metadata.labels ?? {})).toEqual([["__proto__", "a"]])
    expect(FieldMask.apply(["metadata.labels"], after, {
      metadata: { labels: Object.fromEntries([["__proto__", "a"]]) }
    })).toBe(after)
    expect(FieldMask.apply(["metadata.labels"], after, {
      metadata: { labels: Object.fromEntries([["__proto__", "b"]]) }
    })).not.toBe(after)
    expect(FieldMask.apply(["metadata.labels"], after, { metadata: { labels: { toString: "a" } } })).not.toBe(after)
  })

  it("trims the name", () => {
    expect(FieldMask.apply(undefined, secret, { metadata: { name: " new\n" } }).metadata.name).toBe("new")
    expect(FieldMask.apply(undefined, secret, { metadata: { name: " name " } })).toBe(secret)
  })

  it("returns the same object for equal values in other objects", () => {
    expect(FieldMask.apply(["*"], secret, {
      metadata: { name: "name", externalId: externalId("externalId"), labels: { foo: "string" } },
      spec: { value: Redacted.make("value") }
    })).toBe(secret)
    expect(FieldMask.apply(undefined, secret, {})).toBe(secret)
  })

  it("keeps the new value Redacted", () => {
    expectTypeOf<FieldMask.Patch["spec"]>().toEqualTypeOf<
      { readonly value?: Redacted.Redacted<string> | undefined } | undefined
    >()
  })
})
