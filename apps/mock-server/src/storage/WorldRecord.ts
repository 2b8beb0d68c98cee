/**
 * The lines of a log: each describes a change of a world as JSON. Reading them makes the worlds again. A "world" is the stored data of one
 * tenant.
 */
import { AccountId } from "@workspace-secrets/core/AccountId"
import type { Codec } from "@workspace-secrets/core/Codec"
import { codec } from "@workspace-secrets/core/Codec"
import { Profile } from "@workspace-secrets/core/Profile"
import { WorkspaceId } from "@workspace-secrets/core/WorkspaceId"
import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { FaultRule, type FaultsState } from "../world/Fault.js"
import { IdsState } from "../world/Ids.js"
import { Snapshot } from "../world/Snapshot.js"
import type { Contents, Origin, Registration, Standing, Tenant, Tenants } from "../world/Tenant.js"
import { ClockSetting } from "../world/TenantClock.js"
import { settingsOf, TenantSettings } from "../world/TenantSettings.js"
import { positionOf } from "../world/WorkspaceSecretStore.js"
import { Refusal } from "./Disk.js"

/** The state that any request can change. */
const Counters = Schema.Struct({
  clock: ClockSetting,
  ids: IdsState,
  counts: Schema.Array(Schema.Tuple(Schema.Int, Schema.Int)),
  chance: Schema.optional(Schema.Tuple(Schema.Number, Schema.Number, Schema.Number, Schema.Number))
})

const StoredContents = Schema.Struct({
  accountId: AccountId,
  workspaceId: WorkspaceId,
  workspaceAlias: WorkspaceId,
  profile: Profile,
  ...TenantSettings.fields
})

const Rules = Schema.Array(Schema.Struct({ name: Schema.String, rule: FaultRule }))

/** The origin of a world, without its secrets. */
const Made = Schema.Struct({
  apiKey: Schema.String,
  isAccepted: Schema.Boolean,
  randomSeed: Schema.optional(Schema.Int),
  journalSize: Schema.optional(Schema.Int),
  faults: Schema.Array(FaultRule),
  snapshot: Snapshot
})

/**
 * The kinds of lines:
 *
 * - `made`: a world was created, or replaced the one with the same id; the secrets of its origin follow as `origin`;
 * - `fill`: replaces all secrets, together with the `more` that follow; two numbers are a range of the origin's secrets: the first and the
 *   count;
 * - `put`, `deleted`: one secret;
 * - `contents`, `rules`, `counters`: replace other parts of the state;
 * - `key`: replaces the API key; `removed`: the world was removed.
 */
const codecs = {
  made: codec(Made),
  origin: codec(Schema.Array(WorkspaceSecret)),
  fill: codec(Schema.Array(Schema.Unknown)),
  more: codec(Schema.Array(Schema.Unknown)),
  put: codec(WorkspaceSecret),
  deleted: codec(Schema.String),
  contents: codec(StoredContents),
  rules: codec(Rules),
  counters: codec(Counters),
  key: codec(Schema.String),
  removed: codec(Schema.Null)
} as const

type Kind = keyof typeof codecs

const isKind = (kind: unknown): kind is Kind => typeof kind === "string" && Object.hasOwn(codecs, kind)

const say = (kind: Kind, id: string, body: unknown): string => {
  const encoded: Either.Either<unknown, unknown> = codecs[kind].encode(body)
  return JSON.stringify([kind, id, Either.getOrThrow(encoded)])
}

/** The maximum number of secrets in a line. */
const BUNDLE = 32

function* bundles<A>(items: Iterable<A>): Generator<ReadonlyArray<A>> {
  let bundle: Array<A> = []
  for (const item of items) {
    bundle.push(item)
    if (bundle.length === BUNDLE) {
      yield bundle
      bundle = []
    }
  }
  if (bundle.length > 0) {
    yield bundle
  }
}

/** Encodes secrets as JSON, with two numbers for each range of the origin's secrets. */
function* itemsOf(
  secrets: ReadonlyArray<WorkspaceSecret>,
  origin: ReadonlyArray<WorkspaceSecret>
): Generator<unknown> {
  const ranks = new Map(origin.map((secret, rank) => [secret, rank]))
  for (let at = 0; at < secrets.length;) {
    const [from] = secrets.slice(at, at + 1)
    const rank = from === undefined ? undefined : ranks.get(from)
    if (rank === undefined) {
      yield Either.getOrThrow(codecs.put.encode(from))
      at++
    } else {
      let count = 1
      while (at + count < secrets.length && origin[rank + count] === secrets[at + count]) {
        count++
      }
      yield [rank, count]
      at += count
    }
  }
}

function* fillLines(
  id: string,
  secrets: ReadonlyArray<WorkspaceSecret>,
  origin: ReadonlyArray<WorkspaceSecret>
): Generator<string> {
  let kind: Kind = "fill"
  for (const bundle of bundles(itemsOf(secrets, origin))) {
    yield say(kind, id, bundle)
    kind = "more"
  }
  if (kind === "fill") {
    yield say(kind, id, [])
  }
}

const contentsLine = (id: string, { settings, ...contents }: Contents): string =>
  say("contents", id, { ...contents, ...settings })

const rulesLine = (id: string, { rules }: FaultsState): string =>
  say("rules", id, rules.map(({ name, rule }) => ({ name, rule })))

const countersLine = (id: string, { chance, clock, faults, ids }: Standing): string =>
  say("counters", id, { clock, ids, counts: faults.counts, ...(chance === undefined ? {} : { chance }) })

/** The lines of one or more changes. They are made lazily from immutable data. */
export type Lines = Iterable<string>

/** The lines of a whole world. */
export const whole = ({ apiKey, id, isAccepted = false, tenant }: Registration): Lines => {
  const { origin: { snapshot: { workspaceSecrets: origin, ...snapshot }, ...options }, standing } = tenant
  const secrets = [...standing.secrets.walk("asc")]
  return {
    *[Symbol.iterator]() {
      yield say("made", id, {
        ...options,
        apiKey: Redacted.value(apiKey),
        isAccepted,
        snapshot: { ...snapshot, workspaceSecrets: [] }
      })
      for (const bundle of bundles(origin)) {
        yield say("origin", id, bundle)
      }
      yield* fillLines(id, secrets, origin)
      yield contentsLine(id, standing.contents)
      yield rulesLine(id, standing.faults)
      yield countersLine(id, standing)
    }
  }
}

/** The lines for the differences of two states, except single secrets. If the store was replaced, they have all secrets. */
export const difference = (id: string, tenant: Tenant, before: Standing, after: Standing): ReadonlyArray<Lines> => {
  const origin = tenant.origin.snapshot.workspaceSecrets
  const secrets = before.secrets === after.secrets ? undefined : [...after.secrets.walk("asc")]
  const counters = countersLine(id, after)
  return [
    ...(before.contents === after.contents ? [] : [[contentsLine(id, after.contents)]]),
    ...(before.faults.rules === after.faults.rules ? [] : [[rulesLine(id, after.faults)]]),
    ...(counters === countersLine(id, before) ? [] : [[counters]]),
    ...(secrets === undefined ? [] : [{ [Symbol.iterator]: () => fillLines(id, secrets, origin) }])
  ]
}

/** The lines of a created, replaced or removed secret. */
export const single = (
  id: string,
  before: WorkspaceSecret | undefined,
  after: WorkspaceSecret | undefined
): Lines => after === undefined ? [say("deleted", id, before?.metadata.id)] : [say("put", id, after)]

/** The lines of a removed world. */
export const removed = (id: string): Lines => [say("removed", id, null)]

/** The lines of a replaced API key. */
export const rekeyed = ({ apiKey, id }: Registration): Lines => [say("key", id, Redacted.value(apiKey))]

interface Image extends Pick<Standing, "chance" | "clock" | "contents" | "faults" | "ids"> {
  readonly apiKey: string
  readonly isAccepted: boolean
  readonly origin: Omit<Origin, "snapshot">
  readonly snapshot: Snapshot
  readonly originSecrets: Array<WorkspaceSecret>
  readonly secrets: Map<string, WorkspaceSecret>
}

const unreadable = (kind: string) => () => new Refusal({ what: `it has an invalid line of the kind ${kind}` })

/** Builds worlds from lines. */
export class Images {
  readonly #images = new Map<string, Image>()

  /** Applies a line. Throws a `Refusal` if it is invalid, without quoting it. */
  apply(line: string): void {
    const [kind, id, body] = parse(line)
    const read = <A>(codec: Codec<A, unknown>): A => Either.getOrThrowWith(codec.decode(body), unreadable(kind))
    if (kind === "made") {
      const { apiKey, isAccepted, snapshot, ...origin } = read(codecs.made)
      const { accountId, profile, workspaceAlias, workspaceId, ...rest } = snapshot
      this.#images.delete(id)
      this.#images.set(id, {
        apiKey,
        isAccepted,
        origin,
        snapshot,
        originSecrets: [],
        secrets: new Map(),
        contents: { accountId, profile, workspaceAlias, workspaceId, settings: settingsOf(rest) },
        faults: { rules: [], counts: [] },
        clock: snapshot.clock,
        ids: snapshot.ids,
        chance: undefined
      })
      return
    }
    if (kind === "removed") {
      this.#images.delete(id)
      return
    }
    const image = this.#images.get(id)
    if (image === undefined) {
      throw new Refusal({ what: `it has a line of the kind ${kind} for an unknown world` })
    }
    const change = (some: Partial<Image>) => this.#images.set(id, { ...image, ...some })
    switch (kind) {
      case "origin":
        image.originSecrets.push(...read(codecs.origin))
        break
      case "fill":
      case "more":
        if (kind === "fill") {
          image.secrets.clear()
        }
        for (const item of read(codecs[kind])) {
          const secrets = Array.isArray(item)
            ? image.originSecrets.slice(Number(item[0]), Number(item[0]) + Number(item[1]))
            : [Either.getOrThrowWith(codecs.put.decode(item), unreadable(kind))]
          secrets.forEach((secret) => image.secrets.set(secret.metadata.id, secret))
        }
        break
      case "put": {
        const secret = read(codecs.put)
        image.secrets.set(secret.metadata.id, secret)
        break
      }
      case "deleted":
        image.secrets.delete(read(codecs.deleted))
        break
      case "contents": {
        const { accountId, profile, workspaceAlias, workspaceId, ...rest } = read(codecs.contents)
        change({ contents: { accountId, profile, workspaceAlias, workspaceId, settings: settingsOf(rest) } })
        break
      }
      case "rules":
        change({ faults: { ...image.faults, rules: read(codecs.rules) } })
        break
      case "counters": {
        const { chance, clock, counts, ids } = read(codecs.counters)
        change({
          chance: chance === undefined ? undefined : [...chance],
          clock,
          ids,
          faults: { ...image.faults, counts }
        })
        break
      }
      case "key":
        change({ apiKey: read(codecs.key) })
        break
    }
  }

  /** Creates the tenants, in their original order. Returns the number of worlds and of their secrets. */
  recover(tenants: Tenants): { readonly worlds: number; readonly secrets: number } {
    let secrets = 0
    for (const [id, image] of this.#images) {
      const { apiKey, isAccepted, origin, originSecrets, snapshot, ...standing } = image
      tenants.recover({
        id,
        apiKey: Redacted.make(apiKey),
        isAccepted,
        origin: { ...origin, snapshot: { ...snapshot, workspaceSecrets: originSecrets } },
        stand: (tenant) => tenant.stand({ ...standing, secrets: tenant.storeOf(inOrder(image.secrets.values())) })
      })
      secrets += image.secrets.size
    }
    return { worlds: this.#images.size, secrets }
  }
}

const inOrder = (secrets: Iterable<WorkspaceSecret>): ReadonlyArray<WorkspaceSecret> =>
  [...secrets].map((secret) => ({ secret, ...positionOf(secret) }))
    .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
    .map(({ secret }) => secret)

const parse = (line: string): readonly [kind: Kind, id: string, body: unknown] => {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    throw new Refusal({ what: "it has a line that is not JSON" })
  }
  const [kind, id, body] = Array.isArray(json) ? json as ReadonlyArray<unknown> : []
  if (!isKind(kind) || typeof id !== "string") {
    throw new Refusal({ what: "it has a line of an unknown kind" })
  }
  return [kind, id, body]
}
