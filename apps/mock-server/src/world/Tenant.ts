/**
 * Tenants: each API key is isolated, with its own account, workspace, secrets, clock, ids, faults and journal.
 *
 * @since 0.1.0
 */
import { AccountId } from "@workspace-secrets/core/AccountId"
import type { Unavailable } from "@workspace-secrets/core/ApiError"
import { ResourceExhausted, Unauthenticated } from "@workspace-secrets/core/ApiError"
import { isApiKey } from "@workspace-secrets/core/ApiKey"
import { Profile, ProfileId } from "@workspace-secrets/core/Profile"
import { WorkspaceId } from "@workspace-secrets/core/WorkspaceId"
import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import type * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import type { PCGRandom } from "effect/Utils"
import { hash, randomBytes } from "node:crypto"
import { maxIndexed, maxStored, Room, shareOverhead, tenantOverhead } from "./Capacity.js"
import type { FaultRule, FaultsState } from "./Fault.js"
import { Faults, parse as parseFaults, roomOf as roomOfRule } from "./Fault.js"
import type { Chance, IdsState } from "./Ids.js"
import { Ids, isSeed, makeChance, seeded } from "./Ids.js"
import { isSize, Journal, Requests } from "./Journal.js"
import type { Seed } from "./Seed.js"
import { problems as problemsOfSeed, SeedError } from "./Seed.js"
import type { Snapshot } from "./Snapshot.js"
import type { ClockOptions, ClockSetting } from "./TenantClock.js"
import { fromOptions, TenantClock } from "./TenantClock.js"
import type { TenantSettings } from "./TenantSettings.js"
import { problems as problemsOfSettings, settingsOf } from "./TenantSettings.js"
import { roomOf, sizeOfProfile, WorkspaceSecretStore } from "./WorkspaceSecretStore.js"

/**
 * The options of a server, a tenant or a control operation are invalid. The message has a line for each problem, with its field. None
 * quotes the input.
 *
 * @since 0.1.0
 * @category errors
 */
export class TenantError extends Data.TaggedError("TenantError")<{ readonly problems: ReadonlyArray<string> }> {
  override get message(): string {
    return this.problems.join("\n")
  }
}

/**
 * The initial state of a tenant, which a reset restores.
 *
 * @since 0.1.0
 * @category models
 */
export interface WorldOptions extends TenantSettings {
  /** The initial data. Default: an empty workspace. */
  readonly seed?: Seed | undefined
  /** The clock: `real`, `fixed` or `stepping`. Default: `real`. */
  readonly clock?: ClockOptions | undefined
  /**
   * A seed for ids and for the `probability` of faults: a whole number from 0 to 2^53 - 1. With a `fixed` or `stepping` clock, the same
   * requests then get the same bytes. Default: random.
   */
  readonly randomSeed?: number | undefined
  /** Fault rules. Default: none. */
  readonly faults?: ReadonlyArray<FaultRule> | undefined
  /** How many requests the journal keeps, 0 to 100,000. Default: 1,000. */
  readonly journalSize?: number | undefined
}

type Part = WorkspaceSecret | Profile | FaultRule

/**
 * What all tenants of a server share: the clock of the process, random numbers for tenants without a `randomSeed`, request numbers,
 * the memory and storage.
 *
 * @since 0.1.0
 * @category models
 */
export interface Surroundings {
  readonly clock: Clock.Clock
  readonly chance: Chance
  /** The requests of all tenants. Default: each tenant has its own. */
  readonly requests?: Requests
  /** Takes room for more characters, or returns false if there is none. Default: there is always room. */
  readonly takeRoom?: (characters: number) => boolean
  /** Takes room for more bytes of search indexes, or returns false if there is none. Default: there is always room. */
  readonly takeIndexRoom?: (bytes: number) => boolean
  /** Whether tenants share a secret, a profile or a fault rule, so that its memory is counted once. Default: they share none. */
  readonly isShared?: (part: Part) => boolean
  /** Stores changes. Default: state is kept in memory only. */
  readonly keeper?: Keeper | undefined
}

/**
 * Stores the changes of tenants, for example on disk. A tenant calls it on every change. It undoes changes that it cannot store.
 *
 * @since 0.1.0
 * @category services
 */
export interface Keeper {
  /** A tenant was created. */
  readonly onAdd: (registration: Registration) => void
  /** A tenant was removed. */
  readonly onRemove: (id: string, tenant: Tenant) => void
  /** The API key of a tenant was replaced. */
  readonly onRekey: (registration: Registration) => void
  /** A secret was created, replaced or removed. */
  readonly onSecret: (
    tenant: Tenant,
    store: WorkspaceSecretStore,
    before: WorkspaceSecret | undefined,
    after: WorkspaceSecret | undefined
  ) => void
  /** Any other part of a tenant may have changed. */
  readonly touch: (tenant: Tenant) => void
  /** Waits until all changes of a tenant are stored; `undefined` if they are. Fails if they cannot be stored; they are then undone. */
  readonly settle: (tenant: Tenant) => Effect.Effect<void, Unavailable> | undefined
}

/**
 * The clock and the random numbers of the current fiber.
 *
 * @since 0.1.0
 * @category constructors
 */
export const surroundings: Effect.Effect<Surroundings> = Effect.zipWith(
  Effect.clock,
  makeChance,
  (clock, chance) => ({ clock, chance })
)

/**
 * The data of a tenant, except its secrets.
 *
 * @since 0.1.0
 * @category models
 */
export interface Contents {
  readonly accountId: AccountId
  readonly workspaceId: WorkspaceId
  readonly workspaceAlias: WorkspaceId
  readonly profile: Profile
  readonly settings: TenantSettings
}

interface Filled extends Contents {
  readonly workspaceSecrets: ReadonlyArray<WorkspaceSecret>
}

/**
 * The state of a tenant, for `Tenant.stand`. `contents`, `secrets` and the rules are the same objects until they change.
 *
 * @since 0.1.0
 * @category models
 */
export interface Standing {
  readonly contents: Contents
  readonly secrets: WorkspaceSecretStore
  readonly faults: FaultsState
  readonly clock: ClockSetting
  readonly ids: IdsState
  /** The state of the random numbers for faults, if the tenant has a `randomSeed`. */
  readonly chance: ReturnType<PCGRandom["getState"]> | undefined
}

/**
 * The initial state of a tenant, which a reset restores.
 *
 * @since 0.1.0
 * @category models
 */
export interface Origin extends Pick<WorldOptions, "faults" | "journalSize" | "randomSeed"> {
  readonly snapshot: Snapshot
}

const clockOf = (options: ClockOptions | undefined): Either.Either<ClockSetting, ReadonlyArray<string>> =>
  options === undefined ? Either.right({ type: "real" }) : fromOptions(options)

/**
 * A tenant: the account, workspace, profile, secrets, clock, ids, faults and journal of one API key. Changes are synchronous, so each is
 * atomic.
 *
 * @since 0.1.0
 * @category models
 */
export class Tenant {
  readonly clock: TenantClock
  readonly ids: Ids
  readonly faults: Faults
  readonly journal: Journal
  /** Takes room for more characters, or returns false if the server has none. */
  readonly takeRoom: (characters: number) => boolean
  readonly #isShared: (part: Part) => boolean
  readonly #takeIndexRoom: ((bytes: number) => boolean) | undefined
  readonly #origin: Snapshot
  /** The memory of its initial state, which stays when secrets, rules and profile are replaced. In characters. */
  readonly #originCharacters: number
  readonly #options: Omit<Origin, "snapshot">
  readonly #keeper: Keeper | undefined
  readonly #faultChance: PCGRandom | undefined
  readonly #faultState: ReturnType<PCGRandom["getState"]> | undefined
  #contents: Contents
  #secrets: WorkspaceSecretStore
  #epoch = 0

  private constructor(
    clock: TenantClock,
    ids: Ids,
    contents: Filled,
    { faults = [], journalSize, randomSeed }: WorldOptions,
    { chance, isShared = () => false, keeper, requests, takeIndexRoom, takeRoom = () => true }: Surroundings
  ) {
    this.clock = clock
    this.ids = ids
    // Separate from the ids: a fault does not change the ids of later requests.
    this.#faultChance = randomSeed === undefined ? undefined : seeded(randomSeed)
    this.#faultState = this.#faultChance?.getState()
    this.#options = { faults, journalSize, randomSeed }
    this.#keeper = keeper
    this.faults = new Faults(() => this.#faultChance?.number() ?? chance())
    this.faults.put(faults)
    this.takeRoom = takeRoom
    // Until the initial state is counted, only what the server shares is left out.
    this.#isShared = isShared
    this.#originCharacters = sum(contents.workspaceSecrets, (secret) => isShared(secret) ? 0 : roomOf(secret))
      + this.#roomOfRules(faults)
      + this.#roomOfContents(contents)
    const ofOrigin = new WeakSet<Part>([...contents.workspaceSecrets, ...faults, contents.profile])
    this.#isShared = (part) => isShared(part) || ofOrigin.has(part)
    this.#takeIndexRoom = takeIndexRoom
    this.journal = new Journal(journalSize, requests)
    // Only the store holds the secrets: a second reference would keep deleted secrets in memory.
    const { workspaceSecrets, ...rest } = contents
    this.#contents = rest
    this.#secrets = this.storeOf(workspaceSecrets)
    this.#origin = this.#save(workspaceSecrets)
  }

  /**
   * Makes a tenant. Its options win over the settings of its seed, and those over the defaults.
   *
   * @since 0.1.0
   */
  static make(
    options: WorldOptions,
    surroundings: Surroundings,
    defaults: TenantSettings = {}
  ): Either.Either<Tenant, SeedError | TenantError> {
    const { clock, faults = [], journalSize, randomSeed, seed = {} } = options
    const setting = clockOf(clock)
    const rules = parseFaults(faults)
    const problems = [
      ...(Either.isLeft(setting) ? setting.left.map((problem) => `clock.${problem}`) : []),
      ...(randomSeed === undefined || isSeed(randomSeed)
        ? []
        : ["randomSeed: Expected a whole number from 0 to 2^53 - 1"]),
      ...(Either.isLeft(rules) ? rules.left : []),
      ...(journalSize === undefined || isSize(journalSize)
        ? []
        : ["journalSize: Expected a whole number from 0 to 100000"]),
      ...problemsOfSettings(options)
    ]
    if (problems.length > 0 || Either.isLeft(setting)) {
      return Either.left(new TenantError({ problems }))
    }
    const wrong = problemsOfSeed(seed)
    if (wrong.length > 0) {
      return Either.left(new SeedError({ problems: wrong }))
    }
    const time = new TenantClock(surroundings.clock, setting.right)
    const outOfTime = time.problemsOf(setting.right)
    if (outOfTime.length > 0) {
      return Either.left(new TenantError({ problems: outOfTime.map((problem) => `clock.${problem}`) }))
    }
    const ids = new Ids(surroundings.chance, randomSeed)
    const settings = { ...settingsOf(defaults), ...settingsOf(seed), ...settingsOf(options) }
    return Either.right(new Tenant(time, ids, contentsOf(seed, ids, time.now, settings), options, surroundings))
  }

  /** Makes a tenant again from its origin. */
  static again({ snapshot, ...options }: Origin, surroundings: Surroundings): Tenant {
    const ids = new Ids(surroundings.chance, options.randomSeed)
    ids.restore(snapshot.ids)
    const clock = new TenantClock(surroundings.clock, snapshot.clock)
    return new Tenant(clock, ids, filledOf(snapshot), options, surroundings)
  }

  /** Its initial state. */
  get origin(): Origin {
    return { ...this.#options, snapshot: this.#origin }
  }

  /** Its state, for `stand`. */
  get standing(): Standing {
    return {
      contents: this.#contents,
      secrets: this.#secrets,
      faults: this.faults.state,
      clock: this.clock.setting,
      ids: this.ids.state,
      chance: this.#faultChance?.getState()
    }
  }

  /**
   * Whether every request changes state that must be stored: the ids of a clock that is not real, seeded random numbers, or fault counts.
   * Ids of a real clock need no stored state, because later ids differ anyway.
   */
  get isCounting(): boolean {
    return !this.clock.isReal || this.#faultChance !== undefined || !this.faults.isEmpty
  }

  /** Makes waiting requests fail with ABORTED: the tenant is gone. */
  abandon(): void {
    this.#epoch++
  }

  /** Returns to a state. If it has another store of secrets, waiting requests fail with ABORTED. */
  stand({ chance, clock, contents, faults, ids, secrets }: Standing): void {
    if (secrets !== this.#secrets) {
      this.#epoch++
    }
    this.#contents = contents
    this.#secrets = secrets
    this.faults.restore(faults)
    this.clock.set(clock)
    this.ids.restore(ids)
    if (chance !== undefined) {
      this.#faultChance?.setState(chance)
    }
  }

  /** Makes a store for this tenant with these secrets. */
  storeOf(secrets: ReadonlyArray<WorkspaceSecret>): WorkspaceSecretStore {
    const store = new WorkspaceSecretStore({
      roomOf: (secret) => this.#roomOf(secret),
      takeRoom: this.#takeIndexRoom
    })
    secrets.forEach((secret) => store.put(secret))
    const keeper = this.#keeper
    if (keeper !== undefined) {
      store.onChange = (before, after) => keeper.onSecret(this, store, before, after)
    }
    return store
  }

  /** Marks the tenant as changed, so that it is stored. */
  touch(): void {
    this.#keeper?.touch(this)
  }

  /** Waits until its changes are stored; `undefined` if they are. Fails if they cannot be stored; they are then undone. */
  settle(): Effect.Effect<void, Unavailable> | undefined {
    return this.#keeper?.settle(this)
  }

  /** How often all its data was replaced, or the tenant was given up. */
  get epoch(): number {
    return this.#epoch
  }

  get accountId(): AccountId {
    return this.#contents.accountId
  }

  get workspaceId(): WorkspaceId {
    return this.#contents.workspaceId
  }

  /** The alias of the workspace id in paths. */
  get workspaceAlias(): WorkspaceId {
    return this.#contents.workspaceAlias
  }

  /** The profile of the API key. */
  get profile(): Profile {
    return this.#contents.profile
  }

  get settings(): TenantSettings {
    return this.#contents.settings
  }

  get secrets(): WorkspaceSecretStore {
    return this.#secrets
  }

  /** The memory that it takes, in characters, without its journal. */
  get characters(): number {
    return tenantOverhead
      + this.#originCharacters
      + this.#secrets.characters
      + this.#roomOfRules(this.faults.rules)
      + this.#roomOfContents(this.#contents)
  }

  #roomOf(secret: WorkspaceSecret): number {
    return this.#isShared(secret) ? shareOverhead : roomOf(secret)
  }

  #roomOfRules(rules: ReadonlyArray<FaultRule>): number {
    return sum(rules, (rule) => this.#isShared(rule) ? 0 : roomOfRule(rule))
  }

  #roomOfContents({ accountId, profile, workspaceAlias, workspaceId }: Contents): number {
    return accountId.length + workspaceAlias.length + workspaceId.length
      + (this.#isShared(profile) ? 0 : sizeOfProfile(profile))
  }

  /** Takes room for data that replaces its own. */
  #takeRoomFor({ workspaceSecrets, ...contents }: Filled): boolean {
    const more = sum(workspaceSecrets, (secret) => this.#roomOf(secret)) - this.#secrets.characters
      + this.#roomOfContents(contents) - this.#roomOfContents(this.#contents)
    return more <= 0 || this.takeRoom(more)
  }

  /** Replaces the fault rules, which were parsed. Their counts start at 0. Fails if there is no room for them. */
  putFaults(rules: ReadonlyArray<FaultRule>): Either.Either<void, TenantError> {
    return this.#takeRoomForRules(
      this.#roomOfRules(rules) - this.#roomOfRules(this.faults.rules),
      () => this.faults.put(rules)
    )
  }

  /** Adds fault rules, which were parsed, after the existing ones, whose counts stay. Fails if there is no room for them. */
  addFaults(rules: ReadonlyArray<FaultRule>): Either.Either<void, TenantError> {
    return this.#takeRoomForRules(this.#roomOfRules(rules), () => this.faults.add(rules))
  }

  #takeRoomForRules(more: number, change: () => void): Either.Either<void, TenantError> {
    return more <= 0 || this.takeRoom(more)
      ? Either.right(change())
      : Either.left(new TenantError({ problems: [noRoom.message] }))
  }

  /** Changes the given settings. The others stay. */
  configure(settings: TenantSettings): Either.Either<void, TenantError> {
    const problems = problemsOfSettings(settings)
    if (problems.length > 0) {
      return Either.left(new TenantError({ problems }))
    }
    this.#contents = { ...this.#contents, settings: { ...this.settings, ...settingsOf(settings) } }
    return Either.void
  }

  /** Restores the initial data, settings, clock, ids, faults and their counts, and clears the journal. */
  reset(): void {
    this.#load(this.#origin)
    this.faults.put(this.#options.faults ?? [])
    if (this.#faultState !== undefined) {
      this.#faultChance?.setState(this.#faultState)
    }
    this.journal.reset()
  }

  /** Its data, including the values, and the state of its clock and ids. */
  snapshot(): Snapshot {
    return this.#save([...this.#secrets.walk("asc")])
  }

  /** Restores a snapshot, of this tenant or of another. Account, workspace and profile become those of the snapshot. */
  restore(snapshot: Snapshot): Either.Either<void, SeedError> {
    const problems = [
      ...problemsOfSeed(snapshot),
      ...this.clock.problemsOf(snapshot.clock).map((problem) => `clock.${problem}`)
    ]
    if (problems.length > 0) {
      return Either.left(new SeedError({ problems }))
    }
    if (!this.#takeRoomFor(filledOf(snapshot))) {
      return Either.left(new SeedError({ problems: [noRoom.message] }))
    }
    this.#load(snapshot)
    return Either.void
  }

  /**
   * Replaces the data with a seed. Clock and ids continue. Account, workspace and profile stay if the seed leaves them out; but if the seed
   * changes the account, a profile that it leaves out is new.
   */
  replace(seed: Seed): Either.Either<void, SeedError> {
    const { profile, workspaceAlias, workspaceId } = this.#contents
    const accountId = seed.accountId ?? seed.profile?.metadata.accountId ?? this.accountId
    const whole: Seed = {
      accountId,
      workspaceId: seed.workspaceId ?? workspaceId,
      workspaceAlias: seed.workspaceAlias ?? workspaceAlias,
      profile: seed.profile ?? (profile.metadata.accountId === accountId ? profile : undefined),
      workspaceSecrets: seed.workspaceSecrets
    }
    const problems = problemsOfSeed(whole)
    if (problems.length > 0) {
      return Either.left(new SeedError({ problems }))
    }
    const ids = this.ids.state
    const filled = contentsOf(whole, this.ids, this.clock.now, { ...this.settings, ...settingsOf(seed) })
    if (!this.#takeRoomFor(filled)) {
      this.ids.restore(ids)
      return Either.left(new SeedError({ problems: [noRoom.message] }))
    }
    this.#fill(filled)
    return Either.void
  }

  #save(workspaceSecrets: ReadonlyArray<WorkspaceSecret>): Snapshot {
    const { settings, ...contents } = this.#contents
    return {
      version: 1,
      ...contents,
      ...settings,
      workspaceSecrets,
      clock: this.clock.setting,
      ids: this.ids.state
    }
  }

  #load(snapshot: Snapshot): void {
    this.#fill(filledOf(snapshot))
    this.clock.set(snapshot.clock)
    this.ids.restore(snapshot.ids)
  }

  #fill({ workspaceSecrets, ...contents }: Filled): void {
    this.#epoch++
    this.#secrets = this.storeOf(workspaceSecrets)
    this.#contents = contents
  }
}

/**
 * The failure of a request that would need more memory than there is for the tenants and secrets of a server.
 *
 * @since 0.1.0
 * @category errors
 */
export const noRoom = new ResourceExhausted({
  message:
    "the tenants of this server and their secrets fill an eighth of its heap, which is the maximum; remove some, or start Node with a "
    + "larger --max-old-space-size"
}, true)

const sum = <A>(all: Iterable<A>, of: (one: A) => number): number => {
  let total = 0
  for (const one of all) {
    total += of(one)
  }
  return total
}

const filledOf = (
  { accountId, profile, workspaceAlias, workspaceId, workspaceSecrets, ...rest }: Snapshot
): Filled => ({ accountId, workspaceId, workspaceAlias, profile, workspaceSecrets, settings: settingsOf(rest) })

/**
 * A name as a tenant with these settings stores it.
 *
 * @since 0.1.0
 * @category rules
 */
export const nameFor = ({ uppercaseNames }: TenantSettings, name: string): string =>
  uppercaseNames === true ? name.toUpperCase() : name

const contentsOf = (seed: Seed, ids: Ids, now: number, settings: TenantSettings): Filled => {
  const accountId = seed.accountId ?? seed.profile?.metadata.accountId ?? AccountId.make(ids.resource("account", now))
  return {
    accountId,
    workspaceId: seed.workspaceId ?? WorkspaceId.make(ids.resource("workspace", now)),
    workspaceAlias: seed.workspaceAlias ?? WorkspaceId.make("development"),
    profile: seed.profile ?? profileOf(accountId, ProfileId.make(ids.resource("profile", now))),
    workspaceSecrets: settings.uppercaseNames === true
      ? (seed.workspaceSecrets ?? []).map(({ metadata, ...rest }) =>
        new WorkspaceSecret({ ...rest, metadata: { ...metadata, name: nameFor(settings, metadata.name) } }, true)
      )
      : seed.workspaceSecrets ?? [],
    settings
  }
}

/** Without validation: the ids are valid, and Effect compiles a schema anew for each instance that it validates. */
const profileOf = (accountId: AccountId, profileId: ProfileId): Profile =>
  new Profile({
    metadata: { id: profileId, accountId, name: "Mock API key", profileId },
    spec: { type: "PROFILE_TYPE_API_KEY", name: "Mock API key" }
  }, true)

/**
 * Makes a tenant with the clock and the random numbers of the current fiber.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: WorldOptions = {}): Effect.Effect<Tenant, SeedError | TenantError> =>
  Effect.flatMap(surroundings, (here) => Tenant.make(options, here))

/**
 * The maximum number of tenants that a server with `acceptAnyKey` creates for unknown keys.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxAccepted = 10_000

/**
 * The maximum number of tenants of a server, including those for unknown keys.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxTenants = 20_000

/**
 * What the tenants of a server may be and take together. Default of each: the constant with its name.
 *
 * @since 0.1.0
 * @category models
 */
export interface TenantLimits {
  readonly maxTenants?: number
  readonly maxAccepted?: number
  readonly maxStored?: number
  readonly maxIndexed?: number
  readonly maxRecorded?: number
}

/**
 * Another tenant has the API key or the id.
 *
 * @since 0.1.0
 * @category errors
 */
export class TenantExists extends Data.TaggedError("TenantExists")<{ readonly message: string }> {}

/**
 * A tenant with its id and its API key.
 *
 * @since 0.1.0
 * @category models
 */
export interface Registration {
  /** The id in the control API. The key cannot be the id: ids are in URLs and logs. */
  readonly id: string
  readonly apiKey: Redacted.Redacted<string>
  readonly tenant: Tenant
  /** Whether the server created it for an unknown key. */
  readonly isAccepted?: boolean | undefined
}

/**
 * Options of a new tenant of a server.
 *
 * @since 0.1.0
 * @category models
 */
export interface RegistrationOptions extends WorldOptions {
  /** The API key. Default: a new one. */
  readonly apiKey?: Redacted.Redacted<string> | undefined
  /** The id. Default: a new one. */
  readonly id?: string | undefined
  /** Whether the server creates it for an unknown key. */
  readonly isAccepted?: boolean | undefined
}

/**
 * The maximum number of characters of a key or token. The head of a request has room for twice as many.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxKey = 8192

/**
 * Whether a key or token can be sent as `Authorization: Bearer <key>`: up to `maxKey` visible ASCII characters, with spaces only between
 * them.
 *
 * @since 0.1.0
 * @category rules
 */
export const isKey = (key: Redacted.Redacted<string>): boolean =>
  Redacted.value(key).length <= maxKey && isApiKey(Redacted.value(key))

/**
 * What a key or token must be, for error messages.
 *
 * @since 0.1.0
 * @category rules
 */
export const aKey = `Expected visible ASCII characters, at most ${maxKey}, and spaces only between them`

const notAKey = () => new TenantError({ problems: [`apiKey: ${aKey}`] })

/**
 * The tenants of a server, by their API keys. An unknown key gets 401, or a new tenant if the server has `acceptAnyKey`.
 *
 * @since 0.1.0
 * @category services
 */
export class Tenants {
  readonly #pepper = randomBytes(32).toString("base64")
  /** The tenants by the digest of the key. */
  readonly #byKey = new Map<string, Registration>()
  readonly #byId = new Map<string, Registration>()
  readonly #idByTenant = new WeakMap<Tenant, string>()
  #surroundings: Surroundings
  /** The default settings of tenants. */
  readonly #defaults: TenantSettings
  /** The options of tenants for unknown keys, with `acceptAnyKey`. */
  readonly #accepted: WorldOptions | undefined
  readonly #ids: Ids
  /** The requests of all tenants. */
  readonly requests: Requests
  /** Clock, ids and journal of requests without a tenant: their key is missing, malformed or unknown. */
  readonly nobody: Pick<Tenant, "clock" | "ids" | "journal">
  readonly #maxTenants: number
  readonly #maxAccepted: number
  #worldsAccepted = 0
  readonly #room: Room

  /** With `acceptAnyKey`, the other options are those of tenants for unknown keys. */
  constructor(
    surroundings: Surroundings,
    { acceptAnyKey = false, clock, faults, journalSize, randomSeed, seed, ...settings }: WorldOptions & {
      readonly acceptAnyKey?: boolean | undefined
    } = {},
    limits: TenantLimits = {}
  ) {
    const { uppercaseNames, writeOnlyValues } = settings
    this.#defaults = { uppercaseNames, writeOnlyValues }
    this.#maxTenants = limits.maxTenants ?? maxTenants
    this.#maxAccepted = limits.maxAccepted ?? maxAccepted
    this.requests = new Requests(limits.maxRecorded)
    const shared = new WeakSet<Part>([...seed?.workspaceSecrets ?? [], ...faults ?? []])
    if (seed?.profile !== undefined) {
      shared.add(seed.profile)
    }
    const ofOptions = sum(seed?.workspaceSecrets ?? [], roomOf)
      + sum(faults ?? [], roomOfRule)
      + (seed?.profile === undefined ? 0 : sizeOfProfile(seed.profile))
    this.#room = new Room(limits.maxStored ?? maxStored, () => ofOptions + sum(this.#byId.values(), roomOfRegistration))
    const indexed = new Room(
      limits.maxIndexed ?? maxIndexed,
      () => sum(this.#byId.values(), ({ tenant }) => tenant.secrets.indexBytes)
    )
    this.#surroundings = {
      ...surroundings,
      requests: this.requests,
      isShared: (part) => shared.has(part),
      takeRoom: (characters) => this.#room.take(characters),
      takeIndexRoom: (bytes) => indexed.take(bytes)
    }
    this.#accepted = acceptAnyKey
      ? { clock, faults, journalSize, randomSeed, seed, ...settingsOf(settings) }
      : undefined
    this.#ids = new Ids(surroundings.chance)
    this.nobody = {
      clock: new TenantClock(surroundings.clock),
      ids: this.#ids,
      journal: new Journal(undefined, this.requests)
    }
  }

  /** Sets what stores the changes of all tenants from now on. */
  keepWith(keeper: Keeper): void {
    this.#surroundings = { ...this.#surroundings, keeper }
  }

  /** Creates a tenant. Fails if its key or id exists, and if there is no room for it. */
  add(options: RegistrationOptions = {}): Either.Either<Registration, SeedError | TenantError | TenantExists> {
    return Either.mapLeft(
      this.#make(options),
      (error) => error._tag === "ResourceExhausted" ? new TenantError({ problems: [error.message] }) : error
    )
  }

  #make(
    options: RegistrationOptions
  ): Either.Either<Registration, SeedError | TenantError | TenantExists | ResourceExhausted> {
    if (this.#byId.size >= this.#maxTenants) {
      return Either.left(
        new ResourceExhausted({ message: `a server has at most ${this.#maxTenants} tenants; remove one` }, true)
      )
    }
    const now = this.nobody.clock.now
    const { apiKey = newKey(), id = this.#ids.resource("tnt", now) } = options
    if (!isKey(apiKey)) {
      return Either.left(notAKey())
    }
    if (this.#byKey.has(this.#digest(Redacted.value(apiKey)))) {
      return Either.left(new TenantExists({ message: "apiKey: another tenant has it; leave it out to get a new one" }))
    }
    if (this.#byId.has(id)) {
      return Either.left(new TenantExists({ message: "id: another tenant has it; leave it out to get a new one" }))
    }
    return Either.flatMap(Tenant.make(options, this.#surroundings, this.#defaults), (tenant) => {
      const registration = { id, apiKey, tenant, isAccepted: options.isAccepted }
      // A server starts with whatever seed its heap holds.
      if (this.#byId.size === 0) {
        this.#room.forget()
      } else if (!this.#room.take(roomOfRegistration(registration))) {
        return Either.left(noRoom)
      }
      this.#register(registration)
      this.#surroundings.keeper?.onAdd(registration)
      return Either.right(registration)
    })
  }

  /** Creates a stored tenant again, in its last state. */
  recover(
    { apiKey, id, isAccepted, origin, stand }: Omit<Registration, "tenant"> & {
      readonly origin: Origin
      readonly stand: (tenant: Tenant) => void
    }
  ): Registration {
    const registration = { id, apiKey, isAccepted, tenant: Tenant.again(origin, this.#surroundings) }
    stand(registration.tenant)
    this.#register(registration)
    this.#worldsAccepted += isAccepted === true ? 1 : 0
    return registration
  }

  /** Replaces all tenants by earlier ones. */
  reinstate(registrations: ReadonlyArray<Registration>): void {
    const before = this.all
    this.#byKey.clear()
    this.#byId.clear()
    registrations.forEach((registration) => this.#register(registration))
    for (const { id, isAccepted, tenant } of before) {
      if (this.#byId.get(id)?.tenant !== tenant) {
        tenant.abandon()
        tenant.journal.detach()
        this.#worldsAccepted -= isAccepted === true ? 1 : 0
      }
    }
    this.#room.forget()
  }

  /** Replaces the API key of a tenant. */
  rekey(
    before: Registration,
    apiKey: Redacted.Redacted<string>
  ): Either.Either<Registration, TenantError | TenantExists> {
    if (!isKey(apiKey)) {
      return Either.left(notAKey())
    }
    if (this.#byKey.has(this.#digest(Redacted.value(apiKey)))) {
      return Either.left(new TenantExists({ message: "apiKey: another tenant has it" }))
    }
    const registration = { ...before, apiKey }
    if (!this.#room.take(Math.max(0, Redacted.value(apiKey).length - Redacted.value(before.apiKey).length))) {
      return Either.left(new TenantError({ problems: [noRoom.message] }))
    }
    this.#byKey.delete(this.#digest(Redacted.value(before.apiKey)))
    this.#register(registration)
    this.#surroundings.keeper?.onRekey(registration)
    return Either.right(registration)
  }

  #register(registration: Registration): void {
    this.#byKey.set(this.#digest(Redacted.value(registration.apiKey)), registration)
    this.#byId.set(registration.id, registration)
    this.#idByTenant.set(registration.tenant, registration.id)
    registration.tenant.journal.attach()
  }

  /** Creates a tenant. Replaces the tenant with the same key, if there is one. */
  replace(options: RegistrationOptions & { readonly apiKey: Redacted.Redacted<string> }): ReturnType<Tenants["add"]> {
    const before = this.#byKey.get(this.#digest(Redacted.value(options.apiKey)))
    if (before === undefined) {
      return this.add(options)
    }
    this.#withdraw(before)
    const after = this.add({ id: before.id, ...options })
    if (Either.isRight(after)) {
      before.tenant.abandon()
    } else {
      this.#register(before)
      this.#room.forget()
      this.#surroundings.keeper?.onAdd(before)
    }
    return after
  }

  /** Removes a tenant. Its key gets 401 afterwards, and waiting requests fail with ABORTED. False if it was removed before. */
  remove(registration: Registration): boolean {
    registration.tenant.abandon()
    return this.#withdraw(registration)
  }

  #withdraw({ apiKey, id, tenant }: Registration): boolean {
    if (this.#byId.get(id)?.tenant !== tenant) {
      return false
    }
    this.#byKey.delete(this.#digest(Redacted.value(apiKey)))
    tenant.journal.detach()
    this.#surroundings.keeper?.onRemove(id, tenant)
    return this.#byId.delete(id)
  }

  /** A tenant by its id. */
  find(id: string): Registration | undefined {
    return this.#byId.get(id)
  }

  /** The id of a tenant. `undefined` if it was removed. */
  idOf(tenant: Tenant): string | undefined {
    const id = this.#idByTenant.get(tenant)
    return id !== undefined && this.#byId.get(id)?.tenant === tenant ? id : undefined
  }

  /** All tenants, in the order in which they were created. */
  get all(): ReadonlyArray<Registration> {
    return [...this.#byId.values()]
  }

  /** The tenant of an `Authorization` header (WIRE.md, Transport: Auth). */
  authenticate(authorization: string | undefined): Either.Either<Tenant, Unauthenticated | ResourceExhausted> {
    if (authorization === undefined) {
      return refuse("no API key; send Authorization: Bearer <key>")
    }
    // The usual spelling first, because it is fast. RFC 9110, 11.1 and RFC 6750, 2.1 allow others.
    const usual = authorization.startsWith("Bearer ")
      ? this.#byKey.get(this.#digest(authorization.slice(7)))
      : undefined
    if (usual !== undefined) {
      return Either.right(usual.tenant)
    }
    const key = /^bearer +(\S.*)$/i.exec(authorization)?.[1]
    if (key === undefined || !isApiKey(key)) {
      return refuse("malformed Authorization header; send Authorization: Bearer <key>")
    }
    const known = this.#byKey.get(this.#digest(key))
    return known !== undefined
      ? Either.right(known.tenant)
      : this.#accepted !== undefined
      ? this.#accept(Redacted.make(key), this.#accepted)
      : refuse("unknown API key")
  }

  /**
   * Keys are looked up by a peppered digest, against timing attacks: the time of a lookup says nothing about the key.
   */
  #digest(key: string): string {
    return hash("sha256", this.#pepper + key, "base64")
  }

  #accept(
    apiKey: Redacted.Redacted<string>,
    world: WorldOptions
  ): Either.Either<Tenant, Unauthenticated | ResourceExhausted> {
    if (this.#worldsAccepted >= this.#maxAccepted) {
      return Either.left(
        new ResourceExhausted({
          message: `this server has created ${this.#maxAccepted} tenants for unknown API keys, which is the maximum`
        })
      )
    }
    // Makes no world only to find that there is no room for it.
    if (!this.#room.has(tenantOverhead + shareOverhead * (world.seed?.workspaceSecrets?.length ?? 0))) {
      return Either.left(noRoom)
    }
    return Either.mapBoth(this.#make({ ...world, apiKey, isAccepted: true }), {
      onLeft: (error) => error._tag === "ResourceExhausted" ? error : new Unauthenticated({ message: error.message }),
      onRight: ({ tenant }) => {
        this.#worldsAccepted++
        return tenant
      }
    })
  }
}

const roomOfRegistration = ({ apiKey, tenant }: Registration): number =>
  tenant.characters + Redacted.value(apiKey).length

/** A key that cannot be guessed. */
const newKey = () => Redacted.make(`key_${randomBytes(24).toString("base64url")}`)

const refuse = (message: string) => Either.left(new Unauthenticated({ message }))
