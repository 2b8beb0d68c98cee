/**
 * Tenants: what an API key stands for.
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
import type { FaultRule, FaultsState } from "./Fault.js"
import { Faults, parse as parseFaults } from "./Fault.js"
import type { Chance, IdsState } from "./Ids.js"
import { Ids, isSeed, makeChance, seeded } from "./Ids.js"
import { isSize, Journal, type RequestNumbers } from "./Journal.js"
import type { Seed } from "./Seed.js"
import { problems as problemsOfSeed, SeedError } from "./Seed.js"
import type { Snapshot } from "./Snapshot.js"
import type { ClockOptions, ClockSetting } from "./TenantClock.js"
import { fromOptions, TenantClock } from "./TenantClock.js"
import type { TenantSettings } from "./TenantSettings.js"
import { problems as problemsOfSettings, settingsOf } from "./TenantSettings.js"
import { WorkspaceSecretStore } from "./WorkspaceSecretStore.js"

/**
 * A world cannot be made as it was asked for, or not be changed so: one line for each thing that is wrong, with the name of its field. None
 * quotes what was there.
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
 * What a key's world is like when it is made, and again after a reset.
 *
 * @since 0.1.0
 * @category models
 */
export interface WorldOptions extends TenantSettings {
  /** What the workspace holds; nothing unless given. */
  readonly seed?: Seed | undefined
  /** How time goes: with that of the process unless given. */
  readonly clock?: ClockOptions | undefined
  /**
   * A whole number that ids and chance follow from. With a clock that is not real, the same requests then give the same bytes. Unless
   * given, they are others each time.
   */
  readonly randomSeed?: number | undefined
  /** Rules by which requests fail, wait or break; none unless given. */
  readonly faults?: ReadonlyArray<FaultRule> | undefined
  /** How many requests the journal holds, 0 to 100,000; 1,000 unless given. */
  readonly journalSize?: number | undefined
}

/**
 * What a world takes from the server that it is on: the time of the process, and chance where it has no seed of its own.
 *
 * @since 0.1.0
 * @category models
 */
export interface Surroundings {
  readonly clock: Clock.Clock
  readonly chance: Chance
  /** Numbers the requests of the server, whichever world they belong to; those of one world unless given. */
  readonly numbers?: RequestNumbers
  /** Keeps what changes; nothing does unless given. */
  readonly keeper?: Keeper | undefined
}

/**
 * Keeps the changes of worlds, such as on a disk. It is told of them when they are made, and takes those back that it cannot keep.
 *
 * @since 0.1.0
 * @category services
 */
export interface Keeper {
  /** A world was made. */
  readonly onAdd: (registration: Registration) => void
  /** A world was taken away. */
  readonly onRemove: (id: string, tenant: Tenant) => void
  /** A world has another key. */
  readonly onRekey: (registration: Registration) => void
  /** A secret was put, or taken out. */
  readonly onSecret: (
    tenant: Tenant,
    store: WorkspaceSecretStore,
    before: WorkspaceSecret | undefined,
    after: WorkspaceSecret | undefined
  ) => void
  /** Anything else of a world may have changed. */
  readonly touch: (tenant: Tenant) => void
  /** Waits until all changes of a world are kept; nothing where they are. Fails where they cannot be kept, and are taken back. */
  readonly settle: (tenant: Tenant) => Effect.Effect<void, Unavailable> | undefined
}

/**
 * What `Tenants` and worlds need of the fiber that makes them.
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
 * What a world holds besides its secrets.
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
 * Where a world stands, to be taken back there. `contents`, `secrets` and the rules are other objects when they have changed.
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
  /** Where the chance of the rules stands, in a world with a seed. */
  readonly chance: ReturnType<PCGRandom["getState"]> | undefined
}

/**
 * What a world was made with, and what a reset puts back.
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
 * A key's own world: its account, its one workspace, the profile it acts as, the secrets, a clock, ids, faults
 * and a journal. Changes are plain synchronous calls, so that each is seen whole or not at all.
 *
 * @since 0.1.0
 * @category models
 */
export class Tenant {
  readonly clock: TenantClock
  readonly ids: Ids
  readonly faults: Faults
  readonly journal: Journal
  readonly #origin: Snapshot
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
    { chance, keeper, numbers }: Surroundings
  ) {
    this.clock = clock
    this.ids = ids
    // Of its own: whether a request is hit does not change the ids of those behind it.
    this.#faultChance = randomSeed === undefined ? undefined : seeded(randomSeed)
    this.#faultState = this.#faultChance?.getState()
    this.#options = { faults, journalSize, randomSeed }
    this.#keeper = keeper
    this.faults = new Faults(() => this.#faultChance?.number() ?? chance())
    this.faults.put(faults)
    this.journal = new Journal(journalSize, numbers)
    // The store has the secrets: held here as well, what is deleted would stay.
    const { workspaceSecrets, ...rest } = contents
    this.#contents = rest
    this.#secrets = this.storeOf(workspaceSecrets)
    this.#origin = this.#save(workspaceSecrets)
  }

  /**
   * Makes a world. Its options come before the settings of its seed, and those before the defaults.
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

  /** Makes a world as it was made before. */
  static again({ snapshot, ...options }: Origin, surroundings: Surroundings): Tenant {
    const ids = new Ids(surroundings.chance, options.randomSeed)
    ids.restore(snapshot.ids)
    const clock = new TenantClock(surroundings.clock, snapshot.clock)
    return new Tenant(clock, ids, filledOf(snapshot), options, surroundings)
  }

  /** What it was made with. */
  get origin(): Origin {
    return { ...this.#options, snapshot: this.#origin }
  }

  /** Where it stands. */
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
   * Whether each request changes what the next one gets, besides the time: a clock of its own, chance of a seed, rules that count. Ids of the
   * real time need not go on from the ones before.
   */
  get isCounting(): boolean {
    return !this.clock.isReal || this.#faultChance !== undefined || !this.faults.isEmpty
  }

  /** Ends what is under way in it: it is of a world that there is not any more. */
  abandon(): void {
    this.#epoch++
  }

  /** Takes it back to where it stood. Where that has other secrets, what is under way is of the world as it was. */
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

  /** A store of this world with these secrets. */
  storeOf(secrets: ReadonlyArray<WorkspaceSecret>): WorkspaceSecretStore {
    const store = new WorkspaceSecretStore()
    secrets.forEach((secret) => store.put(secret))
    const keeper = this.#keeper
    if (keeper !== undefined) {
      store.onChange = (before, after) => keeper.onSecret(this, store, before, after)
    }
    return store
  }

  /** Says that it may have changed, for it to be kept. */
  touch(): void {
    this.#keeper?.touch(this)
  }

  /** Waits until its changes are kept; nothing where there is nothing to wait for. Fails where they cannot be kept, and are taken back. */
  settle(): Effect.Effect<void, Unavailable> | undefined {
    return this.#keeper?.settle(this)
  }

  /** How often its data was put back or replaced as a whole. */
  get epoch(): number {
    return this.#epoch
  }

  get accountId(): AccountId {
    return this.#contents.accountId
  }

  get workspaceId(): WorkspaceId {
    return this.#contents.workspaceId
  }

  /** What stands for the workspace's id in a path. */
  get workspaceAlias(): WorkspaceId {
    return this.#contents.workspaceAlias
  }

  /** Who the key acts as. */
  get profile(): Profile {
    return this.#contents.profile
  }

  get settings(): TenantSettings {
    return this.#contents.settings
  }

  get secrets(): WorkspaceSecretStore {
    return this.#secrets
  }

  /** Changes the settings that are given. The others stay. */
  configure(settings: TenantSettings): Either.Either<void, TenantError> {
    const problems = problemsOfSettings(settings)
    if (problems.length > 0) {
      return Either.left(new TenantError({ problems }))
    }
    this.#contents = { ...this.#contents, settings: { ...this.settings, ...settingsOf(settings) } }
    return Either.void
  }

  /** Puts back data, settings, clock, ids, faults and their counts as they were when it was made, and forgets what was asked. */
  reset(): void {
    this.#load(this.#origin)
    this.faults.put(this.#options.faults ?? [])
    if (this.#faultState !== undefined) {
      this.#faultChance?.setState(this.#faultState)
    }
    this.journal.reset()
  }

  /** Everything that it holds, values included, and where its clock and its ids stand. */
  snapshot(): Snapshot {
    return this.#save([...this.#secrets.walk("asc")])
  }

  /** Puts back what a snapshot holds, which may be another world's: account, workspace and profile become the snapshot's. */
  restore(snapshot: Snapshot): Either.Either<void, SeedError> {
    const problems = [
      ...problemsOfSeed(snapshot),
      ...this.clock.problemsOf(snapshot.clock).map((problem) => `clock.${problem}`)
    ]
    if (problems.length > 0) {
      return Either.left(new SeedError({ problems }))
    }
    this.#load(snapshot)
    return Either.void
  }

  /**
   * Puts a seed in the place of the data; clock and ids go on. Account, workspace and profile stay where the seed leaves them out, but for a
   * profile of an account that is no longer this one.
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
    this.#fill(contentsOf(whole, this.ids, this.clock.now, { ...this.settings, ...settingsOf(seed) }))
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

const profileOf = (accountId: AccountId, profileId: ProfileId): Profile =>
  new Profile({
    metadata: { id: profileId, accountId, name: "Mock API key", profileId },
    spec: { type: "PROFILE_TYPE_API_KEY", name: "Mock API key" }
  })

/**
 * Makes a world with the time and the chance of the fiber that it is made by.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: WorldOptions = {}): Effect.Effect<Tenant, SeedError | TenantError> =>
  Effect.flatMap(surroundings, (here) => Tenant.make(options, here))

/**
 * How many worlds a server that takes any key makes by itself. One that made more would grow without an end.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxAccepted = 10_000

/**
 * How many tenants a server has at the most, those that it makes by itself included.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxTenants = 20_000

/**
 * The key of a tenant, or its id, is another tenant's.
 *
 * @since 0.1.0
 * @category errors
 */
export class TenantExists extends Data.TaggedError("TenantExists")<{ readonly message: string }> {}

/**
 * A tenant as its server knows it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Registration {
  /** The name that the control API has for it. A key is no name: it would be in URLs and logs. */
  readonly id: string
  readonly apiKey: Redacted.Redacted<string>
  readonly tenant: Tenant
  /** Whether the server made it by itself, for a key that it did not know. */
  readonly isAccepted?: boolean | undefined
}

/**
 * What a tenant is registered with.
 *
 * @since 0.1.0
 * @category models
 */
export interface RegistrationOptions extends WorldOptions {
  /** The key; a new one unless given. */
  readonly apiKey?: Redacted.Redacted<string> | undefined
  /** The id; a new one unless given. */
  readonly id?: string | undefined
  /** Whether the server makes it by itself, for a key that it does not know. */
  readonly isAccepted?: boolean | undefined
}

/**
 * Whether a key, or a token, can be sent as `Authorization: Bearer <key>`: visible ASCII characters, and spaces between them.
 *
 * @since 0.1.0
 * @category rules
 */
export const isKey = (key: Redacted.Redacted<string>): boolean => isApiKey(Redacted.value(key))

const notAKey = () =>
  new TenantError({ problems: ["apiKey: Expected visible ASCII characters, and spaces only between them"] })

/**
 * The tenants of a server by their keys. Keys are strict: one that is not known is nobody's, unless the server takes any key, which then gets
 * a world of its own.
 *
 * @since 0.1.0
 * @category services
 */
export class Tenants {
  readonly #pepper = randomBytes(32).toString("base64")
  /** By the digest of the key. */
  readonly #byKey = new Map<string, Registration>()
  readonly #byId = new Map<string, Registration>()
  readonly #idByTenant = new WeakMap<Tenant, string>()
  #surroundings: Surroundings
  /** The settings of a world that neither its options nor its seed say otherwise of. */
  readonly #defaults: TenantSettings
  /** What a key that is not known gets, where any is taken. */
  readonly #accepted: WorldOptions | undefined
  readonly #ids: Ids
  /** Numbers the requests of all worlds. */
  readonly numbers: RequestNumbers = { last: 0 }
  /** The time, the ids and the journal of requests that are nobody's: those without a key, and with one that is not known. */
  readonly nobody: Pick<Tenant, "clock" | "ids" | "journal">
  #worldsAccepted = 0

  /** Where it takes any key, the other options say what a world that it makes by itself is like. */
  constructor(
    surroundings: Surroundings,
    { acceptAnyKey = false, clock, faults, journalSize, randomSeed, seed, ...settings }: WorldOptions & {
      readonly acceptAnyKey?: boolean | undefined
    } = {}
  ) {
    const { uppercaseNames, writeOnlyValues } = settings
    this.#defaults = { uppercaseNames, writeOnlyValues }
    this.#surroundings = { ...surroundings, numbers: this.numbers }
    this.#accepted = acceptAnyKey
      ? { clock, faults, journalSize, randomSeed, seed, ...settingsOf(settings) }
      : undefined
    this.#ids = new Ids(surroundings.chance)
    this.nobody = {
      clock: new TenantClock(surroundings.clock),
      ids: this.#ids,
      journal: new Journal(undefined, this.numbers)
    }
  }

  /** Has the changes of all worlds kept from now on. */
  keepWith(keeper: Keeper): void {
    this.#surroundings = { ...this.#surroundings, keeper }
  }

  /** Makes a world for a key that has none. */
  add(options: RegistrationOptions = {}): Either.Either<Registration, SeedError | TenantError | TenantExists> {
    if (this.#byId.size >= maxTenants) {
      return Either.left(new TenantError({ problems: [`a server has at most ${maxTenants} tenants: remove one`] }))
    }
    const now = this.nobody.clock.now
    const { apiKey = this.#newKey(options), id = this.#ids.resource("tnt", now) } = options
    if (!isKey(apiKey)) {
      return Either.left(notAKey())
    }
    if (this.#byKey.has(this.#digest(Redacted.value(apiKey)))) {
      return Either.left(new TenantExists({ message: "apiKey: another tenant has it; leave it out to get a new one" }))
    }
    if (this.#byId.has(id)) {
      return Either.left(new TenantExists({ message: "id: another tenant has it; leave it out to get a new one" }))
    }
    return Either.map(Tenant.make(options, this.#surroundings, this.#defaults), (tenant) => {
      const registration = { id, apiKey, tenant, isAccepted: options.isAccepted }
      this.#register(registration)
      this.#surroundings.keeper?.onAdd(registration)
      return registration
    })
  }

  /** Makes a world that was there before, and goes on from where it stood. */
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

  /** Puts back the tenants that there were. */
  reinstate(registrations: ReadonlyArray<Registration>): void {
    const before = this.all
    this.#byKey.clear()
    this.#byId.clear()
    registrations.forEach((registration) => this.#register(registration))
    for (const { id, isAccepted, tenant } of before) {
      if (this.#byId.get(id)?.tenant !== tenant) {
        tenant.abandon()
        this.#worldsAccepted -= isAccepted === true ? 1 : 0
      }
    }
  }

  /** Gives a tenant another key. */
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
    this.#byKey.delete(this.#digest(Redacted.value(before.apiKey)))
    this.#register(registration)
    this.#surroundings.keeper?.onRekey(registration)
    return Either.right(registration)
  }

  #register(registration: Registration): void {
    this.#byKey.set(this.#digest(Redacted.value(registration.apiKey)), registration)
    this.#byId.set(registration.id, registration)
    this.#idByTenant.set(registration.tenant, registration.id)
  }

  /** Gives a key a new world, in the place of the one that it may have. */
  replace(options: RegistrationOptions & { readonly apiKey: Redacted.Redacted<string> }): ReturnType<Tenants["add"]> {
    const before = this.#byKey.get(this.#digest(Redacted.value(options.apiKey)))
    if (before === undefined) {
      return this.add(options)
    }
    this.remove(before)
    return Either.mapLeft(this.add({ id: before.id, ...options }), (error) => {
      this.#register(before)
      this.#surroundings.keeper?.onAdd(before)
      return error
    })
  }

  /** Takes a tenant away: its key is nobody's from now on. False where it was gone already. */
  remove({ apiKey, id, tenant }: Registration): boolean {
    if (this.#byId.get(id)?.tenant !== tenant) {
      return false
    }
    this.#byKey.delete(this.#digest(Redacted.value(apiKey)))
    this.#surroundings.keeper?.onRemove(id, tenant)
    return this.#byId.delete(id)
  }

  /** The tenant of an id. */
  find(id: string): Registration | undefined {
    return this.#byId.get(id)
  }

  /** The id of a tenant; nothing for one that was taken away. */
  idOf(tenant: Tenant): string | undefined {
    const id = this.#idByTenant.get(tenant)
    return id !== undefined && this.#byId.get(id)?.tenant === tenant ? id : undefined
  }

  /** All of them, in the order in which they were made. */
  get all(): ReadonlyArray<Registration> {
    return [...this.#byId.values()]
  }

  /** The tenant of an `Authorization` header (WIRE.md, Transport: Auth). */
  authenticate(authorization: string | undefined): Either.Either<Tenant, Unauthenticated | ResourceExhausted> {
    if (authorization === undefined) {
      return refuse("no API key; send Authorization: Bearer <key>")
    }
    // As almost everybody writes it, before the rest that RFC 9110, 11.1 and RFC 6750, 2.1 allow.
    const usual = authorization.startsWith("Bearer ")
      ? this.#byKey.get(this.#digest(authorization.slice(7)))
      : undefined
    if (usual !== undefined) {
      return Either.right(usual.tenant)
    }
    const key = /^bearer +(\S.*)$/i.exec(authorization)?.[1]
    if (key === undefined || !isApiKey(key)) {
      return refuse("malformed Authorization header; it has to be Bearer <key>")
    }
    const known = this.#byKey.get(this.#digest(key))
    return known !== undefined
      ? Either.right(known.tenant)
      : this.#accepted !== undefined
      ? this.#accept(Redacted.make(key), this.#accepted)
      : refuse("unknown API key")
  }

  /** A key that nobody guesses; the same each time for a seed, and for a process whose chance has one. */
  #newKey({ randomSeed }: WorldOptions): Redacted.Redacted<string> {
    return Redacted.make(
      randomSeed === undefined
        ? `key_${randomBytes(24).toString("base64url")}`
        : this.#ids.resource("key", this.nobody.clock.now)
    )
  }

  /**
   * What a key is looked up by. It is of no use to whoever measures how long it takes: how much of it is right says nothing of how much of
   * the key is.
   */
  #digest(key: string): string {
    return hash("sha256", this.#pepper + key, "base64")
  }

  #accept(
    apiKey: Redacted.Redacted<string>,
    world: WorldOptions
  ): Either.Either<Tenant, Unauthenticated | ResourceExhausted> {
    if (this.#worldsAccepted >= maxAccepted) {
      return Either.left(
        new ResourceExhausted({
          message:
            `this server takes any key and has made ${maxAccepted} worlds for keys that it did not know: it makes no more`
        })
      )
    }
    this.#worldsAccepted++
    return Either.map(
      Either.mapLeft(
        this.add({ ...world, apiKey, isAccepted: true }),
        ({ message }) => new Unauthenticated({ message })
      ),
      ({ tenant }) => tenant
    )
  }
}

const refuse = (message: string) => Either.left(new Unauthenticated({ message }))
