import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { KnownProfileType, Profile, ProfileId, ProfileSpec, ProfileType } from "../src/Profile.js"
import * as ProfileIdModule from "../src/ProfileId.js"
import example from "./fixtures/documented-example.json" with { type: "json" }
import { refused } from "./refused.js"

describe("ProfileType", () => {
  it.each(["PROFILE_TYPE_USER", "PROFILE_TYPE_API_KEY", "PROFILE_TYPE_SYSTEM", "PROFILE_TYPE_UNSPECIFIED"])(
    "knows %s",
    (type) => {
      expect(Schema.decodeUnknownSync(ProfileType)(type)).toBe(type)
      expect(Schema.is(KnownProfileType)(type)).toBe(true)
    }
  )

  it.each(["PROFILE_TYPE_ROBOT", "", "profile_type_user", "toString"])("keeps the unknown type %j", (type) => {
    expect(Schema.decodeUnknownSync(ProfileType)(type)).toBe(type)
    expect(Schema.encodeSync(ProfileType)(Schema.decodeUnknownSync(ProfileType)(type))).toBe(type)
    expect(refused(KnownProfileType, type)).toEqual(["Expected a known profile type"])
  })

  it("refuses other types than strings", () => {
    for (const wrong of [0, null, {}, ["PROFILE_TYPE_USER"]]) {
      expect(refused(ProfileType, wrong)).toEqual(["Expected a profile type (a string)"])
    }
  })

  it("distinguishes known types from other strings in its type", () => {
    expectTypeOf<"PROFILE_TYPE_USER">().toExtend<ProfileType>()
    expectTypeOf<string>().not.toExtend<ProfileType>()
    expectTypeOf<"PROFILE_TYPE_ROBOT">().not.toExtend<ProfileType>()
  })
})

describe("ProfileSpec", () => {
  it("has a type, and may have an email and a name", () => {
    expect(Schema.decodeUnknownSync(ProfileSpec)({ type: "PROFILE_TYPE_SYSTEM" })).toEqual({
      type: "PROFILE_TYPE_SYSTEM"
    })
    expect(refused(ProfileSpec, { email: "a@example.com" })).toEqual(["type: Required, and missing"])
    expect(refused(ProfileSpec, { type: "PROFILE_TYPE_USER", email: 7 })).toEqual(["email: Expected a string"])
  })
})

describe("Profile", () => {
  const body = example.info.createdBy

  it("decodes a profile, also of an unknown type, and encodes the same JSON", () => {
    for (const type of ["PROFILE_TYPE_USER", "PROFILE_TYPE_ROBOT"]) {
      const wire = { ...body, spec: { ...body.spec, type } }
      const profile = Schema.decodeUnknownSync(Profile)(wire)
      expect(profile).toBeInstanceOf(Profile)
      expect(profile.spec.type).toBe(type)
      expect(JSON.stringify(Schema.encodeSync(Profile)(profile))).toBe(JSON.stringify(wire))
    }
  })

  it("needs metadata and spec", () => {
    expect(refused(Profile, { spec: body.spec })).toEqual(["metadata: Required, and missing"])
    expect(refused(Profile, { metadata: body.metadata })).toEqual(["spec: Required, and missing"])
  })

  it("exports the schema of its id", () => {
    expect(ProfileId).toBe(ProfileIdModule.ProfileId)
    expectTypeOf<Profile["metadata"]["id"]>().toEqualTypeOf<ProfileIdModule.ProfileId>()
  })
})
