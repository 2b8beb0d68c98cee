/**
 * A reference model of workspaces, written from the wire contract only. It checks a response, and returns the state after it.
 *
 * If several errors apply, the contract does not say which one to report. The order here is: missing key, workspace without access, invalid
 * request, missing secret, duplicate external id. An invalid request reports all invalid fields of the first kind that occurs: two names
 * with different values, then wrong types and masks, then broken rules.
 */
import * as Either from "effect/Either"
import type { Answer, Call, Query } from "./Call.js"

type Json = Readonly<Record<string, unknown>>

/** A secret, as its owner sees it. */
interface Secret {
  readonly metadata: Json & {
    readonly id: string
    readonly createdAt: string
    readonly name: string
    readonly externalId?: string
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly spec: Json
}

/** The state of one key. */
export interface Workspace {
  readonly id: string
  /** The response of whoami. */
  readonly profile: Json & { readonly metadata: { readonly id: string; readonly accountId: string } }
  /** By creation time, then by id. */
  readonly secrets: ReadonlyArray<Secret>
}

/** The list of a cursor, and its position. */
interface Grant {
  readonly list: string
  readonly after: Secret
}

/** The state of a server. */
export interface World {
  /** By key number. */
  readonly workspaces: ReadonlyArray<Workspace>
  readonly cursors: ReadonlyMap<string, Grant>
  /** The response for missing, deleted and foreign secrets, which must always be the same. */
  readonly notFound: string | undefined
  /** The sent values, which no error may contain. */
  readonly values: ReadonlySet<string>
}

/** The initial state. */
export const make = (workspaces: ReadonlyArray<Omit<Workspace, "secrets">>): World => ({
  workspaces: workspaces.map((workspace) => ({ ...workspace, secrets: [] })),
  cursors: new Map(),
  notFound: undefined,
  values: new Set()
})

/** A problem of a response. It does not quote the response, which may contain secrets. */
export type Mismatch = ReadonlyArray<string>

/** The expected response: an error, or a check of its body. */
type Prediction =
  | { readonly status: number; readonly code: number; readonly fields?: ReadonlyArray<string> | undefined }
  | { readonly status: 200; readonly next: (body: Json) => Either.Either<World, Mismatch> }

/** Checks a response. Returns the state after it. */
export const step = (world: World, call: Call, answer: Answer): Either.Either<World, Mismatch> => {
  const prediction = predict(world, call)
  const code = codeOf(answer.text)
  const expected = "code" in prediction ? `${prediction.status} with code ${prediction.code}` : "200"
  if (answer.status !== prediction.status) {
    return Either.left([`answered ${answer.status}${code === undefined ? "" : ` with code ${code}`}, not ${expected}`])
  }
  if (!/^req_[0-9A-HJKMNP-TV-Z]{26}$/.test(answer.headers.get("x-request-id") ?? "")) {
    return Either.left(["has no x-request-id"])
  }
  if (answer.headers.get("content-type") !== "application/json") {
    return Either.left(["is not application/json"])
  }
  const body = parse(answer.text)
  if (!isObject(body)) {
    return Either.left(["is no JSON object"])
  }
  return "code" in prediction ? refused(withValue(world, call), prediction, answer, body) : prediction.next(body)
}

const refused = (
  world: World,
  { code, fields, status }: Extract<Prediction, { readonly code: number }>,
  { headers, text }: Answer,
  body: Json
): Either.Either<World, Mismatch> => {
  if (body["code"] !== code) {
    return Either.left([`code: not ${code}`])
  }
  const { details, message } = body
  if (typeof message !== "string" || message === "" || !Array.isArray(details)) {
    return Either.left(["is no google.rpc.Status with a message and details"])
  }
  if ([...world.values].some((value) => value !== "" && text.includes(value))) {
    return Either.left(["an error has a secret's value in it"])
  }
  if (headers.has("x-mock-missing-route")) {
    return Either.left(["speaks of a route that is missing"])
  }
  if (fields !== undefined) {
    const told = violations(details)
    const wrong = [
      ...fields.filter((field) => !told.includes(field)).map((field) => `does not tell of the field "${field}"`),
      ...(told.some((field) => !fields.includes(field)) ? ["tells of a field that is right"] : [])
    ]
    return wrong.length === 0 ? Either.right(world) : Either.left(wrong)
  }
  if (status !== 404) {
    return Either.right(world)
  }
  return world.notFound === undefined || world.notFound === text
    ? Either.right({ ...world, notFound: text })
    : Either.left(["tells missing, deleted and another's apart"])
}

/** The fields of an error. */
const violations = (details: ReadonlyArray<unknown>): ReadonlyArray<string> =>
  details.flatMap((detail) =>
    isObject(detail) && Array.isArray(detail["fieldViolations"])
      ? detail["fieldViolations"].map((violation) =>
        isObject(violation) && typeof violation["field"] === "string" ? violation["field"] : "no field"
      )
      : []
  )

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const codeOf = (text: string): number | undefined => {
  const body = parse(text)
  return isObject(body) && typeof body["code"] === "number" ? body["code"] : undefined
}

const isObject = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)

const invalid = (...fields: ReadonlyArray<string>): Prediction => ({ status: 400, code: 3, fields })
const notFound: Prediction = { status: 404, code: 5 }
const alreadyExists: Prediction = { status: 409, code: 6 }

const predict = (world: World, call: Call): Prediction => {
  const workspace = world.workspaces[call.key]
  if (workspace === undefined) {
    return { status: 401, code: 16 }
  }
  if (call.workspace !== undefined && call.workspace !== workspace.id && call.workspace !== "development") {
    return { status: 403, code: 7 }
  }
  if (call.op === "whoami") {
    return { status: 200, next: (body) => is(workspace.profile, body, world) }
  }
  if (call.op === "list") {
    return predictList(world, workspace, call)
  }
  if (call.op === "get" || call.op === "delete") {
    const secret = find(workspace, call)
    return secret === undefined
      ? notFound
      : call.op === "get"
      ? { status: 200, next: (body) => is(shown(workspace, secret), body, world) }
      : { status: 200, next: (body) => is({}, body, having(world, workspace, without(workspace, secret))) }
  }
  if (!/^application\/json/.test(call.contentType)) {
    return { status: 415, code: 3 }
  }
  const body = parse(call.body ?? "")
  return isObject(body)
    ? call.op === "create"
      ? predictCreate(withValue(world, call), workspace, body)
      : predictUpdate(withValue(world, call), workspace, call, body)
    : invalid("")
}

/** A request with the field names of the contract, and its fields with two names and different values. */
interface Renamed<A> {
  readonly json: A
  readonly conflicts: ReadonlyArray<string>
}

/** Renames a field from snake_case. */
const renamed = <A extends Json>(json: A, names: Readonly<Record<string, string>>, path = ""): Renamed<A> => {
  const given = Object.entries(names).filter(([, snake]) => Object.hasOwn(json, snake))
  const snakes = new Set(Object.values(names))
  return {
    json: {
      ...Object.fromEntries(Object.entries(json).filter(([key]) => !snakes.has(key))),
      ...Object.fromEntries(given.map(([name, snake]) => [name, json[snake]]))
    } as A,
    conflicts: given
      .filter(([name, snake]) =>
        Object.hasOwn(json, name) && JSON.stringify(json[name]) !== JSON.stringify(json[snake])
      )
      .map(([, snake]) => `${path}${snake}`)
  }
}

/** Reads a body: fields by either name, and null as absent. */
const read = (body: Json, names: Readonly<Record<string, string>>): Renamed<Json> => {
  const outer = renamed(body, names)
  const { metadata } = outer.json
  if (!isObject(metadata)) {
    return { ...outer, json: withoutNulls(outer.json) }
  }
  const inner = renamed(metadata, { externalId: "external_id" }, "metadata.")
  return {
    json: withoutNulls({ ...outer.json, metadata: inner.json }),
    conflicts: [...outer.conflicts, ...inner.conflicts]
  }
}

/** Null means absent. */
const withoutNulls = (json: Json): Json =>
  Object.fromEntries(
    Object.entries(json).filter(([, value]) => value !== null).map((
      [key, value]
    ) => [key, isObject(value) ? withoutNulls(value) : value])
  )

/** Adds a sent value. */
const withValue = (world: World, { body = "" }: Call): World => {
  const json = parse(body)
  const value = isObject(json) && isObject(json["spec"]) ? json["spec"]["value"] : undefined
  return typeof value !== "string" || world.values.has(value)
    ? world
    : { ...world, values: new Set([...world.values, value]) }
}

const find = ({ secrets }: Workspace, { target }: Call): Secret | undefined =>
  target === undefined
    ? undefined
    : "id" in target
    ? secrets.find(({ metadata }) => metadata.id === target.id)
    : secrets.find(({ metadata }) => metadata.externalId === target.externalId)

/** A secret in a response: unset fields are empty in metadata and absent in spec. */
const bare = ({ metadata, spec }: Secret): Json => ({ metadata: { externalId: "", labels: {}, ...metadata }, spec })

/** A secret with its info. */
const shown = ({ profile }: Workspace, secret: Secret): Json => ({ ...bare(secret), info: { createdBy: profile } })

const without = ({ secrets }: Workspace, secret: Secret): ReadonlyArray<Secret> =>
  secrets.filter((other) => other !== secret)

const having = (world: World, workspace: Workspace, secrets: ReadonlyArray<Secret>): World => ({
  ...world,
  workspaces: world.workspaces.map((other) => other === workspace ? { ...workspace, secrets } : other)
})

const compareText = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

const byCreation = ({ metadata: a }: Secret, { metadata: b }: Secret): number =>
  compareText(a.createdAt, b.createdAt) || compareText(a.id, b.id)

const alphanumericAtBothEnds = (text: string): boolean =>
  text.length <= 63 && /^[a-z0-9]/i.test(text) && /[a-z0-9]$/i.test(text) && /^[-a-z0-9_.]*$/i.test(text)

const isLabelKey = (key: string): boolean => {
  const [first = "", second, ...more] = key.split("/")
  return second === undefined
    ? alphanumericAtBothEnds(first)
    : more.length === 0 && alphanumericAtBothEnds(second) && first.length <= 253
      && first.split(".").every((part) => alphanumericAtBothEnds(part) && !part.includes("_"))
}

const isLabelValue = (value: unknown): boolean =>
  typeof value === "string" && (value === "" || alphanumericAtBothEnds(value))

/** Messages cut long keys to 100 characters. */
const labelField = (key: string): string =>
  /^[a-z_]\w*$/i.test(key) ? `metadata.labels.${key}` : `metadata.labels[${JSON.stringify(key.slice(0, 100))}]`

const isName = (name: unknown): boolean =>
  typeof name === "string" && name.trim().length >= 1 && name.trim().length <= 255

const isText = (u: unknown): boolean => typeof u === "string"

interface Rules {
  readonly name: (name: unknown) => boolean
  readonly externalId: (externalId: unknown) => boolean
  readonly label: (key: string, value: unknown) => boolean
}

/** The fields of a body's metadata and spec that break rules. Absent fields are valid. */
const wrongFields = ({ metadata, spec }: Json, rules: Rules): ReadonlyArray<string> => [
  ...(metadata === undefined ? [] : !isObject(metadata) ? ["metadata"] : [
    ...(metadata["name"] === undefined || rules.name(metadata["name"]) ? [] : ["metadata.name"]),
    ...(metadata["externalId"] === undefined || rules.externalId(metadata["externalId"])
      ? []
      : ["metadata.external_id"]),
    ...(metadata["labels"] === undefined
      ? []
      : !isObject(metadata["labels"])
      ? ["metadata.labels"]
      : Object.entries(metadata["labels"]).filter(([key, value]) => !rules.label(key, value)).map(([key]) =>
        labelField(key)
      ))
  ]),
  ...(spec === undefined
    ? []
    : !isObject(spec)
    ? ["spec"]
    : spec["value"] === undefined || isText(spec["value"])
    ? []
    : ["spec.value"])
]

const written: Rules = {
  name: isName,
  externalId: isText,
  label: (key, value) => isLabelKey(key) && isLabelValue(value)
}

const ofType: Rules = { name: isText, externalId: isText, label: (_, value) => isText(value) }

/** The non-empty fields. */
const withoutEmpty = (json: Json): Json =>
  Object.fromEntries(
    Object.entries(json).filter(([, value]) => value !== "" && !(isObject(value) && Object.keys(value).length === 0))
  )

/** The metadata of a request, as it is stored. */
const stored = (metadata: Json): Json => {
  const { externalId, labels, name } = metadata
  return {
    ...(typeof name === "string" ? { name: name.trim() } : {}),
    ...(externalId === undefined || externalId === "" ? {} : { externalId }),
    ...(isObject(labels) && Object.keys(labels).length > 0 ? { labels } : {})
  }
}

const isTimestamp = (u: unknown): u is string =>
  typeof u === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(u)

const isTaken = ({ secrets }: Workspace, externalId: unknown, by?: Secret): boolean =>
  externalId !== undefined && externalId !== ""
  && secrets.some((secret) => secret !== by && secret.metadata.externalId === externalId)

const predictCreate = (world: World, workspace: Workspace, sent: Json): Prediction => {
  const { conflicts, json: body } = read(sent, {})
  if (conflicts.length > 0) {
    return invalid(...conflicts)
  }
  const metadata = body["metadata"]
  const fields = [
    ...(metadata === undefined ? ["metadata"] : []),
    ...(isObject(metadata) && metadata["name"] === undefined ? ["metadata.name"] : []),
    ...(body["spec"] === undefined ? ["spec"] : []),
    ...wrongFields(body, written)
  ]
  if (fields.length > 0 || !isObject(metadata) || !isObject(body["spec"])) {
    return invalid(...fields)
  }
  const value = body["spec"]["value"]
  if (isTaken(workspace, metadata["externalId"])) {
    return alreadyExists
  }
  return {
    status: 200,
    next: (answered) => {
      const { createdAt, id } = isObject(answered["metadata"]) ? answered["metadata"] : {}
      if (typeof id !== "string" || !/^wsecret_[0-9A-HJKMNP-TV-Z]{26}$/.test(id)) {
        return Either.left(["metadata.id: no prefixed ULID"])
      }
      if (world.workspaces.some(({ secrets }) => secrets.some((other) => other.metadata.id === id))) {
        return Either.left(["metadata.id: another secret's"])
      }
      if (!isTimestamp(createdAt)) {
        return Either.left(["metadata.createdAt: no timestamp"])
      }
      const secret = {
        metadata: {
          id,
          accountId: workspace.profile.metadata.accountId,
          createdAt,
          profileId: workspace.profile.metadata.id,
          workspaceId: workspace.id,
          ...stored(metadata)
        } as Json as Secret["metadata"],
        spec: value === undefined || value === "" ? {} : { value }
      }
      const secrets = [...workspace.secrets, secret].sort(byCreation)
      return is(shown(workspace, secret), answered, having(world, workspace, secrets))
    }
  }
}

const fieldsOf: Readonly<Record<string, ReadonlyArray<string>>> = {
  "metadata.name": ["name"],
  "metadata.externalId": ["externalId"],
  "metadata.external_id": ["externalId"],
  "metadata.labels": ["labels"],
  metadata: ["name", "externalId", "labels"],
  "spec.value": ["value"],
  spec: ["value"],
  "*": ["name", "externalId", "labels", "value"]
}

const predictUpdate = (world: World, workspace: Workspace, call: Call, sent: Json): Prediction => {
  const { conflicts, json: body } = read(sent, { updateMask: "update_mask" })
  if (conflicts.length > 0) {
    return invalid(...conflicts)
  }
  const { updateMask = "" } = body
  const paths = typeof updateMask !== "string" ? undefined : updateMask === "" ? [] : updateMask.split(",")
  const isMask = paths?.every((path) => Object.hasOwn(fieldsOf, path)) ?? false
  const wrongTypes = [...wrongFields(body, ofType), ...(isMask ? [] : ["update_mask"])]
  if (wrongTypes.length > 0 || paths === undefined) {
    return invalid(...wrongTypes)
  }
  const metadata = isObject(body["metadata"]) ? body["metadata"] : {}
  const spec = isObject(body["spec"]) ? body["spec"] : {}
  const present = withoutEmpty({ ...metadata, ...spec })
  const fields = new Set(
    paths.length === 0
      ? ["name", "externalId", "labels", "value"].filter((field) => present[field] !== undefined)
      : paths.flatMap((path) => fieldsOf[path] ?? [])
  )
  const only = (json: Json) => Object.fromEntries(Object.entries(json).filter(([field]) => fields.has(field)))
  // The name must be set if the mask contains it, and in metadata without a mask.
  const lacksName = (metadata["name"] === undefined || metadata["name"] === "")
    && (fields.has("name") || (paths.length === 0 && body["metadata"] !== undefined))
  const wrong = [
    ...(lacksName ? ["metadata.name"] : []),
    ...wrongFields({ metadata: only(lacksName ? { ...metadata, name: undefined } : metadata), spec }, written)
  ]
  if (wrong.length > 0) {
    return invalid(...wrong)
  }
  const before = find(workspace, call)
  if (before === undefined) {
    return notFound
  }
  const kept = (json: Json) => Object.fromEntries(Object.entries(json).filter(([field]) => !fields.has(field)))
  const after: Secret = {
    metadata: { ...kept(before.metadata), ...stored(only(metadata)) } as Secret["metadata"],
    spec: { ...kept(before.spec), ...withoutEmpty(only(spec)) }
  }
  if (differences(before, after).length === 0) {
    return { status: 200, next: (answered) => is(shown(workspace, before), answered, world) }
  }
  if (isTaken(workspace, after.metadata.externalId, before)) {
    return alreadyExists
  }
  return {
    status: 200,
    next: (answered) => {
      const updatedAt = isObject(answered["metadata"]) ? answered["metadata"]["updatedAt"] : undefined
      if (!isTimestamp(updatedAt)) {
        return Either.left([...differences(shown(workspace, after), answered), "metadata.updatedAt: no timestamp"])
      }
      const updated = { ...after, metadata: { ...after.metadata, updatedAt } }
      const secrets = workspace.secrets.map((secret) => secret === before ? updated : secret)
      return is(shown(workspace, updated), answered, having(world, workspace, secrets))
    }
  }
}

/** The labels of a selector, or `undefined` if it is invalid. */
const selected = (selector: string): ReadonlyArray<readonly [string, string]> | undefined => {
  const pairs = selector === "" ? [] : selector.split(",").map((pair) => pair.split("="))
  return pairs.every(([key = "", , ...more]) => key !== "" && more.length === 0)
      && pairs.every((pair) => pair.length === 2)
    ? pairs.map(([key = "", value = ""]) => [key, value])
    : undefined
}

/** What binds a cursor to its list: key, filters and order. */
const listOf = (workspace: Workspace, { labels = "", prefix = "", query = "", sortOrder = "desc" }: Query): string =>
  JSON.stringify([workspace.id, labels.split(",").sort(), prefix, query, sortOrder])

const predictList = (world: World, workspace: Workspace, call: Call): Prediction => {
  const { conflicts, json: query } = renamed(call.query, { sortOrder: "sort_order", includeInfo: "include_info" })
  if (conflicts.length > 0) {
    return invalid(...conflicts)
  }
  const { cursor = "", includeInfo = "false", labels = "", limit = "0", prefix = "", sortOrder = "desc" } = query
  const selector = selected(labels)
  const wrong = [
    ...(/^\d+$/.test(limit) && Number(limit) < 2 ** 31 ? [] : ["limit"]),
    ...(selector === undefined ? ["labels"] : []),
    ...(sortOrder === "asc" || sortOrder === "desc" ? [] : ["sort_order"]),
    ...(includeInfo === "true" || includeInfo === "false" ? [] : ["include_info"])
  ]
  if (wrong.length > 0) {
    return invalid(...wrong)
  }
  const list = listOf(workspace, query)
  const grant = world.cursors.get(cursor)
  if (cursor !== "" && grant?.list !== list) {
    return invalid("cursor")
  }
  const text = (query["query"] ?? "").toLowerCase()
  const sign = sortOrder === "asc" ? 1 : -1
  const left = workspace.secrets.filter((secret) => {
    const { externalId = "", labels = {}, name } = secret.metadata
    return (grant === undefined || sign * byCreation(secret, grant.after) > 0)
      && name.startsWith(prefix)
      && (selector ?? []).every(([key, value]) => labels[key] === value)
      && [name, externalId, ...Object.entries(labels).flat()].some((each) => each.toLowerCase().includes(text))
  })
  const size = limit === "0" ? 50 : Math.min(Number(limit), 200)
  const ordered = sign === 1 ? left : [...left].reverse()
  const page = ordered.slice(0, size)
  const last = page.at(-1)
  return {
    status: 200,
    next: (body) => {
      const ids = Array.isArray(body["items"]) ? body["items"].map(idOf) : undefined
      const expected = page.map(idOf)
      if (ids === undefined || ids.join() !== expected.join()) {
        return Either.left([wrongItems(workspace, expected, ids ?? [])])
      }
      const { nextCursor = "" } = isObject(body["pagination"]) ? body["pagination"] : {}
      if (typeof nextCursor !== "string" || (nextCursor !== "") !== (ordered.length > size)) {
        return Either.left([`pagination.nextCursor: expected ${ordered.length > size ? "one" : "none"}`])
      }
      const items = page.map((secret) => includeInfo === "true" ? shown(workspace, secret) : bare(secret))
      const pagination = { nextCursor }
      if (nextCursor === "" || last === undefined) {
        return is({ items, pagination }, body, world)
      }
      const given = world.cursors.get(nextCursor)
      return given !== undefined && (given.list !== list || idOf(given.after) !== idOf(last))
        ? Either.left(["pagination.nextCursor: stands for another place, too"])
        : is({ items, pagination }, body, {
          ...world,
          cursors: new Map([...world.cursors, [nextCursor, { list, after: last }]])
        })
    }
  }
}

/** The first wrong item, or the wrong number of items. Unknown ids are not quoted. */
const wrongItems = (workspace: Workspace, expected: ReadonlyArray<unknown>, ids: ReadonlyArray<unknown>): string => {
  const i = expected.findIndex((id, i) => ids[i] !== id)
  const known = workspace.secrets.map(idOf)
  return i === -1 || i >= ids.length
    ? `items: expected ${expected.length}, not ${ids.length}`
    : `items[${i}]: expected ${String(expected[i])}, not ${known.includes(ids[i]) ? String(ids[i]) : "another"}`
}

const idOf = (secret: unknown): unknown =>
  isObject(secret) && isObject(secret["metadata"]) ? secret["metadata"]["id"] : undefined

const is = (expected: Json, body: Json, world: World): Either.Either<World, Mismatch> => {
  const wrong = differences(expected, body)
  return wrong.length === 0 ? Either.right(world) : Either.left(wrong)
}

/** The path where two bodies differ. */
const differences = (expected: unknown, is: unknown, path = ""): ReadonlyArray<string> => {
  if (Array.isArray(expected) && Array.isArray(is) && expected.length === is.length) {
    return expected.flatMap((inner, i) => differences(inner, is[i], `${path}[${i}]`))
  }
  if (isObject(expected) && isObject(is)) {
    const fields = [...new Set([...Object.keys(expected), ...Object.keys(is)])]
    return fields.flatMap((field) =>
      Object.hasOwn(expected, field)
        ? differences(expected[field], is[field], path === "" ? field : `${path}.${field}`)
        // The name may contain a secret, too.
        : [`${path === "" ? "the body" : path}: has a field that should not be there`]
    )
  }
  return expected === is
    ? []
    : [
      `${path === "" ? "the body" : path}: ${
        is === undefined
          ? "missing"
          : isText(expected) && !/spec\.value$/.test(path)
          ? `not ${JSON.stringify(expected)}`
          : "not what it should be"
      }`
    ]
}
