import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import type { Service } from "../Target.js"
import * as A from "./answer.js"
import { type Answer, idOf } from "./api.js"
import { differences, type ExpectationFailed, type Expecting, fail, same } from "./expect.js"
import { emptyValues } from "./published.js"
import type { World } from "./wire.js"

/** The fields of a secret that a caller sets. */
export interface Fields {
  readonly name: string
  readonly externalId?: string | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly value?: string | undefined
}

/** A created secret, as in the server's response. */
export interface Made {
  readonly id: string
  readonly fields: Fields
  readonly answer: Answer
}

/** The body of a create, and of an update of all fields. */
export const bodyOf = ({ externalId, labels, name, value }: Fields) => ({
  metadata: { name, externalId, labels },
  spec: { value }
})

/** Creates a secret, by default with a name only. */
export const create = (
  { api, mine }: Pick<World, "api" | "mine">,
  fields: Partial<Fields> = {}
): Effect.Effect<Made, ExpectationFailed, Scope.Scope> =>
  Effect.gen(function*() {
    const all = { ...fields, name: fields.name ?? mine.name() }
    const answer = yield* api.create(bodyOf(all))
    const id = idOf(answer)
    return id === undefined
      ? yield* fail(`${answer.request}: expected a new secret to work with, got ${A.whatCame(answer)}`)
      : { id, fields: all, answer }
  })

/** Creates secrets one after the other, one for each name. */
export const createAll = (
  world: Pick<World, "api" | "mine">,
  names: ReadonlyArray<string>,
  fields: Partial<Fields> = {}
): Effect.Effect<ReadonlyArray<Made>, ExpectationFailed, Scope.Scope> =>
  Effect.forEach(names, (name) => create(world, { ...fields, name: world.mine.name(name) }))

const isTime = (u: unknown): boolean =>
  typeof u === "string" && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/.test(u)

const isId = (u: unknown): boolean => typeof u === "string" && u !== ""

const isProfile = (u: unknown): boolean => isId(A.at(u, "metadata")["id"]) && isId(A.at(u, "spec")["type"])

type StandIns = Readonly<Record<string, (u: unknown) => string | undefined>>

const standIn = (is: (u: unknown) => boolean, name: string) => (u: unknown) => is(u) ? name : undefined
// Fields that a server may write.
const optional = (is: (u: unknown) => boolean) => (u: unknown) => is(u) ? "" : undefined

const ofMetadata: StandIns = {
  id: standIn(isId, "<id>"),
  accountId: standIn(isId, "<id>"),
  profileId: standIn(isId, "<id>"),
  createdAt: standIn(isTime, "<time>"),
  updatedAt: optional(isTime)
}

const ofInfo: StandIns = { createdBy: standIn(isProfile, "<profile>"), lastUsedAt: optional(isTime) }

const replace = (json: A.Json, standIns: StandIns): A.Json =>
  Object.fromEntries(
    Object.entries(json).flatMap(([key, value]) => {
      const instead = Object.hasOwn(standIns, key) ? standIns[key]?.(value) : undefined
      return instead === "" ? [] : [[key, instead ?? value]]
    })
  )

/** Removes empty fields: a server may write or omit them. */
const withoutEmpty = (metadata: A.Json): A.Json => {
  const empty: A.Json = emptyValues("ResourceMetadata")
  return Object.fromEntries(
    Object.entries(metadata).filter(([key, value]) =>
      !Object.hasOwn(empty, key) || differences(empty[key], value, []).length > 0
    )
  )
}

/** Replaces valid ids, times and profiles of a secret's JSON with placeholders, and removes unset fields. */
const withStandIns = (secret: A.Json): A.Json => ({
  ...secret,
  ...("metadata" in secret ? { metadata: replace(withoutEmpty(A.at(secret, "metadata")), ofMetadata) } : {}),
  ...("info" in secret ? { info: replace(A.at(secret, "info"), ofInfo) } : {})
})

/** The keys that are set. */
export const withoutUndefined = (json: A.Json): A.Json =>
  Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined))

/** The known options of the server. */
export type Told = Pick<Service, "workspaceId" | "writeOnlyValues">

interface Telling {
  readonly target: Told
}

/** Whether a read may omit the value of a secret. */
const mayLeaveValueOut = ({ writeOnlyValues }: Told, secret: A.Json): boolean =>
  writeOnlyValues ?? !("value" in A.at(secret, "spec"))

/** The expected JSON of a secret with these fields, with placeholders. */
const expected = (
  target: Told,
  came: A.Json,
  { externalId, labels, name, value }: Fields,
  { info = true }: { readonly info?: boolean | undefined }
): A.Json => ({
  metadata: withoutUndefined({
    id: "<id>",
    accountId: "<id>",
    createdAt: "<time>",
    name,
    profileId: "<id>",
    workspaceId: target.workspaceId,
    externalId,
    labels
  }),
  spec: withoutUndefined({ value: mayLeaveValueOut(target, came) ? undefined : value }),
  ...(info ? { info: { createdBy: "<profile>" } } : {})
})

/**
 * Fails unless a secret's JSON has exactly these fields. Accepts both answers of a disagreement (`Disagreement`): an
 * unset field may be absent or empty, and a value may be omitted.
 */
export const hasFields = (
  { target }: Telling,
  secret: A.Json,
  fields: Fields,
  what: string,
  options: { readonly info?: boolean | undefined } = {}
): Expecting<void> => same(withStandIns(secret), expected(target, secret, fields, options), what)

/** Fails unless the items are secrets with these fields, in this order and without info. */
export const haveFields = (
  world: Telling,
  items: ReadonlyArray<A.Json>,
  all: ReadonlyArray<Fields>,
  what: string
): Expecting<void> =>
  same(
    items.map(withStandIns),
    all.map((fields, i) => expected(world.target, items[i] ?? {}, fields, { info: false })),
    what
  )

/** Fails unless the response is a secret with exactly these fields. */
export const isSecret = (
  world: Telling,
  answer: Answer,
  fields: Fields
): Expecting<A.Json> =>
  Either.flatMap(A.ok(answer), (json) => Either.map(hasFields(world, json, fields, `${answer.request}:`), () => json))

const setByServer = (secret: unknown) => {
  const { accountId, createdAt, id, profileId, workspaceId } = A.at(secret, "metadata")
  return { id, accountId, createdAt, profileId, workspaceId, createdBy: A.at(secret, "info")["createdBy"] }
}

/** Fails unless the response is the created secret with these fields, and with unchanged server-set fields. */
export const isMade = (
  world: Telling,
  answer: Answer,
  made: Made,
  fields: Fields = made.fields
): Expecting<A.Json> =>
  Either.gen(function*() {
    const json = yield* isSecret(world, answer, fields)
    const { right } = made.answer.json as { readonly right: unknown }
    yield* same(
      setByServer(json),
      setByServer(right),
      `${answer.request}: what the server sets when it creates a secret`
    )
    return json
  })
