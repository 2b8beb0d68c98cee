import { describe, expect, it } from "@effect/vitest"
import { CreateWorkspaceSecret } from "@workspace-secrets/core/CreateWorkspaceSecret"
import { ExternalId } from "@workspace-secrets/core/ExternalId"
import { UpdateWorkspaceSecret } from "@workspace-secrets/core/UpdateWorkspaceSecret"
import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as Scheduler from "effect/Scheduler"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import * as MockServer from "../../src/MockServer.js"
import * as Seed from "../../src/world/Seed.js"
import * as Tenant from "../../src/world/Tenant.js"
import { WorkspaceSecrets } from "../../src/world/WorkspaceSecrets.js"
import { type Answer, expectError, send, sendJson, type Server, type WirePage, type WireSecret } from "../wire.js"

const secrets = "/v1/workspace_secrets"

const json = <A = WireSecret>(server: Server, method: string, path: string, body?: unknown): Effect.Effect<Answer<A>> =>
  Effect.promise(() => sendJson<A>(server, method, path, body))

/** A server in process, with the clock of the test. */
const withServer = <A, E, R>(
  use: (server: MockServer.Service) => Effect.Effect<A, E, R>,
  options: MockServer.Options = {}
) => Effect.flatMap(MockServer.MockServer, use).pipe(Effect.provide(MockServer.layerInProcess(options)))

interface Entry {
  readonly id: string
  readonly createdAt: number
  readonly name: string
  readonly externalId: string | undefined
  readonly labels: Readonly<Record<string, string>>
}

interface Filters {
  readonly sortOrder: "asc" | "desc" | undefined
  readonly prefix: string | undefined
  readonly query: string | undefined
  readonly labels: Readonly<Record<string, string>> | undefined
}

const name = FastCheck.constantFrom("alpha", "Alpha-2", "beta", "BETA-2", "gamma")
const labels = FastCheck.constantFrom({}, { env: "prod" }, { env: "dev" }, { env: "prod", team: "Beta" })
const externalId = FastCheck.constantFrom(undefined, undefined, "gamma-1", "x")
const nat = FastCheck.nat()
const walker = FastCheck.constantFrom(0, 1)

const filters: FastCheck.Arbitrary<Filters> = FastCheck.record({
  sortOrder: FastCheck.constantFrom(undefined, "asc", "desc"),
  prefix: FastCheck.constantFrom(undefined, "", "a", "beta"),
  query: FastCheck.constantFrom(undefined, undefined, "", "BETA", "a-2", "gamma"),
  labels: FastCheck.constantFrom(undefined, undefined, undefined, { env: "prod" }, { team: "Beta", env: "prod" })
})

type Step =
  | {
    readonly step: "create"
    readonly name: string
    readonly labels: Entry["labels"]
    readonly externalId: string | undefined
  }
  | { readonly step: "update"; readonly nat: number; readonly name: string; readonly labels: Entry["labels"] }
  | { readonly step: "delete"; readonly nat: number }
  | { readonly step: "deleteAnchor"; readonly walker: number }
  | { readonly step: "tick"; readonly millis: number }
  | { readonly step: "page"; readonly walker: number; readonly limit: number }

const step = <const Name extends Step["step"], A>(step: Name, rest: { [K in keyof A]: FastCheck.Arbitrary<A[K]> }) =>
  FastCheck.record<{ step: Name } & A>({ step: FastCheck.constant(step), ...rest } as never)

const steps: FastCheck.Arbitrary<ReadonlyArray<Step>> = FastCheck.array(
  FastCheck.oneof(
    { weight: 4, arbitrary: step("create", { name, labels, externalId }) },
    { weight: 2, arbitrary: step("update", { nat, name, labels }) },
    { weight: 2, arbitrary: step("delete", { nat }) },
    { weight: 2, arbitrary: step("deleteAnchor", { walker }) },
    // Backwards, too: a corrected clock can put new secrets before old ones.
    { weight: 2, arbitrary: step("tick", { millis: FastCheck.integer({ min: -3, max: 2 }) }) },
    { weight: 7, arbitrary: step("page", { walker, limit: FastCheck.integer({ min: 1, max: 3 }) }) }
  ),
  { minLength: 10, maxLength: 50 }
)

const isBefore = (a: Pick<Entry, "createdAt" | "id">, b: Pick<Entry, "createdAt" | "id">) =>
  a.createdAt < b.createdAt || (a.createdAt === b.createdAt && a.id < b.id)

const matches = (filters: Filters) => (entry: Entry): boolean => {
  const texts = [entry.name, entry.externalId ?? "", ...Object.keys(entry.labels), ...Object.values(entry.labels)]
  return entry.name.startsWith(filters.prefix ?? "")
    && texts.some((text) => text.toLowerCase().includes((filters.query ?? "").toLowerCase()))
    && Object.entries(filters.labels ?? {}).every(([key, value]) => entry.labels[key] === value)
}

/** A walk through a list, page by page, with its expected result. */
class Walk {
  cursor: string | undefined = undefined
  anchor: Entry | undefined = undefined
  seen: Array<Entry> = []
  stayed: Set<string>
  isChanged = false

  constructor(readonly filters: Filters, entries: ReadonlyMap<string, Entry>) {
    this.stayed = new Set([...entries.values()].filter(matches(filters)).map(({ id }) => id))
  }

  changed(entries: ReadonlyMap<string, Entry>) {
    this.isChanged = true
    for (const id of this.stayed) {
      const entry = entries.get(id)
      if (entry === undefined || !matches(this.filters)(entry)) {
        this.stayed.delete(id)
      }
    }
  }

  target(limit: number) {
    const { labels, prefix, query, sortOrder } = this.filters
    const params = new URLSearchParams({ limit: String(limit) })
    for (const [name, value] of Object.entries({ prefix, query, sortOrder, cursor: this.cursor })) {
      if (value !== undefined) {
        params.set(name, value)
      }
    }
    if (labels !== undefined) {
      params.set("labels", Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(","))
    }
    return `${secrets}?${params.toString()}`
  }

  /** Adds a page. True if it was the last. */
  took({ items, pagination }: WirePage, limit: number, entries: ReadonlyMap<string, Entry>): boolean {
    const sign = this.filters.sortOrder === "asc" ? isBefore : (a: Entry, b: Entry) => isBefore(b, a)
    const { anchor } = this
    const rest = [...entries.values()]
      .filter((entry) => matches(this.filters)(entry) && (anchor === undefined || sign(anchor, entry)))
      .sort((a, b) => sign(a, b) ? -1 : 1)
    expect(items.map(({ metadata }) => metadata.id)).toEqual(rest.slice(0, limit).map(({ id }) => id))
    expect(pagination.nextCursor !== "").toBe(rest.length > limit)
    // The rest of the list may be deleted before the next page. Otherwise, only a single page may be empty.
    expect(items.length > 0 || this.seen.length === 0 || this.isChanged).toBe(true)
    this.isChanged = false
    const page = items.map(({ metadata }) => entries.get(metadata.id) as Entry)
    for (const entry of page) {
      const last = this.seen.at(-1)
      expect(last === undefined || sign(last, entry)).toBe(true)
      this.seen.push(entry)
    }
    this.anchor = this.seen.at(-1)
    this.cursor = pagination.nextCursor || undefined
    return this.cursor === undefined
  }

  finish() {
    const seen = this.seen.map(({ id }) => id)
    expect(new Set(seen).size).toBe(seen.length)
    expect([...this.stayed].filter((id) => !seen.includes(id))).toEqual([])
  }
}

const seeded = FastCheck.array(
  FastCheck.record({
    id: FastCheck.string({ unit: FastCheck.constantFrom("0", "A", "a", "z"), minLength: 1, maxLength: 3 }),
    createdAt: FastCheck.integer({ min: 0, max: 6 }),
    name,
    labels
  }),
  { maxLength: 8 }
)

const toSeed = (entries: Iterable<Entry>): Seed.Seed =>
  Schema.decodeSync(Seed.Seed)({
    accountId: "acct",
    workspaceId: "wksp",
    workspaceSecrets: [...entries].map(({ createdAt, id, labels, name }) => ({
      metadata: {
        id,
        accountId: "acct",
        createdAt: new Date(createdAt).toISOString(),
        name,
        profileId: "prof",
        workspaceId: "wksp",
        labels
      },
      spec: {}
    }))
  })

describe("a list that changes while it is read page by page", () => {
  it.effect.prop(
    "neither skips nor repeats what stays, in either order, with any filter, whether the cursor's secret is deleted or not",
    [seeded, filters, filters, steps],
    ([seeded, first, second, steps]) => {
      const entries = new Map<string, Entry>()
      seeded.forEach((entry) => entries.set(entry.id, { ...entry, externalId: undefined }))
      return withServer((server) =>
        Effect.gen(function*() {
          let now = 3
          yield* TestClock.setTime(now)
          const walks = [new Walk(first, entries), new Walk(second, entries)] as [Walk, Walk]
          const pick = (nat: number) => [...entries.values()][nat % Math.max(entries.size, 1)]

          const remember = ({ metadata }: WireSecret) => {
            const { createdAt, externalId, id, labels = {}, name } = metadata
            entries.set(id, { id, createdAt: Date.parse(createdAt), name, externalId, labels })
            walks.forEach((walk) => walk.changed(entries))
          }
          const remove = (id: string) =>
            Effect.map(json(server, "DELETE", `${secrets}/${id}`), ({ status }) => {
              expect(status).toBe(entries.delete(id) ? 200 : 404)
              walks.forEach((walk) => walk.changed(entries))
            })
          const page = (which: number, limit: number) =>
            Effect.gen(function*() {
              const walk = walks[which] as Walk
              const { body, status } = yield* json<WirePage>(server, "GET", walk.target(limit))
              expect(status).toBe(200)
              const isLast = walk.took(body, limit, entries)
              if (isLast) {
                walk.finish()
                walks[which] = new Walk(walk.filters, entries)
              }
              return isLast
            })

          for (const step of steps) {
            switch (step.step) {
              case "create": {
                const { externalId, labels, name } = step
                const { body, status } = yield* json(server, "POST", secrets, {
                  metadata: { name, labels, ...(externalId === undefined ? {} : { externalId }) },
                  spec: {}
                })
                const taken = externalId !== undefined &&
                  [...entries.values()].some((entry) => entry.externalId === externalId)
                expect(status).toBe(taken ? 409 : 200)
                if (status === 200) {
                  expect(body.metadata.createdAt).toBe(new Date(now).toISOString())
                  remember(body)
                }
                break
              }
              case "update": {
                const picked = pick(step.nat)
                if (picked !== undefined) {
                  const { labels, name } = step
                  const { body, status } = yield* json(server, "PATCH", `${secrets}/${picked.id}`, {
                    metadata: { name, labels }
                  })
                  expect([status, body.metadata.createdAt]).toEqual([200, new Date(picked.createdAt).toISOString()])
                  remember(body)
                }
                break
              }
              case "delete": {
                const picked = pick(step.nat)
                if (picked !== undefined) {
                  yield* remove(picked.id)
                }
                break
              }
              case "deleteAnchor": {
                const anchor = walks[step.walker]?.anchor
                if (anchor !== undefined) {
                  yield* remove(anchor.id)
                }
                break
              }
              case "tick": {
                now = Math.max(0, now + step.millis)
                yield* TestClock.setTime(now)
                break
              }
              case "page": {
                yield* page(step.walker, step.limit)
                break
              }
            }
          }
          for (const which of [0, 1]) {
            while (!(yield* page(which, 2))) {
              // Each step reads a page. The last page ends the walk.
            }
          }
        }), { seed: toSeed(entries.values()) })
    },
    { fastCheck: { numRuns: 15, interruptAfterTimeLimit: 15_000 } }
  )

  it.effect("may change limit and includeInfo from page to page", () =>
    withServer((server) =>
      Effect.gen(function*() {
        const ids: Array<string> = []
        for (let i = 0; i < 6; i++) {
          const { body } = yield* json(server, "POST", secrets, { metadata: { name: `secret ${i}` }, spec: {} })
          ids.unshift(body.metadata.id)
        }
        const first = yield* json<WirePage>(server, "GET", `${secrets}?limit=1`)
        const cursor = encodeURIComponent(first.body.pagination.nextCursor ?? "")
        const second = yield* json<WirePage>(server, "GET", `${secrets}?limit=2&includeInfo=true&cursor=${cursor}`)
        expect(second.body.items.map(({ metadata }) => metadata.id)).toEqual(ids.slice(1, 3))
        expect(second.body.items.every(({ info }) => info !== undefined)).toBe(true)
        const rest = yield* json<WirePage>(server, "GET", `${secrets}?cursor=${cursor}`)
        expect(rest.body.items.map(({ metadata }) => metadata.id)).toEqual(ids.slice(1))
        expect(rest.body.items.every(({ info }) => info === undefined)).toBe(true)
        expect(rest.body.pagination).toEqual({ nextCursor: "" })
      })
    ))

  it.effect("may spell equal filters and order differently from page to page", () =>
    withServer((server) =>
      Effect.gen(function*() {
        for (const name of ["a", "b"]) {
          yield* json(server, "POST", secrets, { metadata: { name, labels: { env: "prod", team: "x" } }, spec: {} })
        }
        const read = (query: string) => json<WirePage>(server, "GET", `${secrets}?limit=1&${query}`)
        const { body } = yield* read("labels=env%3Dprod,team%3Dx")
        const cursor = `cursor=${body.pagination.nextCursor ?? ""}`
        for (const same of ["prefix=", "query=", "sortOrder=desc", "prefix=&query=&sortOrder=desc"]) {
          for (const labels of ["labels=env%3Dprod,team%3Dx", "labels=team%3Dx,env%3Dprod"]) {
            const { body, status } = yield* read(`${labels}&${same}&${cursor}`)
            expect([same, labels, status, body.items.map(({ metadata }) => metadata.name)])
              .toEqual([same, labels, 200, ["a"]])
          }
        }
        const anew = yield* read("cursor=")
        expect([anew.status, anew.body.items.map(({ metadata }) => metadata.name)]).toEqual([200, ["b"]])
      })
    ))

  it.effect("rejects a cursor of another workspace", () =>
    withServer((server) =>
      Effect.gen(function*() {
        const { apiKey } = yield* server.addTenant({ apiKey: (yield* server.addTenant()).apiKey })
        const other = { ...server, apiKey }
        for (let i = 0; i < 2; i++) {
          yield* json(other, "POST", secrets, { metadata: { name: "name" }, spec: {} })
        }
        const page = yield* json<WirePage>(other, "GET", `${secrets}?limit=1`)
        yield* server.addTenant()
        const answer = yield* json(server, "GET", `${secrets}?limit=1&cursor=${page.body.pagination.nextCursor}`)
        expect(expectError(answer, 400, 3).details).toMatchObject([{ fieldViolations: [{ field: "cursor" }] }])
      })
    ))
})

/** The paths of a mask: fields, and names for several fields. */
const fields = ["metadata.name", "metadata.externalId", "metadata.labels", "spec.value"] as const
const members: Readonly<Record<string, ReadonlyArray<string>>> = {
  ...Object.fromEntries(fields.map((field) => [field, [field]])),
  "metadata": ["metadata.name", "metadata.externalId", "metadata.labels"],
  "spec": ["spec.value"],
  "*": fields
}

const snakeCase = (path: string) => path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const good = FastCheck.constantFrom(...Object.keys(members))
const bad = FastCheck.constantFrom(
  "metadata.id",
  "metadata.createdAt",
  "metadata.created_at",
  "metadata.workspaceId",
  "info",
  "info.createdBy",
  "metadata.labels.env",
  "spec.values",
  "name",
  "metadata.*",
  "constructor",
  "__proto__",
  "Metadata.Name",
  " metadata.name",
  ""
)
const mask = FastCheck.option(
  FastCheck.oneof(
    { weight: 1, arbitrary: FastCheck.constant([] as Array<string>) },
    {
      weight: 8,
      arbitrary: FastCheck.array(
        FastCheck.tuple(good, FastCheck.boolean()).map(([path, snake]) => snake ? snakeCase(path) : path),
        { minLength: 1, maxLength: 4 }
      )
    },
    {
      weight: 1,
      arbitrary: FastCheck.tuple(FastCheck.array(good, { minLength: 1, maxLength: 2 }), bad).map((
        [paths, path]
      ) => [...paths, path])
    }
  ),
  { nil: undefined, freq: 6 }
)

const absent = Symbol("absent")
const orAbsent = <A>(arbitrary: FastCheck.Arbitrary<A>) =>
  FastCheck.oneof(arbitrary, FastCheck.constant(absent), FastCheck.constant(null))

const patch = FastCheck.record({
  metadata: orAbsent(FastCheck.record({
    name: FastCheck.oneof(FastCheck.constant("new"), FastCheck.constant("  new "), orAbsent(FastCheck.constant("old"))),
    externalId: orAbsent(FastCheck.constantFrom("new", "old")),
    labels: orAbsent(FastCheck.constantFrom({ env: "new" }, { env: "old" }, {}))
  })),
  spec: orAbsent(FastCheck.record({ value: orAbsent(FastCheck.constantFrom("new", "old", "")) }))
})

const before = { name: "old", externalId: "old", labels: { env: "old" }, value: "old" }
const bare = { name: "old", externalId: undefined, labels: undefined, value: undefined }

/** Removes undefined fields. */
const present = (object: object): object =>
  Object.fromEntries(
    Object.entries(object)
      .filter(([, value]) => value !== absent)
      .map((
        [key, value]: [string, unknown]
      ) => [key, typeof value === "object" && value !== null ? present(value) : value])
  )

type State = { [K in keyof typeof before]: (typeof before)[K] | undefined }

/** The expected result of an update: the new state, or undefined if it must fail. */
const model = (state: State, mask: ReadonlyArray<string> | undefined, patch: object): State | undefined => {
  const given = (path: string): unknown => {
    const value = path.split(".").reduce<unknown>(
      (value, key) => value === null || value === undefined ? undefined : Reflect.get(value, key),
      patch
    )
    const isEmpty = value === null || value === "" || (path === "metadata.labels" && JSON.stringify(value) === "{}")
    return isEmpty ? undefined : value
  }
  const camel = mask?.map((path) => path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()))
  if (camel?.some((path) => !Object.hasOwn(members, path)) === true) {
    return undefined
  }
  const isMasked = camel !== undefined && camel.length > 0
  const written = isMasked
    ? camel.flatMap((path) => members[path] ?? [])
    : fields.filter((path) => given(path) !== undefined)
  if (
    given("metadata.name") === undefined &&
    (written.includes("metadata.name") || (!isMasked && given("metadata") !== undefined))
  ) {
    return undefined
  }
  const after = (path: string, now: unknown) => written.includes(path) ? given(path) : now
  const labels = after("metadata.labels", state.labels) as State["labels"]
  return {
    name: String(after("metadata.name", state.name)).trim(),
    externalId: after("metadata.externalId", state.externalId) as string | undefined,
    labels: labels === undefined || Object.keys(labels).length === 0 ? undefined : labels,
    value: after("spec.value", state.value) as string | undefined
  }
}

const stateOf = ({ metadata: { externalId, labels, name }, spec: { value } }: WireSecret): State => ({
  name,
  externalId: externalId || undefined,
  labels: JSON.stringify(labels) === "{}" ? undefined : labels as State["labels"],
  value
})

const setByServer = ({ info, metadata: { accountId, createdAt, id, profileId, workspaceId } }: WireSecret) => ({
  info,
  accountId,
  createdAt,
  id,
  profileId,
  workspaceId
})

describe("an update", () => {
  it("writes the fields of its mask, clears those that are absent, and leaves the others unchanged", async () => {
    const server = await Effect.runPromise(withServer(Effect.succeed))
    let tenants = 0
    await FastCheck.assert(
      FastCheck.asyncProperty(
        FastCheck.constantFrom(before, bare),
        mask,
        patch,
        async (state, mask, patch) => {
          const tenant = { ...server, apiKey: Redacted.make(`key-${tenants++}`) }
          await Effect.runPromise(server.addTenant(tenant))
          const { externalId, labels, name, value } = state
          const creation = { metadata: { name, externalId, labels }, spec: { value } }
          const created = (await sendJson<WireSecret>(tenant, "POST", secrets, creation)).body
          const path = `${secrets}/${created.metadata.id}`
          const body = { ...present(patch), ...(mask === undefined ? {} : { updateMask: mask.join(",") }) }
          const answer = await sendJson<WireSecret>(tenant, "PATCH", path, body)
          const read = (await sendJson<WireSecret>(tenant, "GET", path)).body
          const expected = model(state, mask, present(patch))
          if (expected === undefined) {
            expectError(answer, 400, 3)
            expect(read).toEqual(created)
          } else {
            expect([answer.status, stateOf(answer.body)]).toEqual([200, expected])
            expect(read).toEqual(answer.body)
            const isSame = JSON.stringify(expected) === JSON.stringify(state)
            expect(read.metadata.updatedAt === undefined).toBe(isSame)
            expect(setByServer(read)).toEqual(setByServer(created))
          }
        }
      ),
      { numRuns: 100 }
    )
  })

  it.effect("of a single path clears only that, except for a name", () =>
    withServer((server) =>
      Effect.gen(function*() {
        for (
          const [path, written] of Object.entries(members).flatMap(([path, written]) =>
            [path, snakeCase(path)].map((path) => [path, written] as const)
          )
        ) {
          const created = (yield* json(server, "POST", secrets, {
            metadata: { name: "old", externalId: `of ${path}`, labels: { env: "old" } },
            spec: { value: "old" }
          })).body
          const answer = yield* json(server, "PATCH", `${secrets}/${created.metadata.id}`, { updateMask: path })
          if (written.includes("metadata.name")) {
            const { details } = expectError(answer, 400, 3)
            expect(details).toMatchObject([{ fieldViolations: [{ field: "metadata.name" }] }])
          } else {
            const state = stateOf(answer.body)
            expect([path, state]).toEqual([path, {
              name: "old",
              externalId: written.includes("metadata.externalId") ? undefined : `of ${path}`,
              labels: written.includes("metadata.labels") ? undefined : { env: "old" },
              value: written.includes("spec.value") ? undefined : "old"
            }])
          }
          // Another secret may have the external id.
          yield* json(server, "DELETE", `${secrets}/${created.metadata.id}`)
        }
      })
    ))
})

/** Makes fibers yield at random steps, by a seed. */
const interleaved = (seed: number) => {
  let state = seed
  const scheduler: Scheduler.Scheduler = {
    scheduleTask: (task, priority) => Scheduler.defaultScheduler.scheduleTask(task, priority),
    shouldYield: () => {
      state = (state * 48_271) % 2_147_483_647
      return state % 61 === 0 ? 0 : false
    }
  }
  return Effect.withScheduler(scheduler)
}

const schedule = FastCheck.integer({ min: 1, max: 2_147_483_646 })

const shuffled = <A>(items: ReadonlyArray<A>) =>
  FastCheck.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length })

const newSecret = Schema.decodeSync(CreateWorkspaceSecret)
const newFields = Schema.decodeSync(UpdateWorkspaceSecret)

/** Calls the service directly: over HTTP, reading the bodies would order the requests. */
const withService = <A, E>(
  use: (secrets: WorkspaceSecrets, tenant: Tenant.Tenant) => Effect.Effect<A, E>
) =>
  Effect.all([WorkspaceSecrets, Tenant.make()]).pipe(
    Effect.flatMap(([secrets, tenant]) => use(secrets, tenant)),
    Effect.provide(WorkspaceSecrets.Default)
  )

const all = { concurrency: "unbounded" } as const

describe("metadata", () => {
  const labels = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`label-${i}`, "x"]))
  const tooLong = ["metadata.external_id: Expected at most 1024 characters when it is percent-encoded, as in a path"]
  const tooMany = ["metadata.labels: Expected at most 64 labels"]

  it.effect.each<readonly [ok: object, wrong: object, messages: ReadonlyArray<string>]>([
    [{ externalId: "a".repeat(1024) }, { externalId: "a".repeat(1025) }, tooLong],
    [{ externalId: "é".repeat(170) + "aaaa" }, { externalId: "é".repeat(170) + "aaaaa" }, tooLong],
    [{ externalId: "a".repeat(1000) }, { externalId: "é".repeat(512) }, tooLong],
    [{ labels: labels(64) }, { labels: labels(65) }, tooMany],
    [
      { externalId: "a".repeat(1024), labels: labels(64) },
      { externalId: "é".repeat(512), labels: labels(65) },
      [[...tooLong, ...tooMany].join("; ")]
    ]
  ])(
    "has limits on create and on update, which change nothing where it is too large",
    ([ok, wrong, messages]) =>
      withService((secrets, tenant) =>
        Effect.gen(function*() {
          const create = (metadata: object) =>
            secrets.create(tenant, newSecret({ metadata: { name: "name", ...metadata }, spec: {} }))
          const update = (metadata: object) =>
            secrets.update(tenant, id, newFields({ metadata: { name: "name", ...metadata } }))
          const { metadata: { id } } = yield* create({})
          const refused = yield* Effect.all([create(wrong), update(wrong)].map(Effect.flip))
          expect(refused.map((error) => error._tag)).toEqual(["InvalidArgument", "InvalidArgument"])
          expect(refused.map(({ message }) => message)).toEqual([...messages, ...messages])
          expect([tenant.secrets.size, (yield* secrets.get(tenant, id)).metadata.updatedAt]).toEqual([1, undefined])
          yield* update(ok)
          yield* secrets.delete(tenant, id)
          expect((yield* create(ok)).metadata).toMatchObject(ok)
        })
      )
  )

  it.effect("has no members for what a new secret leaves unset", () =>
    withService((secrets, tenant) =>
      Effect.gen(function*() {
        const { metadata } = yield* secrets.create(
          tenant,
          newSecret({ metadata: { name: "name", labels: {} }, spec: {} })
        )
        expect(Object.keys(metadata).sort()).toEqual([
          "accountId",
          "createdAt",
          "id",
          "name",
          "profileId",
          "workspaceId"
        ])
      })
    ))
})

describe("concurrent calls", () => {
  it.effect.prop(
    "never bring a deleted secret back",
    [schedule, shuffled([...Array.from({ length: 12 }, (_, i) => `update ${i}`), "delete", "delete", "get", "list"])],
    ([schedule, order]) =>
      withService((secrets, tenant) =>
        Effect.gen(function*() {
          const old = newSecret({ metadata: { name: "old", externalId: "x" }, spec: {} })
          const { metadata: { id } } = yield* secrets.create(tenant, old)
          const outcomes = yield* Effect.forEach(order, (what, i) => {
            const ref = i % 2 === 0 ? id : { externalId: ExternalId.make("x") }
            const call: Effect.Effect<unknown, { readonly _tag: string }> = what === "list"
              ? secrets.list(tenant, {})
              : what === "get"
              ? secrets.get(tenant, ref)
              : what === "delete"
              ? secrets.delete(tenant, ref)
              : secrets.update(tenant, ref, newFields({ metadata: { name: what }, spec: { value: what } }))
            return Effect.match(call, {
              onFailure: ({ _tag }) => `${what.split(" ")[0]}: ${_tag}`,
              onSuccess: () => `${what.split(" ")[0]}: done`
            })
          }, all)
          expect(outcomes.filter((outcome) => outcome.startsWith("delete")).sort()).toEqual([
            "delete: WorkspaceSecretNotFound",
            "delete: done"
          ])
          for (const outcome of outcomes) {
            expect(outcome).toMatch(/^(?:(?:update|delete|get): (?:done|WorkspaceSecretNotFound)|list: done)$/)
          }
          for (const ref of [id, { externalId: ExternalId.make("x") }]) {
            expect((yield* Effect.flip(secrets.get(tenant, ref)))._tag).toBe("WorkspaceSecretNotFound")
          }
          expect((yield* secrets.list(tenant, {})).items).toEqual([])
          expect(tenant.secrets.size).toBe(0)
        })
      ).pipe(interleaved(schedule)),
    { fastCheck: { numRuns: 30, interruptAfterTimeLimit: 15_000 } }
  )

  it.effect.prop(
    "give an external id to one secret only",
    [schedule, shuffled([..."cccccuuuuu"])],
    ([schedule, order]) =>
      withService((secrets, tenant) =>
        Effect.gen(function*() {
          const named = { metadata: { name: "name" }, spec: {} }
          const holders = yield* Effect.forEach(order, () => secrets.create(tenant, newSecret(named)))
          const outcomes = yield* Effect.forEach(order, (what, i) =>
            Effect.either(
              what === "c"
                ? secrets.create(tenant, newSecret({ ...named, metadata: { name: "created", externalId: "x" } }))
                : secrets.update(
                  tenant,
                  (holders[i] as WorkspaceSecret).metadata.id,
                  newFields({ metadata: { externalId: "x" }, updateMask: "metadata.externalId" })
                )
            ), all)
          const winners = outcomes.filter(Either.isRight)
          expect(winners).toHaveLength(1)
          for (const loser of outcomes.filter(Either.isLeft)) {
            expect(loser.left._tag).toBe("WorkspaceSecretAlreadyExists")
          }
          const held = yield* secrets.get(tenant, { externalId: ExternalId.make("x") })
          expect(held.metadata.id).toBe(winners[0]?.right.metadata.id)
          const { items } = yield* secrets.list(tenant, { limit: 200 })
          expect(items.filter(({ metadata }) => metadata.externalId === "x")).toHaveLength(1)
        })
      ).pipe(interleaved(schedule)),
    { fastCheck: { numRuns: 30, interruptAfterTimeLimit: 15_000 } }
  )

  it.effect.prop(
    "keep what each wrote if no other wrote to it",
    [schedule, shuffled(["metadata.name", "metadata.externalId", "metadata.labels", "spec.value"])],
    ([schedule, order]) =>
      withService((secrets, tenant) =>
        Effect.gen(function*() {
          const { metadata: { id } } = yield* secrets.create(tenant, newSecret({ metadata: { name: "old" }, spec: {} }))
          const body = { metadata: { name: "new", externalId: "new", labels: { env: "new" } }, spec: { value: "new" } }
          yield* Effect.forEach(order, (updateMask) =>
            secrets.update(tenant, id, newFields({ ...body, updateMask })), all)
          const { metadata, spec } = Schema.encodeSync(WorkspaceSecret)(yield* secrets.get(tenant, id))
          expect({ metadata, spec }).toMatchObject(body)
        })
      ).pipe(interleaved(schedule)),
    { fastCheck: { numRuns: 30, interruptAfterTimeLimit: 15_000 } }
  )

  it.effect("create one secret each, with its own id, in the order of the ids", () =>
    withService((secrets, tenant) =>
      Effect.gen(function*() {
        const created = yield* Effect.forEach(
          Array.from({ length: 100 }, (_, i) => newSecret({ metadata: { name: `secret ${i}` }, spec: {} })),
          (payload) => secrets.create(tenant, payload),
          all
        )
        const ids = created.map(({ metadata }) => metadata.id)
        expect(new Set(ids).size).toBe(100)
        const page = yield* secrets.list(tenant, { sortOrder: "asc", limit: 200 })
        expect(page.items.map(({ metadata }) => metadata.id)).toEqual([...ids].sort())
      })
    ).pipe(interleaved(1)))
})

describe("a page of large secrets", () => {
  it.effect("ends before 16 MiB, and its cursor leads to the rest", () =>
    withServer((server) =>
      Effect.gen(function*() {
        // Both have almost 1 MiB on the wire.
        const values = ["\u20ac".repeat(340_000), "\u0001".repeat(170_000)]
        const created: Array<string> = []
        for (let i = 0; i < 20; i++) {
          const { body } = yield* json(server, "POST", secrets, {
            metadata: { name: `secret ${i}` },
            spec: { value: values[i % 2] }
          })
          created.push(body.metadata.id)
        }
        const listed: Array<ReadonlyArray<string>> = []
        let cursor: string | undefined = ""
        while (cursor !== undefined) {
          const path: string = `${secrets}?sortOrder=asc&limit=200&cursor=${encodeURIComponent(cursor)}`
          const { body, text } = yield* Effect.promise(() => send<WirePage>(server, path))
          expect(Buffer.byteLength(text)).toBeLessThan(16 * 1024 * 1024)
          listed.push(body.items.map(({ metadata }) => metadata.id))
          cursor = body.pagination.nextCursor || undefined
        }
        expect(listed.flat()).toEqual(created)
        expect(listed.map((ids) => ids.length)).toEqual([10, 10])
      })
    ))

  it.effect("has at least one secret", () =>
    withService((secrets, tenant) =>
      Effect.gen(function*() {
        const spec = { value: "v".repeat(6 * 1024 * 1024) }
        for (const name of ["first", "second"]) {
          yield* secrets.create(tenant, newSecret({ metadata: { name }, spec }))
        }
        const first = yield* secrets.list(tenant, { sortOrder: "asc" })
        expect(first.items.map(({ metadata }) => metadata.name)).toEqual(["first"])
        const rest = yield* secrets.list(tenant, { sortOrder: "asc", cursor: first.pagination.nextCursor })
        expect(rest.items.map(({ metadata }) => metadata.name)).toEqual(["second"])
        expect(rest.pagination).toEqual({})
      })
    ))

  it.effect("ends early for long ids and profiles as well", () =>
    Effect.gen(function*() {
      const text = "x".repeat(500_000)
      const secretOf = (id: string) =>
        Schema.decodeSync(WorkspaceSecret)({
          metadata: {
            id,
            accountId: "acct",
            createdAt: "2026-01-01T00:00:00.000Z",
            name: "name",
            profileId: text,
            workspaceId: "wksp"
          },
          spec: {},
          info: {
            createdBy: {
              metadata: { id: "prof", accountId: "acct", name: text, profileId: "prof" },
              spec: { type: "PROFILE_TYPE_USER" }
            }
          }
        })
      const workspaceSecrets = ["a", "b", "c"].map(secretOf)
      const { metadata: { accountId, workspaceId } } = secretOf("a")
      const tenant = yield* Tenant.make({ seed: { accountId, workspaceId, workspaceSecrets } })
      const secrets = yield* Effect.provide(WorkspaceSecrets, WorkspaceSecrets.Default)
      const page = yield* secrets.list(tenant, { sortOrder: "asc" })
      expect(page.items.map(({ metadata }) => metadata.id)).toEqual(["a", "b"])
    }))
})

describe("a name", () => {
  it.effect("is found by its prefix in the same case, and by any part in any case", () =>
    withServer((server) =>
      Effect.gen(function*() {
        for (const name of ["Straße", "STRASSE", "e\u0301tat", "état", "100%"]) {
          yield* json(server, "POST", secrets, { metadata: { name }, spec: {} })
        }
        const names = (query: string) =>
          Effect.promise(() => send<WirePage>(server, `${secrets}?sortOrder=asc&${query}`)).pipe(
            Effect.map(({ body }) => body.items.map(({ metadata }) => metadata.name))
          )
        expect(yield* names("prefix=Stra")).toEqual(["Straße"])
        expect(yield* names("query=STRA")).toEqual(["Straße", "STRASSE"])
        expect(yield* names("query=%C3%89T")).toEqual(["état"])
        expect(yield* names("query=0%25")).toEqual(["100%"])
        expect(yield* names("query=+")).toEqual([])
      })
    ))
})
