/**
 * Control operations on a tenant: reset, seed, snapshot, faults, journal, clock. The same in code and over `/_mock`.
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
  JournalMismatch,
  JournalOverflow,
  JournalPage,
  RequestPage
} from "../world/Journal.js"
import type { Seed, SeedError } from "../world/Seed.js"
import type { Snapshot } from "../world/Snapshot.js"
import type { Registration, RegistrationOptions, Tenant, TenantExists, Tenants } from "../world/Tenant.js"
import { TenantError } from "../world/Tenant.js"
import type { ClockOptions, ClockSetting } from "../world/TenantClock.js"
import { fromOptions } from "../world/TenantClock.js"
import type { TenantSettings } from "../world/TenantSettings.js"

/**
 * The clock of a tenant, to be held.
 *
 * @since 0.1.0
 * @category models
 */
export interface ClockControl {
  /** How it goes, and where it stands. */
  readonly get: Effect.Effect<ClockSetting>
  /** Lets it go in another way, or sets it. */
  readonly set: (clock: ClockOptions) => Effect.Effect<void, TenantError>
  /** Moves it on. A clock that goes goes on from there. */
  readonly advance: (duration: Duration.DurationInput) => Effect.Effect<void, TenantError>
}

/**
 * The settings of a tenant.
 *
 * @since 0.1.0
 * @category models
 */
export interface SettingsControl {
  readonly get: Effect.Effect<TenantSettings>
  /** Changes the settings that are given; the others stay. Fails for an unknown scope. */
  readonly set: (settings: TenantSettings) => Effect.Effect<void, TenantError>
}

/**
 * The rules by which requests of a tenant fail.
 *
 * @since 0.1.0
 * @category models
 */
export interface FaultControl {
  /** Puts rules in the place of those that are there. Fails for those that can never match, with all that is wrong. */
  readonly put: (rules: ReadonlyArray<FaultRule>) => Effect.Effect<void, TenantError>
  /** Adds rules behind those that are there. The counts of those go on. Fails as `put` does. */
  readonly add: (rules: ReadonlyArray<FaultRule>) => Effect.Effect<void, TenantError>
  /** Removes the rules of a name. The counts of the others go on. Fails if there is none. */
  readonly remove: (name: string) => Effect.Effect<void, NoSuchElementException>
  /** The rules, with how many requests each was for and how many it hit. */
  readonly list: Effect.Effect<ReadonlyArray<FaultStatus>>
  /** Takes all rules away. */
  readonly clear: Effect.Effect<void>
  /** Fails when a rule has hit nothing. */
  readonly assertAllHit: Effect.Effect<void, FaultsNotHit>
}

/**
 * What a tenant was asked.
 *
 * @since 0.1.0
 * @category models
 */
export interface JournalControl {
  /** The requests that fit, all of them unless told; oldest first. */
  readonly list: (match?: JournalMatch) => Effect.Effect<JournalPage>
  /** How many requests fit. Fails when the journal has dropped some, and cannot know. */
  readonly count: (match?: JournalMatch) => Effect.Effect<number, JournalOverflow>
  /**
   * The requests that fit. Fails when there are none, or not as many as `times` says, with the nearest request and what differs; or when the
   * journal has dropped some, and cannot know.
   */
  readonly expect: (
    match: JournalMatch,
    options?: { readonly times?: number | undefined }
  ) => Effect.Effect<ReadonlyArray<JournalEntry>, JournalMismatch | JournalOverflow>
  /**
   * Waits until as many requests fit as `times` says, one unless given, those that came before included. Fails like `expect` when that has
   * not happened within `timeout`, 5 seconds unless given.
   */
  readonly waitFor: (
    match: JournalMatch,
    options?: { readonly times?: number | undefined; readonly timeout?: Duration.DurationInput | undefined }
  ) => Effect.Effect<ReadonlyArray<JournalEntry>, JournalMismatch>
  /** Forgets what was asked. */
  readonly clear: Effect.Effect<void>
}

/**
 * The world of one key, to be held.
 *
 * @since 0.1.0
 * @category models
 */
export interface TenantControl {
  /** Puts back everything as it was when the tenant was made: data, settings, clock, ids, faults and their counts; and forgets what was asked. */
  readonly reset: Effect.Effect<void>
  /**
   * Puts a seed in the place of the data; clock and ids go on. Account, workspace and profile stay where the seed leaves them out.
   */
  readonly seed: (seed: Seed) => Effect.Effect<void, SeedError>
  /** Everything that the workspace holds, values included (`Redacted`), and where clock and ids stand. */
  readonly snapshot: Effect.Effect<Snapshot>
  /** Puts back what a snapshot holds, this tenant's or another's. */
  readonly restore: (snapshot: Snapshot) => Effect.Effect<void, SeedError>
  readonly settings: SettingsControl
  readonly clock: ClockControl
  readonly faults: FaultControl
  readonly journal: JournalControl
}

/** The faults of a tenant that have hit nothing, as an error. */
const notHit = (faults: ReadonlyArray<FaultStatus>): FaultsNotHit =>
  new FaultsNotHit({
    faults,
    message: `faults that hit nothing: ${
      faults.map(({ calls, name }) => `${name} (it was for ${calls} of the requests)`).join(", ")
    }`
  })

/**
 * An operation on a world that ends when its changes are kept. Dies with `Unavailable` where they cannot be kept: the world is then as it was.
 *
 * @since 0.1.0
 * @category running
 */
export const settled = <A, E>(tenant: Tenant, operation: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.tap(operation, () => {
    tenant.touch()
    return Effect.orDie(tenant.settle() ?? Effect.void)
  })

const makeFaults = (tenant: Tenant): FaultControl => {
  const { faults } = tenant
  const change = <A, E>(make: () => Effect.Effect<A, E>) => settled(tenant, Effect.suspend(make))
  return {
    put: (rules) =>
      change(() =>
        Either.mapBoth(parseFaults(rules), {
          onLeft: (problems) => new TenantError({ problems }),
          onRight: (rules) => faults.put(rules)
        })
      ),
    add: (rules) =>
      change(() =>
        parseFaults(rules).pipe(
          // Behind the others, a rule may never have its turn, or be one too many.
          Either.flatMap((rules) =>
            Either.map(parseFaults([...faults.status.map(({ rule }) => rule), ...rules]), () => rules)
          ),
          Either.mapBoth({
            onLeft: (problems) => new TenantError({ problems }),
            onRight: (rules) => faults.add(rules)
          })
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
 * The control of a journal.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeJournal = (journal: Journal): JournalControl => ({
  list: (match) => Effect.sync(() => journal.list(match)),
  count: (match) => Effect.suspend(() => journal.count(match)),
  expect: (match, options) => Effect.suspend(() => journal.expect(match, options)),
  waitFor: (match, { timeout = "5 seconds", times } = {}) =>
    Effect.timeoutFail(journal.waitFor(match, { times }), {
      duration: timeout,
      onTimeout: () => journal.mismatch(match, times ?? 1)
    }),
  clear: Effect.sync(() => journal.clear())
})

/**
 * The control of a tenant.
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
          tenant.clock.advance(Duration.decode(duration))
            ? Effect.void
            : new TenantError({ problems: ["duration: Expected one that ends before the year 10000"] })
        )
    }
  }
}

/**
 * How many requests a page of `RequestsControl` has at most.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxRequests = 1000

/**
 * The requests of all worlds, in the order in which they ended; those without a valid key included.
 *
 * @since 0.1.0
 * @category models
 */
export interface RequestsControl {
  /** The last `maxRequests` after a number, of all worlds or of one. A number that the server has not come to counts as 0. */
  readonly list: (
    options?: { readonly after?: number | undefined; readonly tenant?: string | undefined }
  ) => Effect.Effect<RequestPage>
  /** The request of a number with its headers and bodies. Fails where no journal holds it. */
  readonly get: (number: number) => Effect.Effect<JournalEntry, NoSuchElementException>
}

/**
 * Control operations on all tenants of a server, for `ControlDispatcher`.
 *
 * @since 0.1.0
 * @category services
 */
export interface Service {
  /** All of them, in the order in which they were made. */
  readonly list: Effect.Effect<ReadonlyArray<Registration>>
  /** Makes one, for as long as the server is there. */
  readonly create: (
    options?: RegistrationOptions
  ) => Effect.Effect<Registration, SeedError | TenantError | TenantExists>
  /** The one of an id. */
  readonly find: (id: string) => Effect.Effect<Registration, NoSuchElementException>
  /** Takes one away: its key is answered with 401 from then on. */
  readonly remove: (registration: Registration) => Effect.Effect<void>
  /** What can be done to one. */
  readonly of: (registration: Registration) => TenantControl
  /** What was asked without a key, or with one that is malformed or unknown. */
  readonly strangers: JournalControl
  /** The requests of all worlds, as they ended. */
  readonly requests: RequestsControl
  /** The id of a request that is no tenant's. */
  readonly mintRequestId: () => string
}

const makeRequests = (tenants: Tenants): RequestsControl => {
  const journals = () => [
    ...tenants.all.map(({ id, tenant: { journal } }) => ({ id, journal })),
    { id: undefined, journal: tenants.nobody.journal }
  ]
  return {
    list: ({ after = 0, tenant } = {}) =>
      Effect.sync(() => {
        const next = tenants.numbers.last
        const asked = journals().filter(({ id }) => tenant === undefined || id === tenant)
        const found = asked.flatMap(({ id, journal }) =>
          journal.since(after > next ? 0 : after, maxRequests).map((request) =>
            id === undefined ? request : { ...request, tenant: id }
          )
        )
        return {
          requests: found.sort((a, b) => a.number - b.number).slice(-maxRequests),
          next,
          dropped: asked.reduce((sum, { journal }) => sum + journal.dropped, 0)
        }
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
 * The control of the tenants of a server.
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
 * A function that gives an effect, as one that gives a promise.
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
 * Runs an effect, and rejects with its own error.
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

/** A control, whatever it fails with. */
type Failing<T> = {
  readonly [K in keyof T]: T[K] extends Effect.Effect<infer A, unknown> ? Effect.Effect<A, unknown>
    : T[K] extends (...args: infer Args) => Effect.Effect<infer A, unknown>
      ? (...args: Args) => Effect.Effect<A, unknown>
    : Failing<T[K]>
}

/**
 * The control of a tenant, for code without Effect. What fails there rejects here, with the same error.
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
