import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Equal from "effect/Equal"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import type { AccountId } from "../src/AccountId.js"
import * as PrefixedUlid from "../src/PrefixedUlid.js"
import { Profile } from "../src/Profile.js"
import type { ProfileId } from "../src/ProfileId.js"
import type { WorkspaceId } from "../src/WorkspaceId.js"
import {
  SecretValue,
  WorkspaceSecret,
  WorkspaceSecretId,
  WorkspaceSecretInfo,
  WorkspaceSecretRef,
  WorkspaceSecretSpec
} from "../src/WorkspaceSecret.js"
import { refused, unwritable } from "./refused.js"

const text = readFileSync(new URL("fixtures/documented-example.json", import.meta.url), "utf8")

const decode = Schema.decodeUnknownSync(WorkspaceSecret)
const encode = Schema.encodeSync(WorkspaceSecret)

describe("WorkspaceSecret", () => {
  it("decodes the documented example, and encodes the same bytes", () => {
    const secret = decode(JSON.parse(text))
    expect(`${JSON.stringify(encode(secret), null, 2)}\n`).toBe(text)
  })

  it("has the values of the example", () => {
    const secret = decode(JSON.parse(text))
    expect(secret).toBeInstanceOf(WorkspaceSecret)
    expect(secret.metadata.id).toBe("id")
    expect(DateTime.toEpochMillis(secret.metadata.createdAt)).toBe(Date.UTC(2019, 11, 27, 18, 11, 19, 117))
    expect(secret.metadata.labels).toEqual({ foo: "string" })
    expect(secret.spec.value && Redacted.value(secret.spec.value)).toBe("value")
    expect(secret.info?.createdBy).toBeInstanceOf(Profile)
    expect(secret.info?.createdBy?.spec).toEqual({ type: "PROFILE_TYPE_USER", email: "email", name: "name" })
    expect(secret.info?.lastUsedAt && DateTime.formatIso(secret.info.lastUsedAt)).toBe("2019-12-27T18:11:19.117Z")
  })

  it("requires no optional field", () => {
    const json = `{"metadata":{"id":"id","accountId":"a","createdAt":"2019-12-27T18:11:19.000Z","name":"",`
      + `"profileId":"p","workspaceId":"w"},"spec":{}}`
    expect(JSON.stringify(encode(decode(JSON.parse(json))))).toBe(json)
  })

  it("encodes no undefined field", () => {
    const secret = decode(JSON.parse(text))
    const bare = new WorkspaceSecret({
      metadata: { ...secret.metadata, externalId: undefined, labels: undefined, updatedAt: undefined },
      spec: { value: undefined },
      info: undefined
    })
    const { externalId: _externalId, labels: _labels, ...metadata } = encode(secret).metadata
    expect(JSON.stringify(encode(bare))).toBe(JSON.stringify({ metadata, spec: {} }))
  })

  it("has branded ids, and a Redacted value", () => {
    expectTypeOf<WorkspaceSecret["metadata"]["id"]>().toEqualTypeOf<WorkspaceSecretId>()
    expectTypeOf<WorkspaceSecret["metadata"]["accountId"]>().toEqualTypeOf<AccountId>()
    expectTypeOf<WorkspaceSecret["metadata"]["profileId"]>().toEqualTypeOf<ProfileId>()
    expectTypeOf<WorkspaceSecret["metadata"]["workspaceId"]>().toEqualTypeOf<WorkspaceId>()
    expectTypeOf<WorkspaceId>().not.toExtend<WorkspaceSecretId>()
    expectTypeOf<WorkspaceSecretId>().not.toExtend<WorkspaceId>()
    expectTypeOf<WorkspaceSecret["spec"]["value"]>().toEqualTypeOf<Redacted.Redacted<string> | undefined>()
    expectTypeOf<typeof WorkspaceSecret.Encoded["spec"]["value"]>().toEqualTypeOf<string | null | undefined>()
  })

  it.prop("generates secrets with prefixed ULIDs", [WorkspaceSecret], ([{ info, metadata }]) => {
    const prefixOf = (id: string) => Option.getOrThrow(PrefixedUlid.parse(id)).prefix
    expect([metadata.id, metadata.accountId, metadata.profileId, metadata.workspaceId].map(prefixOf)).toEqual([
      "wsecret",
      "account",
      "profile",
      "workspace"
    ])
    if (info?.createdBy !== undefined) {
      expect(prefixOf(info.createdBy.metadata.id)).toBe("profile")
      expect(prefixOf(info.createdBy.metadata.accountId)).toBe("account")
      expect(info.createdBy.spec.type).toMatch(/^PROFILE_TYPE_[A-Z_]+$/)
    }
  })
})

describe("WorkspaceSecretInfo", () => {
  it("may be empty", () => {
    expect(Schema.decodeUnknownSync(WorkspaceSecretInfo)({})).toEqual({})
  })
})

describe("SecretValue", () => {
  it("decodes to a Redacted", () => {
    const value = Schema.decodeUnknownSync(SecretValue)("sk_live")
    expect(Redacted.isRedacted(value)).toBe(true)
    expect(Redacted.value(value)).toBe("sk_live")
    expect(Schema.encodeSync(SecretValue)(value)).toBe("sk_live")
    expectTypeOf<typeof SecretValue.Type>().toEqualTypeOf<Redacted.Redacted<string>>()
  })

  it("may be empty, and equals only the same value", () => {
    const read = Schema.decodeUnknownSync(SecretValue)
    expect(Redacted.value(read(""))).toBe("")
    expect(Equal.equals(read("a"), read("a"))).toBe(true)
    expect(Equal.equals(read("a"), read("b"))).toBe(false)
  })

  it("refuses to encode a plain string, and a Redacted of another type", () => {
    for (const wrong of ["sk_live", Redacted.make(7), undefined, null]) {
      expect(unwritable(SecretValue, wrong)).toEqual(["Expected a Redacted string"])
    }
    for (const value of ["sk_live", Redacted.make(7), Redacted.make(["sk_live"])]) {
      expect(unwritable(WorkspaceSecretSpec, { value })).toEqual(["value: Expected a Redacted string"])
    }
  })
})

describe("WorkspaceSecretRef", () => {
  const read = Schema.decodeUnknownSync(WorkspaceSecretRef)
  const write = Schema.encodeSync(WorkspaceSecretRef)

  it("is an id, or an external id after external_id:", () => {
    expect(read("wsec_01HXKZ3Y5V8QJ4W6T7R9P2M1NA")).toBe("wsec_01HXKZ3Y5V8QJ4W6T7R9P2M1NA")
    expect(read("external_id:workflow-7")).toEqual({ externalId: "workflow-7" })
    expect(write(WorkspaceSecretId.make("id"))).toBe("id")
    expect(write(read("external_id:workflow-7"))).toBe("external_id:workflow-7")
  })

  it("reads everything after the first external_id: as the external id", () => {
    for (const externalId of ["a/b?c#d%20e", "external_id:x", "../admin", " é🔑 ", "a:b", ""]) {
      expect(read(`external_id:${externalId}`)).toEqual({ externalId })
      expect(write(read(`external_id:${externalId}`))).toBe(`external_id:${externalId}`)
    }
  })

  it.each(["External_id:x", "external_id", "externalId:x", " external_id:x"])("reads %j as an id", (segment) => {
    expect(read(segment)).toBe(segment)
  })

  it("refuses an empty address in both directions", () => {
    expect(refused(WorkspaceSecretRef, "")).toEqual(["Expected an id, or external_id: and an external id"])
    expect(refused(WorkspaceSecretRef, { externalId: "x" })).toEqual([
      "Expected an id, or external_id: and an external id"
    ])
    for (const wrong of ["", 7, null, {}, { externalId: 7 }]) {
      expect(unwritable(WorkspaceSecretRef, wrong)).toEqual(["Expected an id, or an object with an externalId"])
    }
  })

  it("is not assignable from a plain string", () => {
    expectTypeOf<string>().not.toExtend<WorkspaceSecretRef>()
    expectTypeOf<WorkspaceSecretId>().toExtend<WorkspaceSecretRef>()
  })
})
