import { describe, expect, it } from "@effect/vitest"
import { AccountId } from "@workspace-secrets/core/AccountId"
import { CreateWorkspaceSecret } from "@workspace-secrets/core/CreateWorkspaceSecret"
import { ExternalId } from "@workspace-secrets/core/ExternalId"
import * as PrefixedUlid from "@workspace-secrets/core/PrefixedUlid"
import { Profile, ProfileId } from "@workspace-secrets/core/Profile"
import { WorkspaceId } from "@workspace-secrets/core/WorkspaceId"
import { WorkspaceSecret, WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import { leaking, printed } from "../../../../tools/leaks/sinks.js"
import { shareOverhead, tenantOverhead } from "../../src/world/Capacity.js"
import { roomOf as roomOfRule } from "../../src/world/Fault.js"
import type { Seed } from "../../src/world/Seed.js"
import { Snapshot } from "../../src/world/Snapshot.js"
import * as Tenant from "../../src/world/Tenant.js"
import { WorkspaceSecrets } from "../../src/world/WorkspaceSecrets.js"
import { roomOf, sizeOfProfile } from "../../src/world/WorkspaceSecretStore.js"
import { exchange } from "../exchange.js"
import { secret } from "../secrets.js"

const authenticate = (authorization: string | undefined) =>
  Effect.gen(function*() {
    const tenants = new Tenant.Tenants(yield* Tenant.surroundings)
    const one = yield* tenants.add({ id: "one", apiKey: Redacted.make("key-one") })
    const two = yield* tenants.add({ id: "two", apiKey: Redacted.make("key.two~+/==") })
    const tenant = yield* tenants.authenticate(authorization)
    return [one, two].find((registration) => registration.tenant === tenant)?.id
  })

describe("Tenants", () => {
  it.effect.each([
    ["Bearer key-one", "one"],
    ["bearer key-one", "one"],
    ["BEARER   key-one", "one"],
    ["Bearer  key-one", "one"],
    ["Bearer key.two~+/==", "two"]
  ])("finds the tenant of a key, in every valid header (%$)", ([authorization, expected]) =>
    Effect.gen(function*() {
      expect(yield* authenticate(authorization)).toBe(expected)
    }))

  it.effect.each([
    [undefined, "no API key; send Authorization: Bearer <key>"],
    ["", "malformed Authorization header; send Authorization: Bearer <key>"],
    ["Bearer", "malformed Authorization header; send Authorization: Bearer <key>"],
    ["Bearer ", "malformed Authorization header; send Authorization: Bearer <key>"],
    ["Bearerkey-one", "malformed Authorization header; send Authorization: Bearer <key>"],
    ["Bearer key-one key-one", "unknown API key"],
    ["Bearer key-one, Bearer key-one", "unknown API key"],
    ["Basic key-one", "malformed Authorization header; send Authorization: Bearer <key>"],
    ["key-one", "malformed Authorization header; send Authorization: Bearer <key>"],
    [" Bearer key-one", "malformed Authorization header; send Authorization: Bearer <key>"],
    ["Bearer key-on", "unknown API key"],
    ["Bearer key-one2", "unknown API key"],
    ["Bearer KEY-ONE", "unknown API key"],
    ["bearer key-one\nmore", "malformed Authorization header; send Authorization: Bearer <key>"],
    ["Bearer constructor", "unknown API key"],
    ["Bearer __proto__", "unknown API key"]
  ])("fails with UNAUTHENTICATED for anything but its keys (%$)", ([authorization, message]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(authenticate(authorization))
      expect(error).toMatchObject({ _tag: "Unauthenticated", status: 401, code: 16, message })
      expect(leaking(printed(error), "key-on")).toEqual([])
    }))

  it.effect("are at most 20,000", () =>
    Effect.gen(function*() {
      expect(Tenant.maxTenants).toBe(20_000)
      const tenants = new Tenant.Tenants(yield* Tenant.surroundings, {}, { maxTenants: 2 })
      const [one] = [yield* tenants.add(), yield* tenants.add()]
      expect((yield* Effect.flip(tenants.add())).message).toBe("a server has at most 2 tenants; remove one")
      tenants.remove(one)
      yield* tenants.add()
    }))

  it.effect("makes keys and ids, rejects those that exist, and forgets those that are removed", () =>
    Effect.gen(function*() {
      const tenants = new Tenant.Tenants(yield* Tenant.surroundings)
      const one = yield* tenants.add()
      const two = yield* tenants.add()
      expect([one.id, Redacted.value(one.apiKey)]).toEqual([
        expect.stringMatching(/^tnt_[0-9A-Z]{26}$/),
        expect.stringMatching(/^key_[\w-]{32}$/)
      ])
      const others = new Tenant.Tenants(yield* Tenant.surroundings)
      expect(Redacted.value((yield* others.add({ randomSeed: 1 })).apiKey)).toMatch(/^key_[\w-]{32}$/)
      // 192 random bits, without a counter.
      const keys = Array.from({ length: 50 }, () => Redacted.value(Either.getOrThrow(others.add()).apiKey).slice(4))
      const shared = (a: string, b: string) => [...a].filter((character, i) => character === b[i]).length
      expect(keys.slice(1).filter((key, i) => shared(key, keys[i] ?? "") > 10)).toEqual([])
      expect(Redacted.value(two.apiKey)).not.toBe(Redacted.value(one.apiKey))
      expect(yield* Effect.flip(tenants.add({ apiKey: one.apiKey }))).toMatchObject({
        _tag: "TenantExists",
        message: "apiKey: another tenant has it; leave it out to get a new one"
      })
      expect(yield* Effect.flip(tenants.add({ id: one.id }))).toMatchObject({
        _tag: "TenantExists",
        message: "id: another tenant has it; leave it out to get a new one"
      })
      expect(yield* Effect.flip(tenants.add({ apiKey: Redacted.make("a key ") }))).toMatchObject({
        problems: ["apiKey: Expected visible ASCII characters, at most 8192, and spaces only between them"]
      })

      expect(tenants.all).toEqual([one, two])
      expect(tenants.find(one.id)).toBe(one)
      expect([tenants.remove(one), tenants.remove(one), tenants.find(one.id)]).toEqual([true, false, undefined])
      const bearer = `Bearer ${Redacted.value(one.apiKey)}`
      expect(yield* Effect.flip(tenants.authenticate(bearer))).toMatchObject({ message: "unknown API key" })
      const again = yield* tenants.add(one)
      expect(tenants.remove(one)).toBe(false)
      expect(yield* tenants.authenticate(bearer)).toBe(again.tenant)
    }))

  it.effect("replaces the tenant of a key, which stays if the new one is invalid", () =>
    Effect.gen(function*() {
      const tenants = new Tenant.Tenants(yield* Tenant.surroundings)
      const apiKey = Redacted.make("key")
      const before = yield* tenants.add({ id: "first", apiKey })
      yield* Effect.flip(tenants.replace({ apiKey, randomSeed: -1 }))
      expect(yield* tenants.authenticate("Bearer key")).toBe(before.tenant)
      const after = yield* tenants.replace({ apiKey })
      expect([after.id, yield* tenants.authenticate("Bearer key")]).toEqual(["first", after.tenant])
      expect(tenants.all).toEqual([after])
    }))

  it.effect("creates a tenant for each unknown key with acceptAnyKey, up to a limit", () =>
    Effect.gen(function*() {
      expect(Tenant.maxAccepted).toBe(10_000)
      const here = yield* Tenant.surroundings
      const tenants = new Tenant.Tenants(here, { acceptAnyKey: true }, { maxAccepted: 3, maxTenants: 4 })
      const one = yield* tenants.authenticate("Bearer one")
      expect(yield* tenants.authenticate("bearer one")).toBe(one)
      expect(yield* tenants.authenticate("Bearer two")).not.toBe(one)
      expect(yield* Effect.flip(tenants.authenticate("Basic one"))).toMatchObject({ _tag: "Unauthenticated" })
      yield* tenants.add({ id: "added" })
      yield* tenants.authenticate("Bearer three")
      expect(tenants.all.map(({ isAccepted }) => isAccepted === true)).toEqual([true, true, false, true])
      expect(yield* Effect.flip(tenants.authenticate("Bearer more"))).toMatchObject({
        _tag: "ResourceExhausted",
        status: 429,
        message: "this server has created 3 tenants for unknown API keys, which is the maximum"
      })
      expect(yield* tenants.authenticate("Bearer one")).toBe(one)
      const full = new Tenant.Tenants(here, { acceptAnyKey: true }, { maxTenants: 2 })
      yield* full.authenticate("Bearer one")
      yield* full.authenticate("Bearer two")
      expect(yield* Effect.flip(full.authenticate("Bearer three"))).toMatchObject({
        _tag: "ResourceExhausted",
        message: "a server has at most 2 tenants; remove one"
      })
    }))

  it.effect("count the tenants of unknown keys, those of a data directory too, until they are replaced by earlier ones", () =>
    Effect.gen(function*() {
      const here = yield* Tenant.surroundings
      const tenants = new Tenant.Tenants(here, { acceptAnyKey: true }, { maxAccepted: 3 })
      const { origin, standing } = yield* Tenant.make()
      const recover = (id: string, isAccepted: boolean | undefined) =>
        tenants.recover({
          id,
          apiKey: Redacted.make(id),
          isAccepted,
          origin,
          stand: (tenant) => tenant.stand(standing)
        })
      const stored = [recover("one", true), recover("two", false), recover("three", undefined)]
      const two = yield* tenants.authenticate("Bearer four")
      const three = yield* tenants.authenticate("Bearer five")
      const refusal = () => Effect.map(Effect.flip(tenants.authenticate("Bearer six")), ({ _tag }) => _tag)
      expect(yield* refusal()).toBe("ResourceExhausted")
      const epochs = [stored[0]?.tenant, two, three].map((tenant) => tenant?.epoch)
      tenants.reinstate([...stored, ...tenants.all.filter(({ tenant }) => tenant === two)])
      expect([stored[0]?.tenant, two, three].map((tenant) => tenant?.epoch)).toEqual([
        epochs[0],
        epochs[1],
        Number(epochs[2]) + 1
      ])
      expect(yield* tenants.authenticate("Bearer five")).not.toBe(three)
      expect(yield* refusal()).toBe("ResourceExhausted")
      const ended = tenants.all
      tenants.reinstate([])
      expect([tenants.all, ended.map(({ tenant }) => tenant.epoch > 0)]).toEqual([[], [true, true, true, true, true]])
      for (const key of ["a", "b", "c"]) {
        yield* tenants.authenticate(`Bearer ${key}`)
      }
      expect(yield* refusal()).toBe("ResourceExhausted")
    }))

  it.effect("creates such a tenant with the options of the first, and says why when it cannot", () =>
    Effect.gen(function*() {
      const here = yield* Tenant.surroundings
      const tenants = new Tenant.Tenants(here, {
        acceptAnyKey: true,
        seed,
        clock: fixed,
        randomSeed: 7,
        journalSize: 2,
        faults: [{ name: "slow", delayMillis: 1 }]
      })
      const one = yield* tenants.authenticate("Bearer one")
      expect([...one.secrets.walk("asc")].map(({ metadata }) => metadata.id)).toEqual(["a", "b"])
      expect([one.clock.now, one.faults.status.map(({ name }) => name)]).toEqual([millis, ["slow"]])
      expect(worldOf(yield* tenants.authenticate("Bearer two"))).toEqual(worldOf(one))
      const broken = new Tenant.Tenants(here, { acceptAnyKey: true, randomSeed: -1, journalSize: 0.5 })
      expect(yield* Effect.flip(broken.authenticate("Bearer one"))).toMatchObject({
        _tag: "Unauthenticated",
        message:
          "randomSeed: Expected a whole number from 0 to 2^53 - 1\njournalSize: Expected a whole number from 0 to 100000"
      })
    }))

  it.effect("creates none for an unknown key where there is no room, and says so", () =>
    Effect.gen(function*() {
      const here = yield* Tenant.surroundings
      const room = roomOf(seed.workspaceSecrets[0]) + roomOf(seed.workspaceSecrets[1])
      const unlimited = new Tenant.Tenants(here, { acceptAnyKey: true, seed })
      const each = (yield* unlimited.authenticate("Bearer one")).characters
      const created = roomOf(yield* create((yield* unlimited.add({ seed })).tenant))
      const maxStored = room + 3 * each + "firstonetwo".length + created
      const tenants = new Tenant.Tenants(here, { acceptAnyKey: true, seed }, { maxStored })
      const first = yield* tenants.add({ apiKey: Redacted.make("first"), seed })
      yield* tenants.authenticate("Bearer one")
      const two = yield* tenants.authenticate("Bearer two")
      // The secrets of the seed count once, until a tenant has its own.
      expect(yield* Effect.flip(tenants.authenticate("Bearer three"))).toMatchObject({
        _tag: "ResourceExhausted",
        status: 429
      })
      expect(yield* Effect.flip(tenants.add({ seed }))).toMatchObject({ _tag: "TenantError" })
      expect(yield* create(two)).toBeInstanceOf(WorkspaceSecret)
      const secrets = yield* Effect.provide(WorkspaceSecrets, WorkspaceSecrets.Default)
      const rename = () => secrets.update(two, WorkspaceSecretId.make("a"), { metadata: { name: "n" } })
      expect(yield* Effect.flip(rename())).toMatchObject({ _tag: "ResourceExhausted" })
      tenants.remove(first)
      yield* rename()
      two.reset()
      yield* tenants.authenticate("Bearer three")
    }))

  it.effect("know the id of a tenant until it is removed", () =>
    Effect.gen(function*() {
      const tenants = new Tenant.Tenants(yield* Tenant.surroundings)
      const one = yield* tenants.add({ id: "one" })
      const two = yield* tenants.add({ id: "two" })
      expect([tenants.idOf(one.tenant), tenants.idOf(two.tenant)]).toEqual(["one", "two"])
      tenants.remove(one)
      expect([tenants.idOf(one.tenant), tenants.idOf(two.tenant)]).toEqual([undefined, "two"])
    }))

  it.effect("share the room for secrets, and find it again after some are gone", () =>
    Effect.gen(function*() {
      const empty = yield* roomOfTenant({})
      const maxStored = 2 * empty + 3 * roomOf(yield* create(yield* Tenant.make())) + " long".length
      const tenants = new Tenant.Tenants(yield* Tenant.surroundings, {}, { maxStored })
      const one = yield* tenants.add({ id: "one" })
      const two = yield* tenants.add({ id: "two" })
      const secrets = yield* Effect.provide(WorkspaceSecrets, WorkspaceSecrets.Default)
      const first = yield* create(one.tenant)
      yield* create(two.tenant)
      const third = yield* create(two.tenant)
      expect(yield* Effect.flip(create(one.tenant))).toMatchObject({
        _tag: "ResourceExhausted",
        message:
          "the tenants of this server and their secrets fill an eighth of its heap, which is the maximum; remove some, or start Node "
          + "with a larger --max-old-space-size"
      })
      expect(one.tenant.secrets.size).toBe(1)
      const rename = (name: string) => secrets.update(one.tenant, first.metadata.id, { metadata: { name } })
      expect(yield* Effect.flip(rename("longer name"))).toMatchObject({ _tag: "ResourceExhausted" })
      expect((yield* rename("long name")).metadata.name).toBe("long name")
      expect((yield* rename("n")).metadata.name).toBe("n")
      expect((yield* rename("long name")).metadata.name).toBe("long name")
      yield* secrets.delete(two.tenant, third.metadata.id)
      yield* create(one.tenant)
      expect(yield* Effect.flip(create(one.tenant))).toMatchObject({ _tag: "ResourceExhausted" })
      tenants.remove(two)
      yield* create(one.tenant)
      one.tenant.reset()
      yield* create(one.tenant)
    }))

  it.effect("refuse a seed or a snapshot that has no room, and keep what a tenant began with", () =>
    Effect.gen(function*() {
      const [secret] = seed.workspaceSecrets
      const seedOf = (count: number) => ({
        ...seed,
        workspaceSecrets: Array.from({ length: count }, (_, i) =>
          new WorkspaceSecret({
            ...secret,
            metadata: { ...secret.metadata, id: WorkspaceSecretId.make(`s${i}`), externalId: undefined }
          }))
      })
      const [one] = seedOf(1).workspaceSecrets
      // The half is for the ids and the profile of the tenant, which change with a seed.
      const maxStored = (yield* roomOfTenant({})) + (yield* roomOfTenant({ seed: seedOf(2) })) +
        1.5 * roomOf(one ?? secret)
      const tenants = new Tenant.Tenants(yield* Tenant.surroundings, {}, { maxStored })
      const { tenant } = yield* tenants.add({ id: "one" })
      const two = seedOf(2)
      const { tenant: seeded } = yield* tenants.add({ id: "two", seed: two })
      const noRoom = { _tag: "SeedError", problems: [Tenant.noRoom.message] }
      expect(yield* Effect.flip(tenant.replace(seedOf(2)))).toMatchObject(noRoom)
      expect(yield* Effect.flip(tenant.restore(seeded.snapshot()))).toMatchObject(noRoom)
      expect(tenant.secrets.size).toBe(0)
      // What it replaces makes room.
      yield* seeded.replace(two)
      yield* seeded.restore(seeded.snapshot())
      // A reset brings the deleted secrets back, so their memory stays taken.
      yield* seeded.replace(seedOf(0))
      expect(yield* Effect.flip(tenant.replace(seedOf(2)))).toMatchObject({ _tag: "SeedError" })
      yield* tenant.replace(seedOf(1))
      expect(tenant.secrets.size).toBe(1)
    }))

  it.effect("may start with more than there is room for, and can then only shrink", () =>
    Effect.gen(function*() {
      const long = secret({ id: "a", name: "x".repeat(100_000) })
      const rule = { name: "y".repeat(1000), delayMillis: 1 }
      const tenants = new Tenant.Tenants(yield* Tenant.surroundings, {}, { maxStored: 50_000 })
      const small = yield* tenants.add()
      expect(yield* Effect.flip(tenants.add({ seed: { ...seed, workspaceSecrets: [long] } }))).toMatchObject({
        problems: [Tenant.noRoom.message]
      })
      tenants.remove(small)
      const { tenant } = yield* tenants.add({ seed: { ...seed, workspaceSecrets: [long] }, faults: [rule] })
      expect(yield* Effect.flip(tenants.add())).toMatchObject({ problems: [Tenant.noRoom.message] })
      yield* tenant.replace({ ...seed, workspaceSecrets: [long] })
      yield* tenant.putFaults([rule])
      expect(yield* Effect.flip(tenant.putFaults([{ ...rule }]))).toMatchObject({
        problems: [Tenant.noRoom.message]
      })
      yield* tenant.replace({ ...seed, workspaceSecrets: [] })
      expect(yield* Effect.flip(create(tenant))).toMatchObject({ _tag: "ResourceExhausted" })
    }))

  it.effect("count the seed and the rules that all of them share once", () =>
    Effect.gen(function*() {
      const here = yield* Tenant.surroundings
      const id = ProfileId.make("p".repeat(5000))
      const shared = {
        seed: {
          ...seed,
          profile: new Profile({
            metadata: { id, accountId: seed.accountId, name: "p", profileId: id },
            spec: { type: "PROFILE_TYPE_USER" }
          })
        },
        faults: [{ name: "f".repeat(1000), delayMillis: 1 }]
      }
      const ids = ({ accountId, workspaceAlias, workspaceId }: Tenant.Tenant) =>
        accountId.length + workspaceAlias.length + workspaceId.length
      const once = sizeOfProfile(shared.seed.profile) + roomOf(seed.workspaceSecrets[0])
        + roomOf(seed.workspaceSecrets[1]) + shared.faults.reduce((sum, rule) => sum + roomOfRule(rule), 0)
      const alone = yield* Tenant.make(shared)
      // The ids of the beginning, which a reset brings back, and those of now.
      expect(alone.characters).toBe(tenantOverhead + once + 2 * ids(alone) + 2 * shareOverhead)
      const of = (limits: Tenant.TenantLimits) => new Tenant.Tenants(here, { acceptAnyKey: true, ...shared }, limits)
      const one = yield* of({}).authenticate("Bearer 1")
      expect(one.characters).toBe(tenantOverhead + 2 * ids(one) + 2 * shareOverhead)
      const maxStored = once + 2 * (one.characters + 1)
      for (const [less, expected] of [[0, [true, true, false]], [1, [true, false, false]]] as const) {
        const tenants = of({ maxStored: maxStored - less })
        expect([1, 2, 3].map((key) => Either.isRight(tenants.authenticate(`Bearer ${key}`)))).toEqual(expected)
      }
    }))

  it.effect("have no room for a seed with long texts of any kind", () =>
    Effect.gen(function*() {
      const long = "x".repeat(100_000)
      const profileOf = (spec: Partial<Profile["spec"]>, metadata: Partial<Profile["metadata"]>) =>
        new Profile({
          metadata: {
            id: ProfileId.make("p"),
            accountId: seed.accountId,
            name: "p",
            profileId: ProfileId.make("p"),
            ...metadata
          },
          spec: { type: "PROFILE_TYPE_USER", ...spec }
        })
      const [{ metadata }] = seed.workspaceSecrets
      const withSecret = (change: Partial<ConstructorParameters<typeof WorkspaceSecret>[0]>): Seed => ({
        ...seed,
        workspaceSecrets: [new WorkspaceSecret({ metadata, spec: {}, ...change })]
      })
      const tenants = new Tenant.Tenants(yield* Tenant.surroundings, {}, { maxStored: 100_000 })
      const { tenant } = yield* tenants.add()
      const before = worldOf(tenant)
      const seeds: ReadonlyArray<Seed> = [
        { accountId: AccountId.make(long) },
        { workspaceId: WorkspaceId.make(long) },
        { workspaceAlias: WorkspaceId.make(long) },
        ...[
          profileOf({ name: long }, {}),
          profileOf({ email: long }, {}),
          profileOf({}, { name: long }),
          profileOf({}, { id: ProfileId.make(long) }),
          profileOf({}, { profileId: ProfileId.make(long) }),
          profileOf({}, { labels: { [long]: "" } }),
          profileOf({}, { labels: { a: long } })
        ].flatMap((profile) => [{ ...seed, profile }, withSecret({ info: { createdBy: profile } })]),
        withSecret({ metadata: { ...metadata, id: WorkspaceSecretId.make(long) } }),
        withSecret({ metadata: { ...metadata, profileId: ProfileId.make(long) } }),
        withSecret({ metadata: { ...metadata, externalId: ExternalId.make(long) } }),
        withSecret({ spec: { value: Redacted.make(long) } })
      ]
      for (const [i, seed] of seeds.entries()) {
        expect([i, yield* Effect.flip(tenants.add({ seed }))]).toMatchObject([i, { _tag: "TenantError" }])
        expect([i, yield* Effect.flip(tenant.replace(seed))]).toMatchObject([i, { _tag: "SeedError" }])
      }
      expect(worldOf(tenant)).toEqual(before)
      expect(tenants.all).toHaveLength(1)
      yield* tenant.replace(seed)
    }))

  it.effect("share the room for fault rules, of which those that all begin with count once", () =>
    Effect.gen(function*() {
      const ruleOf = (name: string) => ({ name, delayMillis: 1 })
      const [small, large] = [ruleOf("s"), ruleOf("x".repeat(1000))]
      const here = yield* Tenant.surroundings
      const maxStored = 2 * (yield* roomOfTenant({})) + roomOfRule(large) + 1500
      const tenants = new Tenant.Tenants(here, { acceptAnyKey: true, faults: [large] }, { maxStored })
      const one = yield* tenants.add({ faults: [large] })
      const two = yield* tenants.authenticate("Bearer two")
      const names = () => two.faults.rules.map(({ name }) => name?.length)
      yield* two.addFaults([small, large])
      expect(names()).toEqual([1000, 1, 1000])
      const noRoom = { problems: [expect.stringContaining("fill an eighth of its heap") as string] }
      expect(yield* Effect.flip(two.addFaults([{ ...large }, { ...large }]))).toMatchObject(noRoom)
      expect(yield* Effect.flip(two.putFaults([{ ...large }, { ...large }]))).toMatchObject(noRoom)
      expect(names()).toEqual([1000, 1, 1000])
      yield* two.putFaults([{ ...large }])
      expect(yield* Effect.flip(one.tenant.putFaults([{ ...large }]))).toMatchObject(noRoom)
      expect(yield* Effect.flip(tenants.add({ faults: [{ ...large }] }))).toMatchObject({ _tag: "TenantError" })
      two.reset()
      yield* one.tenant.putFaults([{ ...large }])
    }))

  it.effect("have keys that a request can send", () =>
    Effect.gen(function*() {
      const tenants = new Tenant.Tenants(yield* Tenant.surroundings)
      const longest = "k".repeat(8192)
      const one = yield* tenants.add({ apiKey: Redacted.make(longest) })
      expect(yield* tenants.authenticate(`Bearer ${longest}`)).toBe(one.tenant)
      expect(yield* Effect.flip(tenants.add({ apiKey: Redacted.make(`${longest}k`) }))).toMatchObject({
        _tag: "TenantError"
      })
      expect(yield* Effect.flip(tenants.rekey(one, Redacted.make(`${longest}k`)))).toMatchObject({
        _tag: "TenantError"
      })
      const anyKey = new Tenant.Tenants(yield* Tenant.surroundings, { acceptAnyKey: true })
      yield* anyKey.authenticate(`Bearer ${longest}`)
      expect(yield* Effect.flip(anyKey.authenticate(`Bearer ${longest}k`))).toMatchObject({ _tag: "Unauthenticated" })
      const tight = new Tenant.Tenants(yield* Tenant.surroundings, {}, { maxStored: 2 * (yield* roomOfTenant({})) })
      const [first] = [yield* tight.add(), yield* tight.add()]
      expect(yield* Effect.flip(tight.rekey(first, Redacted.make(longest)))).toMatchObject({
        _tag: "TenantError",
        problems: [Tenant.noRoom.message]
      })
      yield* tight.rekey(first, Redacted.make("key"))
    }))

  it.effect("have no room for more after earlier ones came back", () =>
    Effect.gen(function*() {
      const each = roomOf(yield* create(yield* Tenant.make()))
      const maxStored = 2 * (yield* roomOfTenant({})) + 2 * each
      const tenants = new Tenant.Tenants(yield* Tenant.surroundings, {}, { maxStored })
      const one = yield* tenants.add()
      const two = yield* tenants.add()
      yield* create(one.tenant)
      tenants.remove(one)
      yield* create(two.tenant)
      yield* create(two.tenant)
      tenants.reinstate([one, two])
      expect(yield* Effect.flip(create(two.tenant))).toMatchObject({ _tag: "ResourceExhausted" })
    }))

  it.effect("share the room for search indexes, and find it again after a tenant is removed", () =>
    Effect.gen(function*() {
      const name = Array.from({ length: 300 }, (_, i) => String.fromCharCode(0x4e00 + i)).join("")
      const workspaceSecrets = Array.from({ length: 512 }, (_, i) => secret({ id: `${i}`, name: `${name}${i}` }))
      const tenants = new Tenant.Tenants(yield* Tenant.surroundings, {}, { maxIndexed: 1_200_000 })
      const add = () => Either.getOrThrow(tenants.add({ seed: { ...seed, workspaceSecrets } }))
      const search = ({ tenant: { secrets } }: Tenant.Registration) => {
        expect([...secrets.search({ query: `${name.slice(-9)}77` }, "asc")].map(({ metadata: { id } }) => id)).toEqual([
          "77"
        ])
        return secrets.isIndexed
      }
      const all = [add(), add(), add()] as const
      expect(all.map(search)).toEqual([true, true, false])
      expect(all.reduce((sum, { tenant }) => sum + tenant.secrets.indexBytes, 0)).toBeLessThanOrEqual(1_200_000)
      tenants.remove(all[0])
      expect(search(add())).toBe(true)
    }))

  it.effect("share the room for requests, until a tenant is removed", () =>
    Effect.gen(function*() {
      const tenants = new Tenant.Tenants(yield* Tenant.surroundings, {}, { maxRecorded: 10_000 })
      const one = yield* tenants.add({ id: "one" })
      const record = ({ journal }: Tenant.Tenant | typeof tenants.nobody) =>
        journal.record(exchange({ epoch: journal.epoch }), undefined)
      for (let i = 0; i < 9; i++) {
        record(i < 5 ? one.tenant : tenants.nobody)
      }
      const { size } = tenants.requests
      expect(one.tenant.journal.dropped).toBe(0)
      record(tenants.nobody)
      expect([one.tenant.journal.dropped, tenants.requests.size]).toEqual([1, size])
      tenants.remove(one)
      expect(tenants.requests.size).toBe(size / 9 * 5)
      yield* tenants.add({ id: "one" })
      tenants.reinstate([one])
      expect(tenants.requests.size).toBe(size)
    }))

  it.effect("never print a key", () =>
    Effect.gen(function*() {
      const tenants = new Tenant.Tenants(yield* Tenant.surroundings)
      const registration = yield* tenants.add({ apiKey: Redacted.make("canary") })
      for (const what of [tenants, registration, tenants.all]) {
        expect(leaking(printed(what), "canary")).toEqual([])
      }
    }))
})

/** The memory of a tenant with a key of the server, in characters. */
const roomOfTenant = (options: Tenant.WorldOptions) =>
  Effect.gen(function*() {
    const { apiKey, tenant } = yield* new Tenant.Tenants(yield* Tenant.surroundings).add(options)
    return tenant.characters + Redacted.value(apiKey).length
  })

const worldOf = (tenant: Tenant.Tenant) => Schema.encodeSync(Snapshot)(tenant.snapshot())

const fixed = { type: "fixed", at: "2026-01-01T00:00:00.000Z" } as const
const millis = Date.parse(fixed.at)

const create = (tenant: Tenant.Tenant, name = "name", value = "value") =>
  Effect.flatMap(
    WorkspaceSecrets,
    (secrets) =>
      secrets.create(tenant, Schema.decodeSync(CreateWorkspaceSecret)({ metadata: { name }, spec: { value } }))
  ).pipe(
    Effect.provide(WorkspaceSecrets.Default)
  )

const seed = {
  accountId: secret({ id: "a" }).metadata.accountId,
  workspaceId: secret({ id: "a" }).metadata.workspaceId,
  workspaceSecrets: [secret({ id: "a", value: "canary" }), secret({ id: "b", externalId: "b" })] as const
}

describe("a tenant", () => {
  it.effect("fails with all problems of its options", () =>
    Effect.gen(function*() {
      const failure = (options: Tenant.WorldOptions) =>
        Effect.map(Effect.flip(Tenant.make(options)), ({ problems }) => problems)
      expect(yield* failure({ randomSeed: 0.5, clock: { type: "fixed", at: "canary" } })).toEqual([
        "clock.at: Expected a moment from 1970-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z, such as 2026-01-01T00:00:00.000Z",
        "randomSeed: Expected a whole number from 0 to 2^53 - 1"
      ])
      expect(yield* failure({ clock: { type: "stepping", at: -1, stepMillis: 0.5 } })).toEqual([
        "clock.at: Expected a moment from 1970-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z, such as 2026-01-01T00:00:00.000Z",
        "clock.stepMillis: Expected a whole number of milliseconds that is not negative"
      ])
      expect(yield* failure({ journalSize: -1 })).toEqual(["journalSize: Expected a whole number from 0 to 100000"])
      expect(yield* failure({ faults: [{}] })).toEqual([
        "faults[0]: Has no effect: set delayMillis, error, close or body"
      ])
      expect((yield* Effect.flip(Tenant.make({ journalSize: -1, randomSeed: -1 }))).message.split("\n")).toHaveLength(2)
      expect(yield* failure({ seed: { ...seed, accountId: undefined } })).toEqual([
        "workspaceSecrets[0].metadata.accountId: is not the account of the seed; set accountId of the seed",
        "workspaceSecrets[1].metadata.accountId: is not the account of the seed; set accountId of the seed"
      ])
    }))

  it.effect("is equal for equal seed and clock, and different for another seed", () =>
    Effect.gen(function*() {
      const run = (randomSeed: number) =>
        Effect.gen(function*() {
          const tenant = yield* Tenant.make({ randomSeed, clock: fixed })
          const ids = [tenant.ids.request(millis), tenant.ids.request(millis)]
          return JSON.stringify([worldOf(tenant), ids, Schema.encodeSync(WorkspaceSecret)(yield* create(tenant))])
        })
      const one = yield* Effect.withRandom(run(7), Random.make("one"))
      expect(yield* Effect.withRandom(run(7), Random.make("two"))).toBe(one)
      expect(yield* run(8)).not.toBe(one)
      expect(yield* run(7 + 2 ** 32)).not.toBe(one)
    }))

  it.effect("uses the clock and random numbers of its fiber, unless it has its own", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1000)
      const tenant = yield* Tenant.make()
      yield* TestClock.setTime(2000)
      expect(tenant.clock.now).toBe(2000)
      const made = yield* create(tenant)
      expect(DateTime.toEpochMillis(made.metadata.createdAt)).toBe(2000)
      expect(PrefixedUlid.timestamp(made.metadata.id)).toEqual(Option.some(2000))
      const same = Effect.map(Tenant.make(), worldOf)
      const one = yield* Effect.withRandom(same, Random.make("seed"))
      expect(yield* Effect.withRandom(same, Random.make("seed"))).toEqual(one)
    }))

  it.effect("has its initial data, clock and ids after a reset", () =>
    Effect.gen(function*() {
      const tenant = yield* Tenant.make({ seed, randomSeed: 1, clock: { type: "stepping", at: 5000, stepMillis: 10 } })
      const made = worldOf(tenant)
      const act = Effect.gen(function*() {
        const requests = [tenant.clock.tick(), tenant.clock.tick()].map((now) => tenant.ids.request(now))
        const created = yield* create(tenant)
        tenant.secrets.remove(created)
        return [...requests, created.metadata.id, tenant.clock.now]
      })
      const first = yield* act
      tenant.secrets.remove(secret({ id: "a" }))
      tenant.clock.set({ type: "real" })
      yield* tenant.replace({ workspaceId: WorkspaceId.make("another") })
      expect([tenant.workspaceId, tenant.secrets.size]).toEqual(["another", 0])
      tenant.reset()
      expect(worldOf(tenant)).toEqual(made)
      expect(yield* act).toEqual(first)
      expect(first.slice(0, 2).map((id) => PrefixedUlid.timestamp(String(id)))).toEqual([5000, 5010].map(Option.some))
    }))

  it.effect("continues from a snapshot, in the same tenant or another, and via JSON", () =>
    Effect.gen(function*() {
      const tenant = yield* Tenant.make({ seed, randomSeed: 1, clock: fixed })
      yield* create(tenant)
      const snapshot = tenant.snapshot()
      const next = yield* create(tenant)
      expect((yield* create(tenant)).metadata.id).not.toBe(next.metadata.id)
      yield* tenant.restore(snapshot)
      expect(yield* create(tenant)).toEqual(next)

      const text = JSON.stringify(Schema.encodeSync(Snapshot)(snapshot))
      const other = yield* Tenant.make({ randomSeed: 99 })
      yield* other.restore(Schema.decodeUnknownSync(Snapshot)(JSON.parse(text)))
      expect(yield* create(other)).toEqual(next)
      expect(other.workspaceId).toBe(tenant.workspaceId)
      expect(JSON.stringify(worldOf(other))).toBe(JSON.stringify(worldOf(tenant)))
    }))

  it.effect("rejects a snapshot or a seed that contradicts itself, without a change", () =>
    Effect.gen(function*() {
      const tenant = yield* Tenant.make({ seed, clock: fixed })
      const before = worldOf(tenant)
      const [first] = seed.workspaceSecrets
      const twice = [first, first].filter((secret) => secret !== undefined)
      expect(Either.flip(tenant.restore({ ...tenant.snapshot(), workspaceSecrets: twice }))).toMatchObject({
        right: { problems: ["workspaceSecrets[1].metadata.id: is a duplicate"] }
      })
      expect(Either.flip(tenant.replace({ workspaceSecrets: twice }))).toMatchObject({
        right: { problems: ["workspaceSecrets[1].metadata.id: is a duplicate"] }
      })
      expect(worldOf(tenant)).toEqual(before)
    }))

  it.effect("keeps what a new seed leaves out", () =>
    Effect.gen(function*() {
      const tenant = yield* Tenant.make({ seed })
      const { accountId, profile, workspaceAlias, workspaceId } = tenant
      yield* tenant.replace({ workspaceSecrets: [secret({ id: "c" })] })
      expect([tenant.accountId, tenant.workspaceId, tenant.workspaceAlias, tenant.profile]).toEqual([
        accountId,
        workspaceId,
        workspaceAlias,
        profile
      ])
      expect([...tenant.secrets.walk("asc")].map(({ metadata }) => metadata.id)).toEqual(["c"])
      yield* tenant.replace({ workspaceAlias: WorkspaceId.make("production") })
      expect([tenant.workspaceId, tenant.workspaceAlias, tenant.secrets.size]).toEqual([workspaceId, "production", 0])
      yield* tenant.replace({ accountId: WorkspaceId.make("other") as never })
      expect([tenant.accountId, tenant.profile.metadata.accountId]).toEqual(["other", "other"])
    }))

  it.effect("keeps its settings with a new seed, unless the seed has its own", () =>
    Effect.gen(function*() {
      const tenant = yield* Tenant.make({ seed, uppercaseNames: true })
      const names = () => [...tenant.secrets.walk("asc")].map(({ metadata }) => metadata.name)
      expect(names()).toEqual(["NAME", "NAME"])
      yield* tenant.replace(seed)
      expect([tenant.settings, names()]).toEqual([{ uppercaseNames: true }, ["NAME", "NAME"]])
      yield* tenant.replace({ ...seed, uppercaseNames: false, writeOnlyValues: true })
      expect([tenant.settings, names()]).toEqual([{ uppercaseNames: false, writeOnlyValues: true }, ["name", "name"]])
      expect([...tenant.secrets.walk("asc")]).toEqual(seed.workspaceSecrets)
    }))

  it.effect("has new ids, a profile and the settings of its server, unless its options have others", () =>
    Effect.gen(function*() {
      const tenants = new Tenant.Tenants(yield* Tenant.surroundings, { uppercaseNames: true, writeOnlyValues: true })
      const { tenant } = yield* tenants.add({ writeOnlyValues: false })
      expect(tenant.settings).toEqual({ uppercaseNames: true, writeOnlyValues: false })
      const { accountId, profile, workspaceAlias, workspaceId } = tenant
      expect([accountId, workspaceId, profile.metadata.id].map((id) => id.slice(0, -26))).toEqual([
        "account_",
        "workspace_",
        "profile_"
      ])
      expect([workspaceAlias, profile.spec]).toEqual([
        "development",
        { type: "PROFILE_TYPE_API_KEY", name: "Mock API key" }
      ])
      expect(profile.metadata).toEqual({
        id: profile.metadata.id,
        accountId,
        name: "Mock API key",
        profileId: profile.metadata.id
      })
      const wrong = { uppercaseNames: "canary", scopes: ["canary"] } as unknown as Tenant.WorldOptions
      const refused = {
        _tag: "TenantError",
        problems: [
          "scopes[0]: Expected a known scope: secrets:manage",
          "uppercaseNames: Expected a boolean"
        ]
      }
      expect(yield* Effect.flip(tenant.configure(wrong))).toMatchObject(refused)
      expect(yield* Effect.flip(tenants.add(wrong))).toMatchObject(refused)
      expect(tenant.settings).toEqual({ uppercaseNames: true, writeOnlyValues: false })
    }))

  it.effect("has a new epoch after each change of all its data, and when it is given up", () =>
    Effect.gen(function*() {
      const tenant = yield* Tenant.make({ seed })
      const epochs = [tenant.epoch]
      yield* tenant.replace({})
      epochs.push(tenant.epoch)
      yield* tenant.restore(tenant.snapshot())
      epochs.push(tenant.epoch)
      tenant.reset()
      epochs.push(tenant.epoch)
      tenant.abandon()
      epochs.push(tenant.epoch)
      expect(epochs).toEqual([0, 1, 2, 3, 4])
      expect(Either.isLeft(tenant.restore({ ...tenant.snapshot(), accountId: AccountId.make("other") }))).toBe(true)
      expect(tenant.epoch).toBe(4)
    }))

  it.effect("returns to an earlier state, with a new epoch only if its store of secrets is another", () =>
    Effect.gen(function*() {
      const tenant = yield* Tenant.make({
        seed,
        randomSeed: 1,
        clock: { type: "stepping", at: 5000, stepMillis: 10 },
        faults: [{ name: "some", delayMillis: 1, probability: 0.5 }]
      })
      const act = () => {
        const hits = Array.from(
          { length: 20 },
          () => tenant.faults.hit({ operation: "get", id: undefined, externalId: undefined })?.name
        )
        return [hits, tenant.ids.request(tenant.clock.tick()), tenant.clock.tick(), tenant.faults.status]
      }
      act()
      const { standing } = tenant
      const expected = act()
      expect(act()).not.toEqual(expected)
      yield* tenant.configure({ writeOnlyValues: true })
      tenant.stand(standing)
      expect([tenant.epoch, tenant.settings, act()]).toEqual([0, {}, expected])
      yield* tenant.replace({})
      tenant.stand(standing)
      expect([tenant.epoch, tenant.secrets.size, act()]).toEqual([2, 2, expected])
      const random = yield* Tenant.make()
      random.stand(random.standing)
      expect(random.standing.chance).toBeUndefined()
    }))

  it("draws the random numbers for faults from the server, unless it has a seed for them", () => {
    const clock = Effect.runSync(Effect.clock)
    let next = 0
    const make = (randomSeed?: number) =>
      Either.getOrThrow(
        Tenant.Tenant.make({ randomSeed, faults: [{ delayMillis: 1, probability: 0.5 }] }, {
          clock,
          chance: () => next
        })
      )
    const isHit = ({ faults }: Tenant.Tenant) =>
      faults.hit({ operation: "get", id: undefined, externalId: undefined }) !== undefined
    const tenant = make()
    expect(isHit(tenant)).toBe(true)
    next = 0.9
    expect(isHit(tenant)).toBe(false)
    tenant.reset()
    expect(isHit(tenant)).toBe(false)
    const seeded = make(1)
    const hits = () => Array.from({ length: 20 }, () => isHit(seeded))
    const first = hits()
    expect(new Set(first).size).toBe(2)
    seeded.reset()
    expect(hits()).toEqual(first)
  })

  it.effect("must be stored after every request if its clock is not real, or if it has faults or a randomSeed", () =>
    Effect.gen(function*() {
      const isCounting = (options: Tenant.WorldOptions) =>
        Effect.map(Tenant.make(options), (tenant) => tenant.isCounting)
      expect(yield* isCounting({})).toBe(false)
      expect(yield* isCounting({ randomSeed: 1 })).toBe(true)
      expect(yield* isCounting({ clock: fixed })).toBe(true)
      expect(yield* isCounting({ faults: [{ close: true }] })).toBe(true)
    }))

  it.effect("reports every change to its keeper", () =>
    Effect.gen(function*() {
      const told: Array<unknown> = []
      const keeper: Tenant.Keeper = {
        onAdd: ({ id }) => told.push(["add", id]),
        onRemove: (id) => told.push(["remove", id]),
        onRekey: ({ id }) => told.push(["rekey", id]),
        onSecret: (_, __, before, after) => told.push(["secret", before?.metadata.id, after?.metadata.id]),
        touch: () => told.push("touch"),
        settle: () => undefined
      }
      const tenants = new Tenant.Tenants(yield* Tenant.surroundings)
      yield* tenants.add()
      tenants.keepWith(keeper)
      const registration = yield* tenants.add({ id: "one", seed })
      const { tenant } = registration
      tenant.secrets.remove(seed.workspaceSecrets[0])
      tenant.touch()
      expect(tenant.settle()).toBeUndefined()
      tenants.remove(yield* tenants.rekey(registration, Redacted.make("key")))
      expect(told).toEqual([["add", "one"], ["secret", "a", undefined], "touch", ["rekey", "one"], ["remove", "one"]])
    }))

  it.effect("has no clock that is before or beyond its range", () =>
    Effect.gen(function*() {
      for (const offsetMillis of [-1, Date.parse("9999-12-31T23:59:59.999Z") + 1]) {
        expect(yield* Effect.flip(Tenant.make({ clock: { type: "real", offsetMillis } }))).toMatchObject({
          _tag: "TenantError",
          problems: [
            "clock.offsetMillis: Expected an offset so that the clock shows a moment from 1970-01-01T00:00:00.000Z to "
            + "9999-12-31T23:59:59.999Z, such as 2026-01-01T00:00:00.000Z"
          ]
        })
      }
    }))

  it.effect("does not print a value, and neither does its snapshot", () =>
    Effect.gen(function*() {
      const tenant = yield* Tenant.make({ seed })
      for (const what of [tenant, tenant.snapshot()]) {
        expect(leaking(printed(what), "canary")).toEqual([])
      }
      expect(JSON.stringify(worldOf(tenant))).toContain("canary")
    }))

  it("takes the times of id and secret from one reading of the clock", () => {
    let now = 1000
    const running = {
      ...Effect.runSync(Effect.clock),
      unsafeCurrentTimeMillis: () => now++
    }
    const tenant = Either.getOrThrow(Tenant.Tenant.make({}, { chance: () => 0.5, clock: running }))
    for (let i = 0; i < 5; i++) {
      const { metadata } = Effect.runSync(create(tenant))
      expect(PrefixedUlid.timestamp(metadata.id)).toEqual(Option.some(metadata.createdAt.epochMillis))
    }
  })

  it.effect("creates a secret beside those of a seed that has the ids that its randomSeed repeats", () =>
    Effect.gen(function*() {
      const tenant = yield* Tenant.make({ clock: fixed, randomSeed: 1 })
      yield* create(tenant, "a")
      yield* create(tenant, "b")
      const { workspaceSecrets } = tenant.snapshot()
      tenant.reset()
      yield* tenant.replace({ workspaceSecrets })
      yield* create(tenant, "c")
      expect([...tenant.secrets.walk("asc")].map(({ metadata }) => metadata.name)).toEqual(["a", "b", "c"])
    }))

  it.effect("advances its clock at most to the end of its range", () =>
    Effect.gen(function*() {
      const tenant = yield* Tenant.make()
      expect(tenant.clock.advance(Duration.days(1))).toBe(true)
      expect(tenant.clock.now).toBe(86_400_000)
      yield* TestClock.adjust("1 seconds")
      expect(tenant.clock.now).toBe(86_401_000)
      tenant.clock.set({ type: "fixed", at: DateTime.unsafeMake(5) })
      yield* TestClock.adjust("1 seconds")
      expect([tenant.clock.now, tenant.clock.tick()]).toEqual([5, 5])
      expect([tenant.clock.advance(Duration.millis(10)), tenant.clock.now]).toEqual([true, 15])
      expect([tenant.clock.advance(Duration.infinity), tenant.clock.now]).toEqual([false, 15])
      expect(tenant.clock.httpDate(15)).toBe("Thu, 01 Jan 1970 00:00:00 GMT")
      expect(tenant.clock.httpDate(61_000)).toBe("Thu, 01 Jan 1970 00:01:01 GMT")
    }))
})
