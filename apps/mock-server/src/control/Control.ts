/**
 * Control operations on a tenant: reset, seed, snapshot, faults, journal, clock. They are the same in code and over `/_mock`.
 *
 * @since 0.1.0
 */
import type { NoSuchElementException } from "effect/Cause"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { FaultRule, FaultStatus } from "../world/Fault.js"
import { FaultsNotHit, parse as parseFaults } from "../world/Fault.js"
import type {
  Journal,
  JournalEntry,
  JournalMatch,
  JournalOverflow,
  JournalPage,
  RequestPage
} from "../world/Journal.js"
import { JournalMismatch, summaries } from "../world/Journal.js"
import type { Seed, SeedError } from "../world/Seed.js"
import type { Snapshot } from "../world/Snapshot.js"
import type { Registration, RegistrationOptions, Tenant, TenantExists, Tenants } from "../world/Tenant.js"
import { TenantError } from "../world/Tenant.js"
import type { ClockOptions, ClockSetting } from "../world/TenantClock.js"
import { fromOptions } from "../world/TenantClock.js"
import type { TenantSettings } from "../world/TenantSettings.js"

/**
 * Control operations on the clock of a tenant.
 *
 * @since 0.1.0
 * @category models
 */
export interface ClockControl {
  /** The type of the clock and its time. */
  readonly get: Effect.Effect<ClockSetting>
  /** Sets the type of the clock, its time, or both. Fails if it would leave the years 1970 to 9999. */
  readonly set: (clock: ClockOptions) => Effect.Effect<void, TenantError>
  /** Moves the clock forward. It keeps its type. Fails if it would pass the year 9999. */
  readonly advance: (duration: Duration.DurationInput) => Effect.Effect<void, TenantError>
}

/**
 * Control operations on the settings of a tenant.
 *
 * @since 0.1.0
 * @category models
 */
export interface SettingsControl {
  readonly get: Effect.Effect<TenantSettings>
  /** Changes the given settings. The others stay. Fails for an unknown scope. */
  readonly set: (settings: TenantSettings) => Effect.Effect<void, TenantError>
}

/**
 * Control operations on the fault rules of a tenant.
 *
 * @since 0.1.0
 * @category models
 */
export interface FaultControl {
  /** Replaces the rules; their counts start at 0. Fails with all problems if a rule is invalid or can never be applied. */
  readonly put: (rules: ReadonlyArray<FaultRule>) => Effect.Effect<void, TenantError>
  /** Adds rules after the existing ones, whose counts stay. Fails as `put` does. */
  readonly add: (rules: ReadonlyArray<FaultRule>) => Effect.Effect<void, TenantError>
  /** Removes all rules with a name. The counts of the others stay. Fails with `NoSuchElementException` if there is none. */
  readonly remove: (name: string) => Effect.Effect<void, NoSuchElementException>
  /** The rules. Each has the number of requests that matched it, and of those it was applied to. */
  readonly list: Effect.Effect<ReadonlyArray<FaultStatus>>
  /** Removes all rules. */
  readonly clear: Effect.Effect<void>
  /** Fails if a rule was never applied. */
  readonly assertAllHit: Effect.Effect<void, FaultsNotHit>
}

/**
 * Control operations on the journal of a tenant.
 *
 * @since 0.1.0
 * @category models
 */
export interface JournalControl {
  /** The matching requests, oldest first. Default of `match`: all requests. */
  readonly list: (match?: JournalMatch) => Effect.Effect<JournalPage>
  /** The number of matching requests. Fails if the journal has dropped requests. */
  readonly count: (match?: JournalMatch) => Effect.Effect<number, JournalOverflow>
  /**
   * The matching requests. Fails if there is none, or not exactly `times`; the error shows the closest request and its differences. Also
   * fails if the journal has dropped requests.
   */
  readonly expect: (
    match: JournalMatch,
    options?: { readonly times?: number | undefined }
  ) => Effect.Effect<ReadonlyArray<JournalEntry>, JournalMismatch | JournalOverflow>
  /**
   * Waits until `times` requests match; earlier requests count, too. Fails with the closest request after `timeout`. Defaults: `times` 1,
   * `timeout` 5 seconds.
   */
  readonly waitFor: (
    match: JournalMatch,
    options?: { readonly times?: number | undefined; readonly timeout?: Duration.DurationInput | undefined }
  ) => Effect.Effect<ReadonlyArray<JournalEntry>, JournalMismatch>
  /** Removes all recorded requests. */
  readonly clear: Effect.Effect<void>
}

/**
 * Control operations on a tenant.
 *
 * @since 0.1.0
 * @category models
 */
export interface TenantControl {
  /** Restores the initial state of the tenant: data, settings, clock, ids, faults and their counts. Clears the journal. */
  readonly reset: Effect.Effect<void>
  /**
   * Replaces the data with a seed. Clock and ids continue. Account, workspace and profile stay if the seed leaves them out.
   */
  readonly seed: (seed: Seed) => Effect.Effect<void, SeedError>
  /** The data of the tenant, including the values (`Redacted`), and the state of its clock and ids. */
  readonly snapshot: Effect.Effect<Snapshot>
  /** Restores a snapshot, of this tenant or of another. */
  readonly restore: (snapshot: Snapshot) => Effect.Effect<void, SeedError>
  readonly settings: SettingsControl
  readonly clock: ClockControl
  readonly faults: FaultControl
  readonly journal: JournalControl
}

const notHit = (faults: ReadonlyArray<FaultStatus>): FaultsNotHit =>
  new FaultsNotHit({
    faults,
    message: `faults that were never applied: ${
      faults.map(({ calls, name }) => `${name} (requests that matched: ${calls})`).join(", ")
    }`
  })

/**
 * Runs an operation, then waits until its changes are stored. Dies with `Unavailable` if they cannot be stored; the changes are then
 * undone.
 *
 * @since 0.1.0
 * @category running
 */
export const settled = <A, E>(tenant: Tenant, operation: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.tap(operation, () => {
    tenant.touch()
    return Effect.orDie(tenant.settle() ?? Effect.void)
  })

const rulesOf = (input: unknown) => Either.mapLeft(parseFaults(input), (problems) => new TenantError({ problems }))

const makeFaults = (tenant: Tenant): FaultControl => {
  const { faults } = tenant
  const change = <A, E>(make: () => Effect.Effect<A, E>) => settled(tenant, Effect.suspend(make))
  return {
    put: (rules) => change(() => Either.flatMap(rulesOf(rules), (rules) => tenant.putFaults(rules))),
    add: (rules) =>
      change(() =>
        rulesOf(rules).pipe(
          // Checked together: an earlier rule can hide a new one, and the total number is limited.
          Either.flatMap((rules) => Either.map(rulesOf([...faults.rules, ...rules]), () => rules)),
          Either.flatMap((rules) => tenant.addFaults(rules))
        )
      ),
    remove: (name) => change(() => faults.remove(name) ? Effect.void : Option.none()),
    list: settled(tenant, Effect.sync(() => faults.status)),
    clear: settled(tenant, Effect.sync(() => faults.put([]))),
    assertAllHit: change(() => {
      const unused = faults.status.filter(({ hits }) => hits === 0)
      return unused.length === 0 ? Effect.void : notHit(unused)
    })
  }
}

/**
 * Whether a duration is one. Effect takes a negative one, and one that is not a number, for none.
 *
 * @internal
 */
export const isSpan = (duration: unknown): boolean =>
  Array.isArray(duration)
    ? duration.every(isSpan)
    : typeof duration === "string"
    ? !duration.startsWith("-")
    : (typeof duration !== "number" && typeof duration !== "bigint") || duration >= 0

/** What is wrong with a number that a journal is asked with. */
const refusalOf = (
  { timeout = 0, times = 0 }: { readonly times?: number | undefined; readonly timeout?: Duration.DurationInput } = {}
): JournalMismatch | undefined => {
  const problem = !Number.isSafeInteger(times) || times < 0
    ? "times: Expected a whole number that is not negative"
    : isSpan(timeout)
    ? undefined
    : "timeout: Expected a duration that is not negative"
  return problem === undefined ? undefined : new JournalMismatch({ message: problem, found: 0, differences: [] })
}

/**
 * Makes the control operations of a journal.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeJournal = (journal: Journal): JournalControl => ({
  list: (match) => Effect.map(journal.prepare, () => journal.list(match)),
  count: (match) => Effect.flatMap(journal.prepare, () => journal.count(match)),
  expect: (match, options) =>
    Effect.flatMap(journal.prepare, () => refusalOf(options) ?? journal.expect(match, options)),
  waitFor: (match, { timeout = "5 seconds", times } = {}) =>
    Effect.flatMap(
      journal.prepare,
      () =>
        refusalOf({ times, timeout }) ?? Effect.timeoutFail(journal.waitFor(match, { times }), {
          duration: timeout,
          onTimeout: () => journal.mismatch(match, times ?? 1)
        })
    ),
  clear: Effect.sync(() => journal.clear())
})

/**
 * Makes the control operations of a tenant.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeTenant = (tenant: Tenant): TenantControl => {
  const change = <A, E>(make: () => Effect.Effect<A, E>) => settled(tenant, Effect.suspend(make))
  const now = <A>(run: () => A) => settled(tenant, Effect.sync(run))
  return {
    reset: now(() => tenant.reset()),
    seed: (seed) => change(() => tenant.replace(seed)),
    snapshot: now(() => tenant.snapshot()),
    restore: (snapshot) => change(() => tenant.restore(snapshot)),
    settings: {
      get: now(() => tenant.settings),
      set: (settings) => change(() => tenant.configure(settings))
    },
    faults: makeFaults(tenant),
    journal: makeJournal(tenant.journal),
    clock: {
      get: now(() => tenant.clock.setting),
      set: (options) =>
        change(() =>
          fromOptions(options).pipe(
            Either.filterOrLeft(
              (setting) => tenant.clock.problemsOf(setting).length === 0,
              (setting) => tenant.clock.problemsOf(setting)
            ),
            Either.mapBoth({
              onLeft: (problems) => new TenantError({ problems }),
              onRight: (setting) => tenant.clock.set(setting)
            })
          )
        ),
      advance: (duration) =>
        change(() =>
          isSpan(duration) && tenant.clock.advance(Duration.decode(duration))
            ? Effect.void
            : new TenantError({
              problems: ["duration: Expected one that is not negative and does not pass the year 9999"]
            })
        )
    }
  }
}

/**
 * The maximum number of requests in a page of `RequestsControl`.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxRequests = 1000

/**
 * The requests of all tenants, in the order in which they ended, including those without a valid API key.
 *
 * @since 0.1.0
 * @category models
 */
export interface RequestsControl {
  /** The last `maxRequests` requests after a number, of all tenants or of one. A number that the server has not reached yet counts as 0. */
  readonly list: (
    options?: { readonly after?: number | undefined; readonly tenant?: string | undefined }
  ) => Effect.Effect<RequestPage>
  /** A request by its number, with headers and bodies. Fails with `NoSuchElementException` if no journal holds it. */
  readonly get: (number: number) => Effect.Effect<JournalEntry, NoSuchElementException>
}

/**
 * Control operations on all tenants of a server, for `ControlDispatcher`.
 *
 * @since 0.1.0
 * @category services
 */
export interface Service {
  /** All tenants, in the order in which they were created. */
  readonly list: Effect.Effect<ReadonlyArray<Registration>>
  /** Creates a tenant that lasts as long as the server. */
  readonly create: (
    options?: RegistrationOptions
  ) => Effect.Effect<Registration, SeedError | TenantError | TenantExists>
  /** A tenant by its id. */
  readonly find: (id: string) => Effect.Effect<Registration, NoSuchElementException>
  /** Removes a tenant. Its key gets 401 afterwards. */
  readonly remove: (registration: Registration) => Effect.Effect<void>
  /** The control operations of a tenant. */
  readonly of: (registration: Registration) => TenantControl
  /** The journal of requests whose API key was missing, malformed or unknown. */
  readonly strangers: JournalControl
  /** The requests of all tenants. */
  readonly requests: RequestsControl
  /** Makes a request id for a request without a tenant. */
  readonly mintRequestId: () => string
}

const makeRequests = (tenants: Tenants): RequestsControl => {
  const journals = () => [
    ...tenants.all.map(({ id, tenant: { journal } }) => ({ id, journal })),
    { id: undefined, journal: tenants.nobody.journal }
  ]
  return {
    list: ({ after = 0, tenant } = {}) =>
      Effect.suspend(() => {
        const next = tenants.requests.last
        const asked = journals().filter(({ id }) => tenant === undefined || id === tenant)
        const found = asked.flatMap(({ id, journal }) =>
          journal.since(after > next ? 0 : after, maxRequests).map((request) => ({ id, request }))
        ).sort((a, b) => a.request.number - b.request.number).slice(-maxRequests)
        const dropped = asked.reduce((sum, { journal }) => sum + journal.dropped, 0)
        return Effect.map(summaries(found.map(({ request }) => request)), (requests) => ({
          requests: requests.map((summary, i) => {
            const id = found[i]?.id
            return id === undefined ? summary : { ...summary, tenant: id }
          }),
          next,
          dropped
        }))
      }),
    get: (number) =>
      Effect.suspend(() => {
        for (const { journal } of journals()) {
          const entry = journal.find(number)
          if (entry !== undefined) {
            return Option.some(entry)
          }
        }
        return Option.none()
      })
  }
}

/**
 * Makes the control operations of a server.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (tenants: Tenants): Service => ({
  list: Effect.sync(() => tenants.all),
  create: (options) =>
    Effect.suspend(() => tenants.add(options)).pipe(
      Effect.tap(({ tenant }) => settled(tenant, Effect.void))
    ),
  find: (id) => Effect.suspend(() => Option.fromNullable(tenants.find(id))),
  remove: (registration) => settled(registration.tenant, Effect.sync(() => void tenants.remove(registration))),
  of: ({ tenant }) => makeTenant(tenant),
  strangers: makeJournal(tenants.nobody.journal),
  requests: makeRequests(tenants),
  mintRequestId: () => tenants.nobody.ids.request(tenants.nobody.clock.now)
})

/**
 * The operations `T` with promises instead of effects.
 *
 * @since 0.1.0
 * @category models
 */
export type Promised<T> = {
  readonly [K in keyof T]: T[K] extends Effect.Effect<infer A, unknown> ? () => Promise<A>
    : T[K] extends (...args: infer Args) => Effect.Effect<infer A, unknown> ? (...args: Args) => Promise<A>
    : Promised<T[K]>
}

/**
 * Runs an effect. Rejects with the effect's own error.
 *
 * @since 0.1.0
 * @category running
 */
export const run = async <A, E>(effect: Effect.Effect<A, E>): Promise<A> => {
  const exit = await Effect.runPromiseExit(effect)
  if (Exit.isFailure(exit)) {
    throw Cause.squash(exit.cause)
  }
  return exit.value
}

/** The operations `T` with any error. */
type Failing<T> = {
  readonly [K in keyof T]: T[K] extends Effect.Effect<infer A, unknown> ? Effect.Effect<A, unknown>
    : T[K] extends (...args: infer Args) => Effect.Effect<infer A, unknown>
      ? (...args: Args) => Effect.Effect<A, unknown>
    : Failing<T[K]>
}

/**
 * Converts control operations to promises, which reject with the same errors.
 *
 * @since 0.1.0
 * @category conversions
 */
export const toPromises = (
  { clock, faults, journal, reset, restore, seed, settings, snapshot }: Failing<TenantControl>
): Promised<TenantControl> => ({
  reset: () => run(reset),
  seed: (to) => run(seed(to)),
  snapshot: () => run(snapshot),
  restore: (to) => run(restore(to)),
  settings: {
    get: () => run(settings.get),
    set: (to) => run(settings.set(to))
  },
  clock: {
    get: () => run(clock.get),
    set: (to) => run(clock.set(to)),
    advance: (by) => run(clock.advance(by))
  },
  faults: {
    put: (rules) => run(faults.put(rules)),
    add: (rules) => run(faults.add(rules)),
    remove: (name) => run(faults.remove(name)),
    list: () => run(faults.list),
    clear: () => run(faults.clear),
    assertAllHit: () => run(faults.assertAllHit)
  },
  journal: {
    list: (match) => run(journal.list(match)),
    count: (match) => run(journal.count(match)),
    expect: (match, options) => run(journal.expect(match, options)),
    waitFor: (match, options) => run(journal.waitFor(match, options)),
    clear: () => run(journal.clear)
  }
})
