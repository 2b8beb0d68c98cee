import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Rpc from "@effect/rpc/Rpc"
import * as RpcGroup from "@effect/rpc/RpcGroup"
import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as FastCheck from "effect/FastCheck"
import * as Pretty from "effect/Pretty"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { CreateWorkspaceSecret } from "../src/CreateWorkspaceSecret.js"
import { ListWorkspaceSecrets, WorkspaceSecretPage } from "../src/ListWorkspaceSecrets.js"
import { UpdateWorkspaceSecret } from "../src/UpdateWorkspaceSecret.js"
import {
  WorkspaceSecret,
  WorkspaceSecretId,
  WorkspaceSecretNotFound,
  WorkspaceSecretSpec
} from "../src/WorkspaceSecret.js"
import example from "./fixtures/documented-example.json" with { type: "json" }
import { schemas } from "./schemas.js"

class Owned extends WorkspaceSecret.extend<Owned>("Owned")({ owner: Schema.String }) {}

const decode = Schema.decodeUnknownSync(WorkspaceSecret)
const other = { ...example, spec: { value: "another" } }

describe("two decodes of one JSON", () => {
  it.each(schemas)("are equivalent: %s", (_, schema) => {
    const encode = Schema.encodeSync(schema)
    const isEquivalent = Schema.equivalence(schema)
    for (const value of FastCheck.sample(Arbitrary.make(schema), { numRuns: 5, seed: 3 })) {
      const json = JSON.stringify(encode(value))
      const read = () => Schema.decodeUnknownSync(schema)(JSON.parse(json))
      expect(isEquivalent(read(), read()), json).toBe(true)
    }
  })

  it("are equivalent if a field is absent, null or empty, but not if a secret's value differs", () => {
    const isEquivalent = Schema.equivalence(WorkspaceSecret)
    const unset = (externalId: unknown) => decode({ ...example, metadata: { ...example.metadata, externalId } })
    expect(isEquivalent(unset(null), unset(""))).toBe(true)
    expect(Equal.equals(unset(null), unset(undefined))).toBe(true)
    expect(isEquivalent(decode(example), decode(other))).toBe(false)
    expect(Schema.equivalence(WorkspaceSecretSpec)(decode(example).spec, decode(other).spec)).toBe(false)
    expect(Schema.equivalence(Schema.Array(WorkspaceSecret))([decode(example)], [decode(other)])).toBe(false)
  })

  it("of an extended class are equivalent, but not if a secret's value differs", () => {
    const read = (json: object) => Schema.decodeUnknownSync(Owned)({ ...json, owner: "me" })
    expect(Schema.equivalence(Owned)(read(example), read(example))).toBe(true)
    expect(Schema.equivalence(Owned)(read(example), read(other))).toBe(false)
  })
})

describe("the encoded side of a schema", () => {
  it.each(schemas)("generates, compares and prints what the schema decodes: %s", (_, schema) => {
    const encoded = Schema.encodedSchema(schema)
    const isEquivalent = Schema.equivalence(encoded)
    const read = (json: unknown): unknown => JSON.parse(JSON.stringify(json) ?? "null")
    // JSON has no NaN, which equals nothing.
    const samples = FastCheck.sample(Arbitrary.make(encoded), { numRuns: 20, seed: 3 })
      .filter((json) => Schema.is(encoded)(read(json)))
    expect(samples).not.toEqual([])
    for (const json of samples) {
      expect(isEquivalent(json, structuredClone(json))).toBe(true)
      expect(Pretty.make(encoded)(json)).toBeTypeOf("string")
    }
  })

  it("has empty labels, which mean unset", () => {
    const encoded = Schema.encodedSchema(UpdateWorkspaceSecret)
    const empty = () => ({ metadata: { labels: {} } })
    expect(Schema.equivalence(encoded)(empty(), empty())).toBe(true)
    expect(Pretty.make(encoded)(empty())).toBe("{ \"metadata\": { \"labels\": {} } }")
  })
})

describe("a schema", () => {
  it.each(schemas)("validates as a standard schema, and prints: %s", async (_, schema) => {
    const [value] = FastCheck.sample(Arbitrary.make(schema), { numRuns: 1, seed: 5 })
    const json: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(schema)(value)))
    const { validate } = Schema.standardSchemaV1(schema)["~standard"]
    expect((await validate(json)).issues).toBeUndefined()
    expect((await validate(Symbol.iterator)).issues).not.toHaveLength(0)
    expect(Pretty.make(schema)(value)).toBeTypeOf("string")
  })
})

describe("the types", () => {
  it("are those of the combinators", () => {
    expectTypeOf<Owned["metadata"]["id"]>().toEqualTypeOf<WorkspaceSecretId>()
    expectTypeOf<Owned["owner"]>().toEqualTypeOf<string>()
    const Metadata = Schema.pluck(WorkspaceSecret, "metadata")
    expectTypeOf<typeof Metadata.Type>().toEqualTypeOf<WorkspaceSecret["metadata"]>()
    expect(Schema.isSchema(Metadata)).toBe(true)
    const Partial = Schema.partial(CreateWorkspaceSecret)
    expectTypeOf<typeof Partial.Type>().toEqualTypeOf<
      {
        readonly metadata?: typeof CreateWorkspaceSecret.Type["metadata"] | undefined
        readonly spec?: WorkspaceSecretSpec | undefined
      }
    >()
    expect(Schema.isSchema(Partial)).toBe(true)
    expectTypeOf<typeof WorkspaceSecretSpec.Encoded>().toEqualTypeOf<
      { readonly value?: string | null | undefined }
    >()
    expectTypeOf<typeof WorkspaceSecretSpec.Type>().toEqualTypeOf<
      { readonly value?: Redacted.Redacted | undefined }
    >()
  })
})

describe("the API of a user", () => {
  const group = HttpApiGroup.make("secrets")
    .add(HttpApiEndpoint.get("list", "/secrets").setUrlParams(ListWorkspaceSecrets).addSuccess(WorkspaceSecretPage))
    .add(
      HttpApiEndpoint.post("create", "/secrets").setPayload(CreateWorkspaceSecret).addSuccess(Owned)
        .addError(WorkspaceSecretNotFound, { status: 404 })
    )
    .add(
      HttpApiEndpoint.patch("update", "/secrets/:id").setPath(Schema.Struct({ id: WorkspaceSecretId }))
        .setPayload(UpdateWorkspaceSecret).addSuccess(Schema.Array(WorkspaceSecret))
    )
  const document = OpenApi.fromApi(HttpApi.make("mine").add(group))

  it("has the query parameters of list", () => {
    expect(document.paths["/secrets"]?.get?.parameters.map(({ name }) => name))
      .toEqual(Object.keys(ListWorkspaceSecrets.fields))
  })

  it("has named schemas", () => {
    expect(document.components.schemas).toHaveProperty("WorkspaceSecret.properties.metadata")
    expect(document.components.schemas).toHaveProperty("Owned.properties.owner")
    expect(document.components.schemas).toHaveProperty("CreateWorkspaceSecret.required", ["metadata", "spec"])
    expect(JSON.stringify(document)).not.toContain("/schemas/never")
  })

  it("can use @effect/rpc and tagged requests", () => {
    const rpc = Rpc.make("get", {
      payload: { id: WorkspaceSecretId },
      success: WorkspaceSecret,
      error: WorkspaceSecretNotFound
    })
    expect([...RpcGroup.make(rpc).requests.keys()]).toEqual(["get"])
    const exit = Schema.Exit({ success: rpc.successSchema, failure: rpc.errorSchema, defect: Schema.Defect })
    const json: unknown = JSON.parse(JSON.stringify({ _tag: "Success", value: example }))
    expect(Schema.encodeSync(exit)(Schema.decodeUnknownSync(exit)(json))).toEqual(json)

    class Get extends Schema.TaggedRequest<Get>()("Get", {
      failure: WorkspaceSecretNotFound,
      success: WorkspaceSecret,
      payload: { id: WorkspaceSecretId }
    }) {}
    const get = new Get({ id: WorkspaceSecretId.make("wsecret_1") })
    const written = Effect.runSync(Schema.serializeSuccess(get, decode(example)))
    expect(written).toEqual(example)
    expect(Equal.equals(Effect.runSync(Schema.deserializeSuccess(get, written)), decode(example))).toBe(true)
  })
})
