import { describe, expect, it } from "@effect/vitest"
import { AccountId } from "@workspace-secrets/core/AccountId"
import { Profile, ProfileId } from "@workspace-secrets/core/Profile"
import { WorkspaceId } from "@workspace-secrets/core/WorkspaceId"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { type Tenant, Tenants } from "../src/Tenant.js"
import { WorkspaceSecretStore } from "../src/WorkspaceSecretStore.js"

const tenant = (name: string): Tenant => {
  const accountId = AccountId.make(`acct_${name}`)
  const profileId = ProfileId.make(`prof_${name}`)
  return {
    accountId,
    workspaceId: WorkspaceId.make(`wksp_${name}`),
    workspaceAlias: "development",
    profile: new Profile({
      metadata: { id: profileId, accountId, name, profileId },
      spec: { type: "PROFILE_TYPE_USER" }
    }),
    secrets: new WorkspaceSecretStore()
  }
}

const one = tenant("one")
const two = tenant("two")

const authenticate = (authorization: string | undefined) =>
  Effect.gen(function*() {
    const tenants = yield* Tenants
    yield* tenants.add(Redacted.make("key-one"), one)
    yield* tenants.add(Redacted.make("key.two~+/=="), two)
    return yield* tenants.authenticate(authorization)
  }).pipe(Effect.provide(Tenants.Default))

describe("Tenants", () => {
  it.effect.each([
    ["Bearer key-one", one],
    ["bearer key-one", one],
    ["BEARER   key-one", one],
    ["Bearer key.two~+/==", two]
  ])("knows who %s is", ([authorization, expected]) =>
    Effect.gen(function*() {
      expect(yield* authenticate(authorization as string)).toBe(expected)
    }))

  it.effect.each([
    [undefined, "no API key; send Authorization: Bearer <key>"],
    ["", "malformed Authorization header; it has to be Bearer <key>"],
    ["Bearer", "malformed Authorization header; it has to be Bearer <key>"],
    ["Bearer ", "malformed Authorization header; it has to be Bearer <key>"],
    ["Bearerkey-one", "malformed Authorization header; it has to be Bearer <key>"],
    ["Bearer key-one key-one", "malformed Authorization header; it has to be Bearer <key>"],
    ["Bearer key-one, Bearer key-one", "malformed Authorization header; it has to be Bearer <key>"],
    ["Basic key-one", "malformed Authorization header; it has to be Bearer <key>"],
    ["key-one", "malformed Authorization header; it has to be Bearer <key>"],
    [" Bearer key-one", "malformed Authorization header; it has to be Bearer <key>"],
    ["Bearer key-on", "unknown API key"],
    ["Bearer key-one2", "unknown API key"],
    ["Bearer KEY-ONE", "unknown API key"],
    ["Bearer constructor", "unknown API key"],
    ["Bearer __proto__", "unknown API key"]
  ])("answers UNAUTHENTICATED to %j", ([authorization, message]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(authenticate(authorization))
      expect(error).toMatchObject({ _tag: "Unauthenticated", status: 401, code: 16, message })
      expect(String(error)).not.toContain("key-on")
    }))

  it.effect("gives a key the world that it was given last", () =>
    Effect.gen(function*() {
      const tenants = yield* Tenants
      yield* tenants.add(Redacted.make("key"), one)
      yield* tenants.add(Redacted.make("key"), two)
      expect(yield* tenants.authenticate("Bearer key")).toBe(two)
    }).pipe(Effect.provide(Tenants.Default)))
})
