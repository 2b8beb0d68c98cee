import * as Either from "effect/Either"
import type { Layout } from "../../Target.js"
import * as A from "../answer.js"
import { type Position, positionOf } from "../order.js"
import type { Fields } from "../secret.js"
import type { Credential, Route } from "./exchange.js"

/*
 * What traffic has shown so far of the server. It has no value and no key in it, only their seals, and it is bounded: what is forgotten
 * is not judged.
 */

/** What the caller says of the server, and of the traffic. */
export interface Telling {
  readonly writeOnlyValues?: boolean | undefined
  readonly uppercaseNames?: boolean | undefined
  readonly omitUnsetFields?: boolean | undefined
  /** Whether all that writes to the workspaces goes through here: what was seen of a secret then holds until the next write. */
  readonly isComplete?: boolean | undefined
}

/** A secret that traffic has shown. */
export interface Known {
  readonly id: string
  readonly position: Position
  /** The workspace that answers have. */
  readonly workspaceId: string
  /** The last answer that had all of it. */
  json: A.Json
  /** What a caller gave of it; undefined where it is not certain. */
  fields: Fields | undefined
  isDeleted: boolean
  isUpdated: boolean
  /** Whether a get has found it. */
  wasFound: boolean
  readonly layouts: Set<Layout>
  /** The behaviour that the last write was about: the one that is broken if a read shows something else. */
  lastWrite: string | undefined
  readonly formerExternalIds: Set<string>
  /** When the last write ended. */
  lastWriteEnd: number
  /** When an answer had it for the last time. */
  lastSeen: number
}

/** A key, and what it was seen to be. */
export interface Tenant {
  workspaceId: string | undefined
  profile: A.Json | undefined
  createdBy: A.Json | undefined
  accountId: string | undefined
  isRestricted: boolean
  hasSucceeded: boolean
}

/** The filters and the order of a list. */
export interface Listing {
  readonly prefix: string | undefined
  readonly query: string | undefined
  readonly labels: string | undefined
  readonly order: "asc" | "desc"
}

/** A cursor that a page had. */
export interface Issued {
  readonly key: string
  readonly listing: Listing
  readonly limit: string | undefined
  readonly includeInfo: string | undefined
  /** The ids of the page that it came with. */
  readonly page: ReadonlyArray<string>
  /** The last secret before it. */
  readonly anchor: Position | undefined
  /** When the first page was asked for. */
  readonly since: number
}

/** A create or a delete that has succeeded. */
interface Change {
  readonly kind: "create" | "delete"
  readonly id: string
  readonly end: number
}

/** A create that gave an external id. */
export interface Create {
  readonly key: string
  readonly externalId: string
  readonly start: number
  readonly end: number
  readonly isMade: boolean
}

const MAX_SECRETS = 2000
const MAX_CURSORS = 500
const MAX_CHANGES = 2000
const MAX_TENANTS = 500
const MAX_FACTS = 500

/** Takes the oldest entries out of a map. */
const bound = <K, V>(map: Map<K, V>, max: number) => {
  for (const key of map.keys()) {
    if (map.size <= max) {
      return
    }
    map.delete(key)
  }
}

/** A request that is under way. */
export interface Begun {
  readonly start: number
  /** The id of the secret that it may write to. */
  readonly id: string | undefined
  readonly isLoose: boolean
}

export class World {
  #now = 0
  readonly #begun = new Set<Begun>()
  /** How many writes are under way, by the id of the secret. */
  readonly #writing = new Map<string, number>()
  readonly secrets = new Map<string, Known>()
  readonly tenants = new Map<string, Tenant>()
  readonly cursors = new Map<string, ReadonlyArray<Issued>>()
  readonly #changes: Array<Change> = []
  #forgottenChanges = 0
  #creates: Array<Create> = []
  // Writes by an external id that no secret is known by: they may be to any secret.
  #looseWriting = 0
  #looseEnd = 0
  /** The body of the answer for a secret that never was, sealed, by method. */
  readonly missing = new Map<string, string>()
  missingMessage: string | undefined
  /** Whether lists without includeInfo have info. */
  hasInfoUnasked: boolean | undefined
  /** Whether reads leave values out. */
  leavesValuesOut: boolean | undefined
  /** Whether names come back in upper case. */
  uppercases: boolean | undefined
  /** Whether unset fields are left out, by model. */
  readonly omits = new Map<string, boolean | undefined>()
  readonly origins = new Set<string>()
  /** The last answer to a GET, by key and path: its status and content type. */
  readonly heads = new Map<string, { readonly status: number; readonly type: string | null; readonly at: number }>()

  constructor(readonly told: Telling) {
    this.leavesValuesOut = told.writeOnlyValues
    this.uppercases = told.uppercaseNames
  }

  tenant(key: string): Tenant {
    const found = this.tenants.get(key)
    if (found !== undefined) {
      return found
    }
    const made: Tenant = {
      workspaceId: undefined,
      profile: undefined,
      createdBy: undefined,
      accountId: undefined,
      isRestricted: false,
      hasSucceeded: false
    }
    this.tenants.set(key, made)
    bound(this.tenants, MAX_TENANTS)
    return made
  }

  /** The secret that a path is about. */
  find({ externalId, id }: Route, { key }: Credential): Known | undefined {
    if (id !== undefined) {
      return this.secrets.get(id)
    }
    const { workspaceId } = this.tenant(key)
    return externalId === undefined || externalId === "" || workspaceId === undefined
      ? undefined
      : this.holder(workspaceId, externalId)
  }

  /** The secret of a workspace that has this external id. */
  holder(workspaceId: string, externalId: string): Known | undefined {
    for (const known of this.secrets.values()) {
      if (known.workspaceId === workspaceId && !known.isDeleted && known.fields?.externalId === externalId) {
        return known
      }
    }
    return undefined
  }

  begin(method: string, route: Route, credential: Credential): Begun {
    const isWrite = route.kind === "item" && !["GET", "HEAD", "OPTIONS"].includes(method)
    const id = isWrite ? route.id ?? this.find(route, credential)?.id : undefined
    return this.#begin(id, isWrite && id === undefined)
  }

  /** A request that may write to any secret. */
  beginLoose(): Begun {
    return this.#begin(undefined, true)
  }

  #begin(id: string | undefined, isLoose: boolean): Begun {
    const begun = { start: ++this.#now, id, isLoose }
    if (id !== undefined) {
      this.#writing.set(id, (this.#writing.get(id) ?? 0) + 1)
    }
    this.#looseWriting += begun.isLoose ? 1 : 0
    this.#begun.add(begun)
    return begun
  }

  /** The end of an exchange: its own write is no longer under way. */
  end(begun: Begun): number {
    this.#begun.delete(begun)
    if (begun.id !== undefined) {
      const others = (this.#writing.get(begun.id) ?? 0) - 1
      if (others > 0) {
        this.#writing.set(begun.id, others)
      } else {
        this.#writing.delete(begun.id)
      }
    }
    this.#looseWriting -= begun.isLoose ? 1 : 0
    return ++this.#now
  }

  /** After an exchange was looked at. One that was cut off may have written or not. */
  ended(begun: Begun, end: number, isCertain: boolean): void {
    const known = begun.id === undefined ? undefined : this.secrets.get(begun.id)
    if (known !== undefined) {
      known.lastWriteEnd = end
      if (!isCertain) {
        this.forget(known)
      }
    }
    if (begun.isLoose) {
      this.#looseEnd = end
      if (!isCertain) {
        this.secrets.clear()
      }
    }
  }

  forget(known: Known): void {
    this.secrets.delete(known.id)
  }

  /** Whether what is known of a secret held while a request was under way: nobody else has written to it meanwhile. */
  isSettled(known: Known, start: number): boolean {
    return this.told.isComplete === true
      && !this.#writing.has(known.id)
      && known.lastWriteEnd < start
      && this.#looseWriting === 0
      && this.#looseEnd < start
  }

  /** Whether nothing else was under way, or has changed, while a request was. */
  isQuiet(start: number): boolean {
    return this.#begun.size === 0 && this.changesSince(start)?.length === 0
  }

  /** Whether a secret was there, and as it is known, while a request was under way. */
  isThere(known: Known, start: number): boolean {
    return !known.isDeleted && known.fields !== undefined && this.isSettled(known, start)
  }

  /** Takes a secret in that an answer has. */
  learn(json: A.Json, fields: Fields | undefined, end: number, layout: Layout | undefined): Known | undefined {
    const { id, workspaceId } = A.at(json, "metadata")
    if (typeof id !== "string" || id === "" || typeof workspaceId !== "string") {
      return undefined
    }
    const found = this.secrets.get(id)
    if (found !== undefined) {
      found.json = { ...("info" in found.json ? { info: found.json["info"] } : {}), ...json }
      found.fields = fields
      found.lastSeen = end
      if (layout !== undefined) {
        found.layouts.add(layout)
      }
      return found
    }
    const known: Known = {
      id,
      workspaceId,
      position: positionOf(json),
      json,
      fields,
      isDeleted: false,
      isUpdated: false,
      wasFound: false,
      layouts: new Set(layout === undefined ? [] : [layout]),
      lastWrite: undefined,
      formerExternalIds: new Set(),
      lastWriteEnd: end,
      lastSeen: end
    }
    this.secrets.set(id, known)
    bound(this.secrets, MAX_SECRETS)
    return known
  }

  change(kind: Change["kind"], id: string, end: number): void {
    this.#changes.push({ kind, id, end })
    if (this.#changes.length > MAX_CHANGES) {
      this.#forgottenChanges = this.#changes.shift()?.end ?? 0
    }
  }

  /** What has changed since then; undefined where it is no longer known. */
  changesSince(since: number): ReadonlyArray<Change> | undefined {
    return this.told.isComplete !== true || this.#forgottenChanges > since
      ? undefined
      : this.#changes.filter(({ end }) => end >= since)
  }

  /** Takes a create in, and gives those of the same external id that were under way at the same time. */
  creating(create: Create): ReadonlyArray<Create> {
    const first = Math.min(create.start, ...[...this.#begun].map(({ start }) => start))
    this.#creates = this.#creates.filter(({ end }) => end >= first)
    const same = this.#creates.filter(({ end, externalId, key }) =>
      key === create.key && externalId === create.externalId && end >= create.start
    )
    this.#creates.push(create)
    return same
  }

  issue(cursor: string, issued: Issued): void {
    // One text may be the cursor of several lists: an offset, say.
    const others = (this.cursors.get(cursor) ?? []).filter(({ key, listing }) =>
      key !== issued.key || JSON.stringify(listing) !== JSON.stringify(issued.listing)
    )
    this.cursors.set(cursor, [...others.slice(-4), issued])
    bound(this.cursors, MAX_CURSORS)
  }

  head(key: string, status: number, type: string | null, at: number): void {
    this.heads.delete(key)
    this.heads.set(key, { status, type, at })
    bound(this.heads, MAX_FACTS)
  }
}

/** The JSON of an answer; nothing where it is none. */
export const jsonOf = ({ json }: { readonly json: Either.Either<unknown, string> }): unknown =>
  Either.getOrElse(json, () => undefined)
