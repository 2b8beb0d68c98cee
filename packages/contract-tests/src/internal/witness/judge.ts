import * as Either from "effect/Either"
import type { ErrorRow } from "../../Behaviour.js"
import { behaviours } from "../../Behaviours.js"
import * as A from "../answer.js"
import { type Expecting, fail, same } from "../expect.js"
import * as Headers from "../headers.js"
import {
  hasRequiredFields,
  idOfModel,
  type Instance,
  ofPage,
  ofProfile,
  ofSecret,
  optionalFields
} from "../instances.js"
import * as Json from "../json.js"
import { isAscending, isDescending, positionOf } from "../order.js"
import * as Profile from "../profile.js"
import { type Fields, hasFields, haveFields, isMade, isSecret } from "../secret.js"
import { isScopeMissing, isServedOrNamed } from "../served.js"
import { isUlid, keepPrefixes } from "../ulid.js"
import { parameter } from "./exchange.js"
import * as Listing from "./listing.js"
import {
  aboutUpdate,
  type Broken,
  brokenBy,
  freedomsOfCreate,
  freedomsOfList,
  freedomsOfUpdate,
  isSuccess,
  issuedOf,
  listingOf,
  type Seen
} from "./rules.js"
import * as Sent from "./sent.js"
import { type Issued, jsonOf, type Known } from "./world.js"

/*
 * Judges exchanges. The checks of a response are those of the suite (`answer`, `headers`, `instances`, `json`,
 * `profile`, `secret`, `served`). This module decides which behaviours an exchange can show, and with which knowledge.
 */

/** The result for a behaviour: confirmed, or what was expected instead. */
export interface Verdict {
  readonly id: string
  readonly problem: string | undefined
}

type Verdicts = Array<Verdict>

const rows = new Map(behaviours.map(({ id, rows }) => [id, rows[0]]))

const rowOf = (id: string): ErrorRow => rows.get(id) ?? A.INVALID_ARGUMENT

const judge = (out: Verdicts, id: string, found: Expecting<unknown>): void => {
  out.push({
    id,
    problem: Either.isLeft(found) ? found.left.outline ?? "expected another answer" : undefined
  })
}

const expected = (what: string): Expecting<never> => fail(what, `expected ${what}`)

/** Whether a response says nothing about the request: no permission, rate limit, or server failure. */
const isBeside = ({ answer: { status }, isForeign }: Seen): boolean =>
  isForeign || status === 401 || status === 403 || status === 408 || status === 429 || status === 499 || status >= 500

/** Treats other success statuses as 200: only one behaviour checks the status. */
const asOk = ({ answer }: Seen) => ({ ...answer, status: 200 })

const statusOf = ({ answer }: Seen) => `status ${answer.status}`

// -- What every exchange shows -------------------------------------------------------------------------------------------------------

const isOperation = ({ operation }: Seen): boolean =>
  operation !== "head" && operation !== "preflight" && operation !== "other"

const ofTransport = (seen: Seen, out: Verdicts): void => {
  const { answer, operation, whole } = seen
  if (operation === "head" || operation === "preflight") {
    return
  }
  const isEmpty = answer.status === 204
  if (isSuccess(seen)) {
    if (!isOperation(seen)) {
      return
    }
    if (!isEmpty) {
      judge(out, "WS-TRANSPORT-002", Headers.isJsonAnswer(answer))
    }
    judge(out, "WS-TRANSPORT-004", Headers.hasRequestId(answer))
    if (Either.isRight(A.object(whole))) {
      judge(out, "WS-TRANSPORT-006", Json.isLowerCamelCase(whole))
      judge(out, "WS-TRANSPORT-017", Json.hasNoNull(whole))
      // An empty time means unset.
      const times = Json.times(jsonOf(answer)).filter(([, , value]) => value !== "")
      if (times.length > 0) {
        judge(out, "WS-TRANSPORT-008", Either.all(times.map(Json.isUtc)))
        if (times.every((time) => Either.isRight(Json.isUtc(time)))) {
          judge(out, "WS-TRANSPORT-009", Either.all(times.map(Json.isMilliseconds)))
        }
      }
    }
    if (seen.credential.isSpaced) {
      judge(out, "WS-TRANSPORT-301", Either.void)
    }
    return
  }
  if (answer.status >= 400 && !seen.isForeign) {
    judge(out, "WS-TRANSPORT-003", Headers.isJsonAnswer(answer))
    judge(out, "WS-TRANSPORT-005", Headers.hasRequestId(answer))
    if (Either.isRight(A.object(whole))) {
      judge(out, "WS-TRANSPORT-017", Json.hasNoNull(whole))
    }
  }
}

// -- The parts of answers ------------------------------------------------------------------------------------------------------------

const isSetOf = (fields: Fields | undefined): boolean | undefined =>
  fields === undefined
    ? undefined
    : fields.externalId !== undefined && fields.labels !== undefined
    ? true
    : fields.externalId === undefined && fields.labels === undefined
    ? false
    : undefined

const instancesOf = (seen: Seen): ReadonlyArray<Instance> => {
  const { answer, known, operation, start, world } = seen
  const json = A.at(jsonOf(answer))
  switch (operation) {
    case "whoami":
      return ofProfile(operation, json)
    case "list": {
      const { items, pagination } = json
      const hasMore = typeof A.at(pagination)["nextCursor"] === "string" && A.at(pagination)["nextCursor"] !== ""
      return [
        ...ofPage(operation, json, hasMore),
        ...(Array.isArray(items) ? items : []).flatMap((item) => {
          const found = world.secrets.get(String(A.at(item, "metadata")["id"]))
          return ofSecret(
            "item of list",
            A.at(item),
            found !== undefined && world.isThere(found, start) ? isSetOf(found.fields) : undefined
          )
        })
      ]
    }
    case "create":
      return ofSecret(operation, json, freedomsOfCreate(seen).length === 0 ? isSetOf(Sent.asked(seen.body)) : undefined)
    case "get":
      return ofSecret(operation, json, seen.isThere ? isSetOf(known?.fields) : undefined)
    case "update":
      return ofSecret(operation, json, undefined)
    default:
      return []
  }
}

const ofModels = (seen: Seen, out: Verdicts): void => {
  const { answer: { json }, world } = seen
  if (!isSuccess(seen) || Either.isLeft(json) || typeof json.right !== "object" || json.right === null) {
    return
  }
  const found = new Map<string, Expecting<unknown>>()
  // An absent object is reported by its parent.
  for (const instance of instancesOf(seen).filter(({ json }) => json !== undefined)) {
    const id = idOfModel(instance.model)
    const result = hasRequiredFields(instance, world.omits.get(id) ?? world.told.omitUnsetFields)
    if (Either.isRight(result)) {
      world.omits.set(id, result.right)
    }
    if (!found.has(id) || Either.isLeft(result)) {
      found.set(id, result)
    }
  }
  for (const [id, result] of found) {
    judge(out, id, result)
  }
}

// -- Who asks ------------------------------------------------------------------------------------------------------------------------

/** Judges permissions. Returns whether the server evaluated the rest of the request. */
const ofKey = (seen: Seen, out: Verdicts): boolean => {
  const { answer, credential, operation, route, tenant, world } = seen
  if (seen.isForeign || operation === "preflight" || operation === "head" || operation === "other") {
    return !seen.isForeign && answer.status !== 401 && answer.status !== 403
  }
  if (credential.form !== "bearer") {
    judge(
      out,
      credential.form === "none" ? "WS-ERR-001" : "WS-ERR-002",
      isSuccess(seen) ? expected(`a refusal, got ${statusOf(seen)}`) : A.refused(answer, A.UNAUTHENTICATED)
    )
    return false
  }
  if (answer.status === 401) {
    if (!tenant.hasSucceeded) {
      judge(out, "WS-ERR-003", A.refused(answer, A.UNAUTHENTICATED))
    }
    return false
  }
  const own = tenant.workspaceId
  const asked = route.workspace
  if (asked !== undefined && own !== undefined && asked !== own) {
    const isOther = [...world.tenants.values()].some((other) => other !== tenant && other.workspaceId === asked)
    const isLike = own.startsWith(asked) || asked.startsWith(own)
    if (isOther || isLike || isUlid(asked)) {
      const id = isOther ? "WS-ERR-005" : isLike ? "WS-ERR-019" : "WS-ERR-004"
      if (isSuccess(seen)) {
        judge(out, id, expected(`a refusal, got ${statusOf(seen)}`))
      } else if (answer.status === 403 || answer.status === 404) {
        judge(out, id, A.refused(answer, A.PERMISSION_DENIED))
      }
      return false
    }
    if (isSuccess(seen)) {
      const secrets = operation === "list" ? A.at(jsonOf(answer))["items"] : [jsonOf(answer)]
      const ids = (Array.isArray(secrets) ? secrets : []).map((one) => A.at(one, "metadata")["workspaceId"])
        .filter((one) => one !== undefined)
      if (ids.length > 0) {
        judge(
          out,
          "WS-TRANSPORT-015",
          ids.every((one) => one === own)
            ? Either.void
            : expected("the workspace's id, got another metadata.workspaceId")
        )
      }
    }
  }
  if (answer.status === 403) {
    const refused = A.refused(answer, A.PERMISSION_DENIED)
    const info = Either.isRight(refused) ? Either.getOrElse(A.errorInfo(answer, refused.right), () => ({})) : {}
    if ("reason" in info && ("required_scope" in A.at(info, "metadata") || A.at(info)["reason"] === "SCOPE_MISSING")) {
      tenant.isRestricted ||= Either.isRight(isScopeMissing(answer))
      judge(
        out,
        operation === "whoami" ? "WS-WHOAMI-008" : "WS-ERR-020",
        operation === "whoami"
          ? expected("the profile of the key, got a refusal for a scope")
          : isScopeMissing(answer)
      )
    } else if (operation === "whoami" && tenant.isRestricted) {
      judge(out, "WS-WHOAMI-008", expected("the profile of the key, got status 403"))
    }
    return false
  }
  if (operation === "whoami" && isSuccess(seen) && tenant.isRestricted) {
    judge(out, "WS-WHOAMI-008", Either.void)
  }
  return true
}

// -- Requests that break a rule, and requests that make use of a freedom -----------------------------------------------------------------

const listFields: Readonly<Record<string, string>> = { list: "WS-ERR-016", create: "WS-ERR-017", update: "WS-ERR-018" }

const ofBroken = (seen: Seen, broken: ReadonlyArray<Broken>, out: Verdicts): void => {
  const { answer, operation } = seen
  if (isSuccess(seen)) {
    for (const { id } of broken) {
      judge(out, id, expected(`a refusal, got ${statusOf(seen)}`))
    }
    return
  }
  const [only, ...others] = broken
  if (only === undefined || others.length > 0 || isBeside(seen) || answer.status === 404) {
    return
  }
  const row = rowOf(only.id)
  const isAboutNames = only.id === "WS-TRANSPORT-204" || only.id === "WS-TRANSPORT-205"
  const refused = A.refused(answer, row)
  judge(out, only.id, isAboutNames && only.field !== undefined ? A.names(answer, only.field) : refused)
  const id = isAboutNames ? undefined : listFields[operation]
  if (
    row[1] === A.INVALID_ARGUMENT[1] && row[0] === 400 && Either.isRight(refused) && only.field !== undefined
    && id !== undefined
  ) {
    judge(out, id, A.names(answer, only.field))
  }
}

/** The paths of an error's fields: in snake_case, with label keys as sent. */
const ofFields = (seen: Seen, out: Verdicts): void => {
  const { details } = A.at(jsonOf(seen.answer))
  const paths = (Array.isArray(details) ? details : []).flatMap((detail) => {
    const { fieldViolations } = A.at(detail)
    return Array.isArray(fieldViolations) ? fieldViolations.map((one) => A.at(one)["field"]) : []
  }).filter((path) => typeof path === "string")
  if (paths.length === 0 || seen.isForeign) {
    return
  }
  const labels = A.at(Sent.given(seen.body)["labels"])
  const isRight = (path: string) => {
    const key = /^metadata\.labels\.(.*)$/s.exec(path)?.[1]
    return key === undefined ? A.snakeCase(path) === path : Object.keys(labels).some((own) => key === own)
  }
  judge(
    out,
    "WS-ERR-023",
    paths.every(isRight) ? Either.void : expected("paths in snake_case, and keys of labels as they were sent")
  )
}

const isInvalid = ({ answer: { json, status } }: Seen): boolean =>
  status === 400 || status === 413 || status === 415 ||
  (status < 500 && A.at(Either.getOrElse(json, () => ({})))["code"] === 3)

/** Judges a valid request. `basic` is its behaviour, unless it uses an optional feature. */
const ofFreedoms = (
  seen: Seen,
  freedoms: ReadonlyArray<string>,
  basic: string | undefined,
  found: () => Expecting<unknown> | undefined,
  out: Verdicts
): void => {
  if (!isSuccess(seen)) {
    const isRefused = isInvalid(seen) || (seen.answer.status === 409 && seen.operation === "create"
      && freedoms.some((id) => ["WS-CREATE-014", "WS-CREATE-017", "WS-CREATE-024"].includes(id)))
    const id = freedoms.length === 0 ? basic : freedoms.length === 1 ? freedoms[0] : undefined
    if (isRefused && id !== undefined && id !== "WS-CREATE-018") {
      judge(out, id, expected(`a success, got ${statusOf(seen)}`))
    }
    return
  }
  const result = found()
  if (result === undefined) {
    return
  }
  if (Either.isRight(result)) {
    for (const id of freedoms.length > 0 ? freedoms : basic === undefined ? [] : [basic]) {
      judge(out, id, result)
    }
  } else if (freedoms.length < 2) {
    const id = freedoms[0] ?? basic
    if (id !== undefined) {
      judge(out, id, result)
    }
  }
}

// -- Secrets -------------------------------------------------------------------------------------------------------------------------

const valueOf = (json: unknown): unknown => A.at(json, "spec")["value"]

/** The fields of a secret in a response, for which written and returned form may differ. */
const asAnswered = (json: unknown, fields: Fields): Fields => {
  const { name } = A.at(json, "metadata")
  const value = valueOf(json)
  return {
    ...fields,
    name: name === fields.name.toUpperCase() ? fields.name.toUpperCase() : fields.name,
    value: fields.value !== undefined && typeof value === "string" && value !== "" ? value : fields.value
  }
}

/** The same value, and the same name, on every read: those that the sources disagree about. */
const ofContested = (
  seen: Seen,
  json: unknown,
  fields: Fields | undefined,
  out: Verdicts,
  ofValue: string = "WS-CREATE-019"
): void => {
  const { world } = seen
  const value = valueOf(json)
  const { name } = A.at(json, "metadata")
  if (fields === undefined) {
    return
  }
  if (fields.value !== undefined && "spec" in A.at(json)) {
    const isLeftOut = value === undefined
    world.leavesValuesOut ??= isLeftOut
    judge(
      out,
      "WS-TRANSPORT-018",
      world.leavesValuesOut === isLeftOut
        ? Either.void
        : expected(isLeftOut ? "spec.value, which was absent" : "no spec.value, got one")
    )
    if (typeof value === "string") {
      judge(
        out,
        ofValue,
        value === fields.value ? Either.void : expected("spec.value to be the value that was written, got another")
      )
    }
  }
  if (typeof name === "string" && fields.name !== fields.name.toUpperCase()) {
    const isUpperCase = name === fields.name.toUpperCase()
    world.uppercases ??= isUpperCase
    judge(
      out,
      "WS-CREATE-025",
      name === (world.uppercases ? fields.name.toUpperCase() : fields.name)
        ? Either.void
        : expected("metadata.name as it was sent, or in upper case, the same on every read")
    )
  }
}

const told = (seen: Seen, json: unknown, isGiven: boolean) => ({
  target: {
    workspaceId: String(A.at(json, "metadata")["workspaceId"]),
    writeOnlyValues: isGiven ? seen.world.told.writeOnlyValues : undefined
  }
})

/** The server-set fields of a secret, as `isMade` compares them. */
const madeOf = ({ fields, id, json }: Known, answer: A.Json) => ({
  id,
  fields: fields ?? { name: "" },
  answer: {
    request: "",
    status: 200,
    headers: new globalThis.Headers(),
    body: "",
    json: Either.right("info" in json ? json : { ...json, info: answer["info"] })
  }
})

const ofCreate = (seen: Seen, out: Verdicts): void => {
  const { body, credential, end, start, tenant, world } = seen
  const json = A.at(jsonOf(seen.answer))
  const fields = Sent.asked(body)
  if (fields.externalId !== undefined) {
    const create = {
      key: credential.key,
      externalId: fields.externalId,
      start,
      end,
      isMade: isSuccess(seen)
    }
    const [other] = world.creating(create)
    if (other !== undefined && (other.isMade || create.isMade)) {
      if (other.isMade && create.isMade) {
        judge(out, "WS-CREATE-016", expected("one of two creates at the same time to be refused, got two successes"))
        return
      }
      if (!create.isMade && seen.answer.status === 409) {
        judge(out, "WS-CREATE-016", A.refused(seen.answer, A.ALREADY_EXISTS))
      }
      return
    }
  }
  const isBare = fields.externalId === undefined && fields.labels === undefined && fields.value === undefined
  if (isSuccess(seen)) {
    judge(out, "WS-CREATE-001", A.that(seen.answer, seen.answer.status === 200, "status 200"))
    const { id } = A.at(json, "metadata")
    if (typeof id === "string" && !("id" in A.at(Either.getOrElse(seen.sent, () => ({})), "metadata"))) {
      judge(out, "WS-CREATE-005", A.that(seen.answer, isUlid(id), "a prefixed ULID in metadata.id"))
      if (isUlid(id)) {
        judge(
          out,
          "WS-CREATE-022",
          Either.all([
            A.that(seen.answer, isUlid(id, "wsecret"), "wsecret_ and a ULID in metadata.id"),
            keepPrefixes(seen.answer, A.at(json, "metadata"), ["accountId", "profileId", "workspaceId"])
          ])
        )
      }
    }
    ofContested(seen, json, fields, out)
    ofUnset(seen, json, fields, out)
    ofOwner(seen, json, out)
  }
  ofFreedoms(
    seen,
    freedomsOfCreate(seen),
    isBare ? "WS-CREATE-021" : "WS-CREATE-003",
    () => {
      const isServers = Either.flatMap(
        isSecret(told(seen, json, false), asOk(seen), asAnswered(json, fields)),
        (secret) => {
          const sent = A.at(Either.getOrElse(seen.sent, () => ({})), "metadata")
          const taken = ["id", "accountId", "workspaceId", "profileId", "createdAt"].find((field) =>
            field in sent && sent[field] === A.at(secret, "metadata")[field] && sent[field] !== tenant.workspaceId
          )
          return taken === undefined ? Either.void : expected(`another metadata.${taken} than the one that was sent`)
        }
      )
      return isServers
    },
    out
  )
}

/** The fields that are absent if unset. */
const ofUnset = (seen: Seen, json: A.Json, fields: Fields, out: Verdicts): void => {
  const isNew = seen.operation === "create"
  const there = optionalFields.find((path) => {
    const [part = "", field = ""] = path.split(".")
    return field in A.at(json, part) && (field === "value" ? fields.value === undefined : isNew)
  })
  // Another behaviour checks an empty value.
  if ((isNew && Sent.given(seen.body)["value"] !== "") || (!isNew && fields.value === undefined)) {
    judge(out, "WS-TRANSPORT-120", there === undefined ? Either.void : expected(`no ${there}, got one`))
  }
}

/** The creator of a secret is the profile of whoami. */
const ofOwner = (seen: Seen, json: A.Json, out: Verdicts): void => {
  const { tenant } = seen
  const { accountId, profileId } = A.at(json, "metadata")
  tenant.createdBy = { ...A.at(A.at(json, "info")["createdBy"]), profileId }
  tenant.accountId = String(accountId)
  ofProfiles(seen, out)
}

const ofProfiles = ({ tenant: { accountId, createdBy, profile } }: Seen, out: Verdicts): void => {
  const me = A.at(profile, "metadata")
  if (profile === undefined || createdBy === undefined) {
    return
  }
  const by = A.at(createdBy, "metadata")
  const hasAll = [me, by].every(({ id, name }) => typeof id === "string" && typeof name === "string" && name !== "")
  if (hasAll) {
    judge(
      out,
      "WS-WHOAMI-005",
      same({ id: by["id"], name: by["name"], profileId: createdBy["profileId"] }, {
        id: me["id"],
        name: me["name"],
        profileId: me["id"]
      }, "info.createdBy")
    )
  }
  judge(out, "WS-WHOAMI-006", same(accountId, me["accountId"], "metadata.accountId"))
}

const METHODS: Readonly<Record<string, readonly [missing: string, deleted: string, elsewhere: string]>> = {
  get: ["WS-GET-008", "WS-GET-010", "WS-GET-011"],
  update: ["WS-UPDATE-012", "WS-UPDATE-012", "WS-UPDATE-013"],
  delete: ["WS-DELETE-005", "WS-DELETE-004", "WS-DELETE-006"]
}

/** The external id of the path, in characters that need no encoding. */
const isPlain = (externalId: string): boolean => /^[A-Za-z0-9._~-]*$/.test(externalId)

/** The behaviour that a wrong address lookup breaks. */
const ofAddress = ({ operation, route: { externalId = "", rawRef } }: Seen): string =>
  operation === "update"
    ? "WS-UPDATE-006"
    : operation === "delete"
    ? "WS-DELETE-003"
    : !isPlain(externalId)
    ? "WS-GET-005"
    : rawRef.startsWith("external_id%3A")
    ? "WS-GET-003"
    : "WS-GET-004"

/** The behaviour that is broken if an existing secret is not found. */
const ofLost = (seen: Seen, known: Known): string | undefined => {
  const { route, world } = seen
  if (known.lastWrite === "WS-DELETE-006") {
    return known.lastWrite
  }
  if (route.externalId !== undefined) {
    return ofAddress(seen)
  }
  if ((world.changesSince(known.lastSeen) ?? []).some(({ kind }) => kind === "delete")) {
    // It was deleted with another secret, or was never readable.
    return known.wasFound ? "WS-DELETE-002" : undefined
  }
  return route.layout !== undefined && !known.layouts.has(route.layout)
    ? "WS-TRANSPORT-014"
    : known.wasFound
    ? "WS-GET-001"
    : "WS-CREATE-004"
}

/** Judges a not-found response. Returns whether it was one. */
const ofMissing = (seen: Seen, out: Verdicts): boolean => {
  const { answer, known, operation, route, start, tenant, world } = seen
  const ids = METHODS[operation]
  if (ids === undefined || route.kind !== "item") {
    return false
  }
  const [missing, deleted, elsewhere] = ids
  const isElsewhere = known !== undefined && tenant.workspaceId !== undefined &&
    known.workspaceId !== tenant.workspaceId
    && [...world.tenants.values()].some(({ workspaceId }) => workspaceId === known.workspaceId)
  const isGone = known?.isDeleted === true && known.lastWriteEnd < start
  const isNever = known === undefined
  const isEmptyAddress = route.externalId === ""
  const isOwnExternalId = known === undefined && route.id !== undefined && tenant.workspaceId !== undefined
    && world.holder(tenant.workspaceId, route.id) !== undefined
  const isNoUlid = operation === "get" && route.id !== undefined && !isUlid(route.id)
  const former = operation === "get" && route.externalId !== undefined && isNever
    ? world.told.isComplete === true &&
        [...world.secrets.values()].find((other) =>
          other.workspaceId === tenant.workspaceId && other.formerExternalIds.has(route.externalId ?? "")
        ) || undefined
    : undefined
  if (answer.status === 404) {
    const refused = A.refused(answer, A.NOT_FOUND)
    if (Either.isLeft(refused)) {
      judge(out, missing, refused)
      return true
    }
    const json = JSON.stringify(jsonOf(answer))
    world.missingMessage = String(refused.right["message"])
    if (known !== undefined && seen.isThere && !isElsewhere && tenant.workspaceId === known.workspaceId) {
      const id = ofLost(seen, known)
      if (id !== undefined) {
        judge(out, id, expected("the secret, got status 404"))
      }
      return true
    }
    if (isNever && route.id !== undefined && isUlid(route.id)) {
      if (operation === "delete" && world.missing.has("get")) {
        judge(
          out,
          "WS-DELETE-005",
          world.missing.get("get") === json ? Either.void : expected("the answer of get for a missing secret")
        )
      } else {
        judge(out, missing, refused)
      }
      world.missing.set(operation, json)
    } else if (isNever && former === undefined) {
      judge(
        out,
        isEmptyAddress ? "WS-CREATE-024" : isOwnExternalId ? "WS-GET-007" : isNoUlid ? "WS-GET-009" : missing,
        refused
      )
      const isLike = route.externalId !== undefined &&
        [...world.secrets.values()].some(({ fields }) =>
          fields?.externalId !== undefined && (fields.externalId.toLowerCase() === route.externalId?.toLowerCase()
            || fields.externalId.startsWith(route.externalId ?? "") || route.externalId?.startsWith(fields.externalId))
        )
      if (operation === "get" && isLike) {
        judge(out, "WS-GET-006", refused)
      }
    }
    if (former !== undefined) {
      judge(out, "WS-UPDATE-006", refused)
    }
    const reference = world.missing.get(operation)
    if ((isGone || isElsewhere) && reference !== undefined) {
      judge(
        out,
        isElsewhere ? elsewhere : deleted,
        json === reference ? Either.void : expected("the same answer as for a secret that never was, got another")
      )
    }
    if (isGone && operation === "get") {
      judge(out, "WS-DELETE-002", refused)
    }
    return true
  }
  if (answer.status === 403 && isElsewhere && route.workspace === undefined) {
    judge(out, elsewhere, A.refused(answer, A.NOT_FOUND))
    return true
  }
  if (answer.status === 400 && operation === "get" && (isNoUlid || isOwnExternalId)) {
    judge(out, isOwnExternalId ? "WS-GET-007" : "WS-GET-009", A.refused(answer, A.NOT_FOUND))
    return true
  }
  if (!isSuccess(seen)) {
    return false
  }
  const isBody = Either.isRight(A.object(answer))
  const id = isElsewhere
    ? elsewhere
    : isGone
    ? operation === "get" ? "WS-DELETE-002" : deleted
    : isEmptyAddress
    ? "WS-CREATE-024"
    : isOwnExternalId
    ? "WS-GET-007"
    : former !== undefined
    ? "WS-UPDATE-006"
    : isNever && operation === "get" && !isBody
    ? missing
    : undefined
  if (id !== undefined) {
    judge(out, id, expected(`a refusal, got ${statusOf(seen)}`))
    return true
  }
  return false
}

/** Judges a read of a known secret. */
const ofRead = (seen: Seen, known: Known, out: Verdicts): void => {
  const { answer, route } = seen
  const json = A.at(jsonOf(answer))
  const { fields } = known
  if (fields === undefined) {
    return
  }
  const isFull = fields.externalId !== undefined && fields.labels !== undefined && fields.value !== undefined
  const id = known.lastWrite ?? (isFull ? "WS-GET-002" : "WS-GET-001")
  ofContested(seen, json, fields, out, known.lastWrite)
  ofUnset(seen, json, fields, out)
  const found = isMade(told(seen, json, true), asOk(seen), madeOf(known, json), asAnswered(json, fields))
  judge(out, id, found)
  if (Either.isRight(found)) {
    if (known.lastWrite !== undefined) {
      judge(out, isFull ? "WS-GET-002" : "WS-GET-001", found)
    }
    if (!known.wasFound) {
      judge(out, "WS-CREATE-004", found)
    }
    if (route.layout !== undefined && !known.layouts.has(route.layout)) {
      judge(out, "WS-TRANSPORT-014", found)
    }
    if (route.externalId !== undefined) {
      judge(out, ofAddress(seen), found)
    }
  }
}

const ofGet = (seen: Seen, out: Verdicts): void => {
  if (ofMissing(seen, out) || !isSuccess(seen)) {
    return
  }
  const { answer, known, route } = seen
  const json = A.object(answer)
  if (Either.isLeft(json)) {
    judge(out, "WS-GET-001", json)
    return
  }
  const { externalId } = A.at(json.right, "metadata")
  if (route.externalId !== undefined && externalId !== route.externalId) {
    judge(
      out,
      isPlain(route.externalId) ? "WS-GET-006" : "WS-GET-005",
      expected("the secret with that external id, got another")
    )
    return
  }
  if (known !== undefined && seen.isThere) {
    ofRead(seen, known, out)
  } else {
    judge(out, "WS-GET-001", shape(seen, json.right))
  }
}

/** Whether a response has the shape of a secret. */
const shape = (seen: Seen, json: A.Json): Expecting<unknown> => {
  const { externalId, labels, name } = A.at(json, "metadata")
  const value = valueOf(json)
  const fields = {
    name: String(name),
    externalId: typeof externalId === "string" && externalId !== "" ? externalId : undefined,
    labels: typeof labels === "object" && labels !== null && Object.keys(labels).length > 0
      ? labels as Record<string, string>
      : undefined,
    value: typeof value === "string" ? value : undefined
  }
  return hasFields(told(seen, json, false), json, fields, seen.answer.request)
}

const ofUpdate = (seen: Seen, out: Verdicts): void => {
  const { answer, body, known, mask, route } = seen
  if (ofMissing(seen, out)) {
    return
  }
  const json = A.at(jsonOf(answer))
  const about = aboutUpdate(seen)
  if (isSuccess(seen) && route.id !== undefined && A.at(json, "metadata")["id"] !== route.id) {
    judge(out, "WS-UPDATE-012", expected("a refusal or the secret with that id, got another"))
    return
  }
  if (
    answer.status === 409 && seen.isThere && known?.fields?.externalId !== undefined
    && Sent.asked(body).externalId === known.fields.externalId
  ) {
    judge(out, "WS-UPDATE-008", expected("a success, got status 409"))
    return
  }
  if (isSuccess(seen)) {
    const { createdAt, updatedAt } = A.at(json, "metadata")
    if (typeof updatedAt === "string" && updatedAt !== "") {
      judge(
        out,
        "WS-UPDATE-005",
        Date.parse(updatedAt) >= Date.parse(String(createdAt))
          ? Either.void
          : expected("an updatedAt that is not before createdAt")
      )
    }
    if (route.externalId !== undefined && known !== undefined && seen.isThere) {
      judge(
        out,
        "WS-UPDATE-006",
        A.at(json, "metadata")["id"] === known.id ? Either.void : expected("the secret with that external id")
      )
    }
  }
  ofFreedoms(seen, freedomsOfUpdate(seen), about, () => {
    const before = known?.fields
    if (known === undefined || before === undefined || !seen.isThere) {
      return undefined
    }
    const after = Sent.updated(before, body, Sent.written(body, mask))
    ofContested(seen, json, after, out, about)
    const isNothing = about === "WS-UPDATE-004" || about === "WS-UPDATE-117" || about === "WS-UPDATE-015"
    const found = isMade(told(seen, json, false), asOk(seen), madeOf(known, json), asAnswered(json, after))
    const times = (secret: unknown) => A.at(secret, "metadata")["updatedAt"]
    return isNothing && Either.isRight(found) && times(json) !== times(known.json)
      ? expected("the updatedAt of before, got another")
      : seen.body.hasServerFields && Either.isRight(found) && "lastUsedAt" in A.at(json, "info") &&
          !("lastUsedAt" in A.at(known.json, "info"))
      ? expected("no info.lastUsedAt of a secret that was not used")
      : found
  }, out)
}

const ofDelete = (seen: Seen, out: Verdicts): void => {
  const { answer, known, route } = seen
  if (ofMissing(seen, out) || !isSuccess(seen)) {
    return
  }
  if (known === undefined && seen.world.told.isComplete === true && route.id?.endsWith("_00000000000000000000000000")) {
    // An id with the time of the Unix epoch, which no server has.
    judge(out, "WS-DELETE-005", expected(`a refusal, got ${statusOf(seen)}`))
    return
  }
  judge(out, "WS-DELETE-001", A.isBody(answer, {}))
  if (route.externalId !== undefined && known !== undefined && seen.isThere) {
    judge(out, "WS-DELETE-003", Either.void)
  }
}

const ofWhoami = (seen: Seen, out: Verdicts): void => {
  const { answer, tenant } = seen
  if (!isSuccess(seen)) {
    return
  }
  judge(out, "WS-WHOAMI-001", Profile.isProfile(answer))
  judge(out, "WS-WHOAMI-002", Profile.hasMetadata(answer))
  judge(out, "WS-WHOAMI-003", Profile.hasSpec(answer))
  judge(out, "WS-WHOAMI-007", Profile.keepsPrefixes(answer))
  tenant.profile = A.at(jsonOf(answer))
  ofProfiles(seen, out)
}

// -- Lists ---------------------------------------------------------------------------------------------------------------------------

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200

/** The changes of a list since its first page. */
const changesOf = ({ world }: Seen, issued: Issued) => {
  const all = world.changesSince(issued.since)
  return all && {
    all,
    own: all.filter(({ id }) => {
      const known = world.secrets.get(id)
      return known !== undefined && Listing.isListed(known, issued.listing)
    })
  }
}

const ofRefusedCursor = (seen: Seen, out: Verdicts): void => {
  const issued = issuedOf(seen)
  const { query, world } = seen
  const cursor = query.get("cursor") ?? ""
  if (cursor === "" || !isInvalid(seen)) {
    return
  }
  if (issued === undefined) {
    if (world.told.isComplete === true && !world.cursors.has(cursor)) {
      judge(out, "WS-LIST-211", A.refused(seen.answer, A.INVALID_ARGUMENT))
    }
    return
  }
  const isChanged = issued.limit !== (query.get("limit") ?? undefined)
    || issued.includeInfo !== parameter(query, "includeInfo")
  const changes = changesOf(seen, issued)
  const found = expected(`a page, got ${statusOf(seen)}`)
  if (isChanged && changes?.all.length === 0) {
    judge(out, "WS-LIST-217", found)
  } else if (changes !== undefined) {
    judge(out, Listing.ofChanges(issued, changes.own.length > 0 ? changes.own : changes.all), found)
  }
}

const ofList = (seen: Seen, out: Verdicts): void => {
  const { answer, query, start, tenant, world } = seen
  const freedoms = freedomsOfList(seen)
  if (!isSuccess(seen)) {
    if (query.has("cursor")) {
      ofRefusedCursor(seen, out)
    } else {
      const isPlain = [...query.keys()].every((key) => key === "prefix")
      const isBare = seen.requestHeaders.get("accept") !== "application/json"
      ofFreedoms(seen, freedoms, isPlain && isBare ? "WS-TRANSPORT-001" : undefined, () => undefined, out)
    }
    return
  }
  const found = A.page(answer)
  if (Either.isLeft(found)) {
    judge(out, "WS-LIST-001", found)
    return
  }
  const { items, nextCursor } = found.right
  const listing = listingOf(seen)
  const issued = query.has("cursor") ? issuedOf(seen) : undefined
  const isFirst = !query.has("cursor") || query.get("cursor") === ""
  if (seen.requestHeaders.get("accept") !== "application/json") {
    judge(out, "WS-TRANSPORT-001", Either.void)
  }
  for (const id of freedoms) {
    judge(out, id, Either.void)
  }
  if (seen.unknownFields.length === 0 && items.length === 0 && isFirst) {
    judge(out, "WS-LIST-001", A.that(answer, nextCursor === undefined, "no nextCursor in an empty page"))
  }
  const ids = items.map((item) => String(A.at(item, "metadata")["id"]))
  const knownItems = ids.map((id) => world.secrets.get(id))

  // What is in it.
  const isSnake = query.has("include_info") || query.has("sort_order")
  const includeInfo = parameter(query, "includeInfo")
  const gone = knownItems.filter((known) => known?.isDeleted === true && known.lastWriteEnd < start)
  const withInfo = items.filter((item) => "info" in item).length
  if (items.length > 0 && gone.length === 0) {
    if (includeInfo === "true") {
      judge(
        out,
        isSnake ? "WS-TRANSPORT-203" : "WS-LIST-003",
        withInfo === items.length ? Either.void : expected("info in all items")
      )
    } else if (includeInfo === undefined) {
      judge(out, "WS-LIST-002", withInfo === 0 ? Either.void : expected("no info in the items"))
      world.hasInfoUnasked = withInfo > 0
    } else if (world.hasInfoUnasked !== undefined) {
      judge(
        out,
        "WS-LIST-004",
        withInfo > 0 === world.hasInfoUnasked ? Either.void : expected("the same as without includeInfo")
      )
    }
  }
  const own = tenant.workspaceId
  const isOurs = (item: A.Json) => own === undefined || A.at(item, "metadata")["workspaceId"] === own
  if (own !== undefined && items.length > 0 && (seen.route.workspace === undefined || seen.route.workspace === own)) {
    judge(
      out,
      "WS-LIST-014",
      items.every(isOurs) ? Either.void : expected("secrets of the key's workspace alone, got one of another")
    )
  }
  if (gone.length > 0) {
    judge(out, "WS-DELETE-002", expected("no secret that was deleted, got one"))
  }
  const isSane = items.every(isOurs) && gone.length === 0
  items.forEach((item, i) => {
    const known = knownItems[i]
    if (known?.fields === undefined || !world.isThere(known, start) || !isOurs(item)) {
      return
    }
    ofContested(seen, item, known.fields, out, known.isUpdated ? "WS-UPDATE-014" : undefined)
    const { info: _, ...bare } = item
    judge(
      out,
      known.isUpdated ? "WS-UPDATE-014" : "WS-LIST-002",
      haveFields(told(seen, item, true), [bare], [asAnswered(item, known.fields)], "item")
    )
  })

  // Which they are.
  // A name that is written in another case than before is not the fault of a filter.
  const isOtherwise = (item: A.Json, known: Known | undefined) => {
    const [now, before] = [item, known?.json].map((json) => String(A.at(json, "metadata")["name"]))
    return known !== undefined && now !== before && now?.toLowerCase() === before?.toLowerCase()
  }
  const intruders = items.map((item, i) =>
    isOtherwise(item, knownItems[i]) ? undefined : Listing.intruder(item, listing, seen.valueHits.has(ids[i] ?? ""))
  )
    .filter((id) => id !== undefined)
  for (const id of new Set(isSane ? intruders : [])) {
    judge(out, id, expected("items that match the filters alone, got another"))
  }
  if (intruders.length === 0 && items.length > 0) {
    for (const id of Listing.filtersOf(listing, items)) {
      judge(out, id, Either.void)
    }
  }

  // In which order.
  const isInOrder = listing.order === "asc" ? isAscending : isDescending
  if (items.length > 1 && isSane) {
    const settled = items.filter((_, i) => knownItems[i]?.isUpdated !== true)
    const id = isSnake
      ? "WS-TRANSPORT-203"
      : parameter(query, "sortOrder") === undefined
      ? "WS-LIST-011"
      : listing.order === "asc"
      ? "WS-LIST-009"
      : "WS-LIST-010"
    if (isInOrder(items)) {
      judge(out, id, Either.void)
      if (settled.length < items.length) {
        judge(out, "WS-LIST-013", Either.void)
      }
    } else {
      judge(
        out,
        isInOrder(settled) ? "WS-LIST-013" : id,
        expected(
          listing.order === "asc" ? "the order of creation" : "the newest first"
        )
      )
    }
  }
  if (!isSane || intruders.length > 0 || (items.length > 1 && !isInOrder(items))) {
    return
  }

  // How many, and which are missing.
  const last = items.at(-1)
  const anchor = issued?.anchor
  const window = {
    listing,
    anchor,
    last: nextCursor === undefined || last === undefined ? undefined : positionOf(last)
  }
  const there = own === undefined
    ? []
    : [...world.secrets.values()].filter((known) => known.workspaceId === own && world.isThere(known, start))
  const limit = Number(query.get("limit") ?? "0")
  const size = limit === 0 ? DEFAULT_LIMIT : Math.min(limit, MAX_LIMIT)
  const ofLimit = limit === 0 ? "WS-LIST-006" : "WS-LIST-007"
  if (items.length > size) {
    judge(out, ofLimit, expected(`${size} items at most`))
  } else if (nextCursor !== undefined && items.length > 0) {
    const problem = expected(`${size} items where more are to come`)
    if (items.length === size) {
      judge(out, ofLimit, Either.void)
    } else if (world.told.isComplete !== true) {
      judge(out, ofLimit, problem)
    } else if (world.isQuiet(start)) {
      const behind = Listing.missingOf(
        { listing, anchor: positionOf(items.at(-1) ?? {}), last: undefined },
        there,
        new Set()
      )
      judge(
        out,
        behind.length === 0 ? "WS-LIST-202" : Listing.hasOthers(window, there) ? "WS-LIST-204" : ofLimit,
        behind.length === 0 ? expected("a nextCursor only where more is to come") : problem
      )
    }
  }
  if (!isFirst && issued === undefined) {
    return
  }
  const changes = issued === undefined ? [] : changesOf(seen, issued)?.own
  if (issued !== undefined) {
    const isChanged = issued.limit !== (query.get("limit") ?? undefined)
      || issued.includeInfo !== parameter(query, "includeInfo")
    if (isChanged) {
      judge(out, "WS-LIST-217", Either.void)
    }
    const isRepeated = items.some((item) => Listing.isRepeated(issued, item))
    if (changes === undefined) {
      return
    }
    if (items.length === 0 && changes.every(({ kind }) => kind !== "delete")) {
      judge(
        out,
        nextCursor === undefined ? "WS-LIST-203" : "WS-LIST-202",
        expected("a nextCursor only where more is to come")
      )
      return
    }
    const id = Listing.ofChanges(issued, changes)
    if (isRepeated) {
      judge(out, id, expected("the secrets behind the cursor, got one of before"))
      return
    }
  }
  // A secret created during the list may be in it or not.
  const since = issued?.since ?? start
  const missing = Listing.missingOf(
    window,
    there.filter((known) => known.lastWriteEnd < since || (known.isUpdated && known.lastWriteEnd < start)),
    new Set(ids)
  )
  const [first] = missing
  if (first === undefined) {
    if (issued !== undefined && changes !== undefined && items.length > 0) {
      judge(out, Listing.ofChanges(issued, changes), Either.void)
      if (nextCursor === undefined) {
        judge(out, "WS-LIST-202", Either.void)
        if (items.length === size) {
          judge(out, "WS-LIST-203", Either.void)
        }
      }
    }
    return
  }
  const id = issued !== undefined && changes !== undefined
    ? Listing.ofChanges(issued, changes)
    : nextCursor === undefined && items.length === size
    ? "WS-LIST-202"
    : (world.changesSince(first.lastSeen) ?? []).some(({ kind }) => kind === "delete")
    ? undefined
    : Listing.absence(listing, first)
  if (id !== undefined) {
    judge(out, id, expected("all secrets that match, got a page without one of them"))
  }
}

// -- Everything else -----------------------------------------------------------------------------------------------------------------

const allowedMethods: Readonly<Record<string, readonly [id: string, methods: string]>> = {
  collection: ["WS-ERR-007", "GET, POST"],
  item: ["WS-ERR-008", "DELETE, GET, PATCH"],
  whoami: ["WS-ERR-009", "GET"]
}

const ofOther = (seen: Seen, out: Verdicts): void => {
  const { answer, credential, method, route, world } = seen
  if (credential.form !== "bearer" || isBeside(seen) && answer.status !== 501) {
    return
  }
  const allowed = allowedMethods[route.kind]
  if (allowed !== undefined) {
    const [id, methods] = allowed
    judge(
      out,
      id,
      isSuccess(seen)
        ? expected(`a refusal, got ${statusOf(seen)}`)
        : Either.flatMap(A.refused(answer, A.METHOD_NOT_ALLOWED), () => Headers.allows(answer, methods))
    )
  } else if (route.kind === "published") {
    if (method === "GET") {
      judge(out, "WS-ERR-024", isServedOrNamed(answer, route.template))
    }
  } else if (answer.status === 404 && world.missingMessage !== undefined) {
    judge(
      out,
      "WS-ERR-006",
      Either.flatMap(
        A.refused(answer, A.NOT_FOUND),
        ({ message }) =>
          A.that(answer, message !== world.missingMessage, "another message than that for a missing secret")
      )
    )
  }
}

const ofHead = (seen: Seen, out: Verdicts): void => {
  const { answer, credential, known, query, route, start, world } = seen
  if (
    credential.form !== "bearer" || isBeside(seen) || (route.kind === "item" && known !== undefined && !seen.isThere)
  ) {
    return
  }
  const path = `${credential.key} ${route.template} ${route.workspace ?? ""} ${route.rawRef} ${query.toString()}`
  const got = world.heads.get(path)
  if (seen.operation !== "head") {
    world.head(path, answer.status, answer.headers.get("content-type"), start)
    return
  }
  if (!["collection", "item", "whoami"].includes(route.kind)) {
    return
  }
  if (answer.body !== "") {
    judge(out, "WS-TRANSPORT-302", expected("no body, got one"))
  } else if (answer.status === 405) {
    judge(out, "WS-TRANSPORT-302", expected("the answer of GET, got status 405"))
  } else if (got !== undefined) {
    judge(
      out,
      "WS-TRANSPORT-302",
      Either.all([
        same({ status: answer.status, type: answer.headers.get("content-type") }, {
          status: got.status,
          type: got.type
        }, "HEAD"),
        Headers.hasRequestId(answer)
      ])
    )
  }
}

const ofCors = (seen: Seen, out: Verdicts): void => {
  const { answer, operation, requestHeaders, world } = seen
  const origin = requestHeaders.get("origin")
  if (origin === null || (seen.isForeign && operation !== "preflight")) {
    return
  }
  const isAllowed = [origin, "*"].includes(answer.headers.get("access-control-allow-origin") ?? "")
  if (!isAllowed && !world.origins.has(origin)) {
    return
  }
  world.origins.add(origin)
  const method = requestHeaders.get("access-control-request-method")
  if (operation !== "preflight") {
    judge(out, "WS-TRANSPORT-304", Headers.isExposed(answer, origin))
  } else if (method !== null && ["GET", "POST", "PATCH", "DELETE"].includes(method)) {
    judge(out, "WS-TRANSPORT-303", Headers.isPreflight(answer, origin, method))
  }
}

/** The order of checks: whether the response is possible, field names, shape, and last the content. */
const levels: ReadonlyArray<(verdict: { readonly id: string; readonly problem: string }) => boolean> = [
  ({ problem }) => problem.startsWith("expected a refusal"),
  ({ id }) => id === "WS-TRANSPORT-006",
  ({ id }) => id === "WS-TRANSPORT-017",
  ({ id }) => /^WS-TRANSPORT-(?:008|018|1\d\d)$|^WS-CREATE-0(?:05|19|22|25)$/.test(id)
]

/** Checks that do not depend on the body. */
const ofHeaders = /^WS-TRANSPORT-00[2-5]$|^WS-TRANSPORT-30[34]$|^WS-CREATE-001$/

/** Judges an exchange. A problem is reported once, not for every behaviour that depends on it. */
export const judgeAll = (seen: Seen): ReadonlyArray<Verdict> => {
  const all = verdictsOf(seen)
  const level = levels.find((isOf) => all.some(({ id, problem }) => problem !== undefined && isOf({ id, problem })))
  return level === undefined
    ? all
    : all.filter(({ id, problem }) => problem === undefined || ofHeaders.test(id) || level({ id, problem }))
}

const verdictsOf = (seen: Seen): ReadonlyArray<Verdict> => {
  const out: Verdicts = []
  ofCors(seen, out)
  if (seen.answer.status >= 300 && seen.answer.status < 400) {
    return out
  }
  ofTransport(seen, out)
  ofModels(seen, out)
  ofHead(seen, out)
  if (seen.operation === "other") {
    ofOther(seen, out)
    return out
  }
  if (!ofKey(seen, out) || seen.operation === "head" || seen.operation === "preflight") {
    if (seen.answer.status === 403 && seen.credential.form === "bearer") {
      ofMissing(seen, out)
    }
    return out
  }
  ofFields(seen, out)
  const broken = brokenBy(seen)
  if (broken.length > 0) {
    ofBroken(seen, broken, out)
    return out
  }
  switch (seen.operation) {
    case "list":
      ofList(seen, out)
      break
    case "create":
      ofCreate(seen, out)
      break
    case "get":
      ofGet(seen, out)
      break
    case "update":
      ofUpdate(seen, out)
      break
    case "delete":
      ofDelete(seen, out)
      break
    case "whoami":
      ofWhoami(seen, out)
      break
    default:
  }
  return out
}
