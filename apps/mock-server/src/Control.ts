/**
 * What a test can do to the world of a key from outside of the API: the same in code and over `/_mock`.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Seed, SeedError } from "./Seed.js"
import type { Snapshot } from "./Snapshot.js"
import type { Tenant } from "./Tenant.js"
import { TenantError } from "./Tenant.js"
import type { ClockOptions, ClockSetting } from "./TenantClock.js"
import { fromOptions } from "./TenantClock.js"

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
 * The world of one key, to be held.
 *
 * @since 0.1.0
 * @category models
 */
export interface TenantControl {
  /** Puts back everything as it was when the tenant was made: data, clock and ids. */
  readonly reset: Effect.Effect<void>
  /**
   * Puts a seed in the place of the data; clock and ids go on. Account, workspace and profile stay where the seed leaves them out.
   */
  readonly seed: (seed: Seed) => Effect.Effect<void, SeedError>
  /** Everything that the workspace holds, values included (`Redacted`), and where clock and ids stand. */
  readonly snapshot: Effect.Effect<Snapshot>
  /** Puts back what a snapshot holds, this tenant's or another's. */
  readonly restore: (snapshot: Snapshot) => Effect.Effect<void, SeedError>
  readonly clock: ClockControl
}

/**
 * The control of a tenant.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeTenant = (tenant: Tenant): TenantControl => ({
  reset: Effect.sync(() => tenant.reset()),
  seed: (seed) => Effect.suspend(() => tenant.replace(seed)),
  snapshot: Effect.sync(() => tenant.snapshot()),
  restore: (snapshot) => Effect.suspend(() => tenant.restore(snapshot)),
  clock: {
    get: Effect.sync(() => tenant.clock.setting),
    set: (options) =>
      Effect.suspend(() =>
        Either.mapBoth(fromOptions(options), {
          onLeft: (problems) => new TenantError({ problems }),
          onRight: (setting) => tenant.clock.set(setting)
        })
      ),
    advance: (duration) =>
      Effect.suspend(() =>
        tenant.clock.advance(Duration.decode(duration))
          ? Effect.void
          : new TenantError({ problems: ["duration: Expected one that ends before the year 10000"] })
      )
  }
})
