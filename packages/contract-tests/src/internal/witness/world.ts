import * as Either from "effect/Either"
import type { Layout } from "../../Target.js"
import * as A from "../answer.js"
import { type Position, positionOf } from "../order.js"
import type { Fields } from "../secret.js"
import type { Credential, Route } from "./exchange.js"

/*
 * The known state of the server, from traffic. It contains seals instead of values and keys, and it is bounded:
 * forgotten state is not judged.
 */

/** The options of server and traffic. */
export interface Telling {
  readonly writeOnlyValues?: boolean | undefined
  readonly uppercaseNames?: boolean | undefined
  readonly omitUnsetFields?: boolean | undefined
  /** Whether all writes to the workspaces are observed: a secret then does not change between two observed writes. */
  readonly isComplete?: boolean | undefined
}

/** A known secret. */
export interface Known {
  readonly id: string
  readonly position: Position
  /** The workspace in responses. */
  readonly workspaceId: string
  /** The last complete response. */
  json: A.Json
  /** The written fields; `undefined` if uncertain. */
  fields: Fields | undefined
  isDeleted: boolean
  isUpdated: boolean
  /** Whether a get found it. */
  wasFound: boolean
  readonly layouts: Set<Layout>
  /** The behaviour of the last write, which is broken if a read returns something else. */
  lastWrite: string | undefined
  readonly formerExternalIds: Set<string>
  /** When the last write ended. */
  lastWriteEnd: number
  /** When a response last contained it. */
  lastSeen: number
}

/** A key and its known properties. */
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

/** A cursor of a page. */
export interface Issued {
  readonly key: string
  readonly listing: Listing
  readonly limit: string | undefined
  readonly includeInfo: string | undefined
  /** The ids of its page. */
  readonly page: ReadonlyArray<string>
  /** The last secret before it. */
  readonly anchor: Position | undefined
  /** When the first page was requested. */
  readonly since: number
}

/** A successful create or delete. */
interface Change {
  readonly kind: "create" | "delete"
  readonly id: string
  readonly end: number
}

/** A create with an external id. */
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

/** Removes the oldest entries of a map. */
const bound = <K, V>(map: Map<K, V>, max: number) => {
  for (const key of map.keys()) {
    if (map.size <= max) {
      return
    }
    map.delete(key)
  }
}

/** A request in flight. */
export interface Begun {
  readonly start: number
  /** The id of the secret that it may write to. */
  readonly id: string | undefined
  readonly isLoose: boolean
}

export class World {
  #now = 0
  readonly #begun = new Set<Begun>()
  /** The number of writes in flight, by secret id. */
  readonly #writing = new Map<string, number>()
  readonly secrets = new Map<string, Known>()
  readonly tenants = new Map<string, Tenant>()
  readonly cursors = new Map<string, ReadonlyArray<Issued>>()
  readonly #changes: Array<Change> = []
  #forgottenChanges = 0
  #creates: Array<Create> = []
  // Writes by an unknown external id, which may affect any secret.
  #looseWriting = 0
  #looseEnd = 0
  /** The sealed response body for a secret that never existed, by method. */
  readonly missing = new Map<string, string>()
  missingMessage: string | undefined
  /** Whether lists without includeInfo have info. */
  hasInfoUnasked: boolean | undefined
  /** Whether reads omit values. */
  leavesValuesOut: boolean | undefined
  /** Whether the server converts names to upper case. */
  uppercases: boolean | undefined
  /** Whether unset fields are omitted, by model. */
  readonly omits = new Map<string, boolean | undefined>()
  readonly origins = new Set<string>()
  /** The status and content type of the last GET response, by key and path. */
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

  /** The secret of a path. */
  find({ externalId, id }: Route, { key }: Credential): Known | undefined {
    if (id !== undefined) {
      return this.secrets.get(id)
    }
    const { workspaceId } = this.tenant(key)
    return externalId === undefined || externalId === "" || workspaceId === undefined
      ? undefined
      : this.holder(workspaceId, externalId)
  }

  /** The secret with an external id in a workspace. */
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

  /** Ends an exchange: its write is no longer in flight. */
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

  /** Called after an exchange was judged. An aborted one may have written or not. */
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

  /** Whether no other write affected a secret during a request. */
  isSettled(known: Known, start: number): boolean {
    return this.told.isComplete === true
      && !this.#writing.has(known.id)
      && known.lastWriteEnd < start
      && this.#looseWriting === 0
      && this.#looseEnd < start
  }

  /** Whether nothing else was in flight or changed during a request. */
  isQuiet(start: number): boolean {
    return this.#begun.size === 0 && this.changesSince(start)?.length === 0
  }

  /** Whether a secret existed unchanged during a request. */
  isThere(known: Known, start: number): boolean {
    return !known.isDeleted && known.fields !== undefined && this.isSettled(known, start)
  }

  /** Stores a secret of a response. */
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

  /** The changes since then; `undefined` if no longer known. */
  changesSince(since: number): ReadonlyArray<Change> | undefined {
    return this.told.isComplete !== true || this.#forgottenChanges > since
      ? undefined
      : this.#changes.filter(({ end }) => end >= since)
  }

  /** Records a create, and returns the concurrent ones with the same external id. */
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
    // Several lists may use the same cursor text, such as an offset.
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

/** The JSON of a response; `undefined` if it is not JSON. */
export const jsonOf = ({ json }: { readonly json: Either.Either<unknown, string> }): unknown =>
  Either.getOrElse(json, () => undefined)
