import * as A from "../answer.js"
import { type Exchange, parameter } from "./exchange.js"
import * as Sent from "./sent.js"
import type { Issued, Known, Listing, Tenant, World } from "./world.js"

/** An exchange, with the knowledge at its end. */
export interface Seen extends Exchange {
  readonly world: World
  readonly tenant: Tenant
  readonly start: number
  readonly end: number
  readonly body: Sent.Sent
  readonly mask: Sent.Mask
  /** The secret of the path, if known. */
  readonly known: Known | undefined
  /** Whether it existed unchanged during the whole exchange. */
  readonly isThere: boolean
}

/** A broken rule of requests: its behaviour, and the invalid field. */
export interface Broken {
  readonly id: string
  readonly field?: string
}

export const isSuccess = ({ answer: { status } }: Pick<Exchange, "answer">): boolean => status >= 200 && status < 300

const MIB = 1024 * 1024
const INT32 = 2 ** 31 - 1

export const listingOf = ({ query }: Exchange): Listing => {
  const some = (name: string) => {
    const value = parameter(query, name)
    return value === "" ? undefined : value
  }
  return {
    prefix: some("prefix"),
    query: some("query"),
    labels: some("labels"),
    order: parameter(query, "sortOrder") === "asc" ? "asc" : "desc"
  }
}

const isSame = (a: Listing, b: Listing): boolean =>
  a.prefix === b.prefix && a.query === b.query && a.labels === b.labels && a.order === b.order

/** The page that returned the cursor of a request, preferably of the same list. */
export const issuedOf = (seen: Seen): Issued | undefined => {
  const { credential, query, world } = seen
  const all = (world.cursors.get(query.get("cursor") ?? "") ?? []).filter(({ key }) => key === credential.key)
  const listing = listingOf(seen)
  return all.find((issued) => isSame(issued.listing, listing)) ?? all.at(-1)
}

const conflictIn = (query: URLSearchParams, camel: string, snake: string): boolean => {
  const [a, b] = [query.get(camel), query.get(snake)]
  return a !== null && b !== null && a !== b
}

const ofList = (seen: Seen): ReadonlyArray<Broken> => {
  const { query, world } = seen
  const limit = query.get("limit") ?? ""
  const includeInfo = parameter(query, "includeInfo") ?? ""
  const sortOrder = parameter(query, "sortOrder") ?? ""
  const labels = query.get("labels") ?? ""
  const cursor = query.get("cursor") ?? ""
  const listing = listingOf(seen)
  const issued = issuedOf(seen)
  const isWholeNumber = /^\d+$/.test(limit)
  const isWrong = limit !== "" && !isWholeNumber
    && (Number.isNaN(Number(limit)) || Number(limit) < 0 || !Number.isInteger(Number(limit)))
  const isCut = cursor !== "" && !world.cursors.has(cursor)
    && [...world.cursors.keys()].some((other) => other.includes(cursor) || cursor.includes(other))
  return [
    ...(includeInfo === "" || /^(true|false)$/.test(includeInfo) ? [] : [{ id: "WS-LIST-005", field: "includeInfo" }]),
    ...(isWrong ? [{ id: "WS-LIST-008", field: "limit" }] : []),
    ...(isWholeNumber && Number(limit) > INT32 ? [{ id: "WS-LIST-015", field: "limit" }] : []),
    ...(sortOrder === "" || /^(asc|desc)$/.test(sortOrder) ? [] : [{ id: "WS-LIST-012", field: "sortOrder" }]),
    ...(labels === "" || labels.split(",").every((pair) => pair.indexOf("=") > 0)
      ? []
      : [{ id: "WS-LIST-113", field: "labels" }]),
    ...(conflictIn(query, "sortOrder", "sort_order")
      ? [{ id: "WS-TRANSPORT-205", field: "sortOrder" }]
      : conflictIn(query, "includeInfo", "include_info")
      ? [{ id: "WS-TRANSPORT-205", field: "includeInfo" }]
      : []),
    ...(isCut ? [{ id: "WS-LIST-212", field: "cursor" }] : []),
    ...(issued === undefined ? [] : [
      ...(issued.listing.prefix === listing.prefix ? [] : [{ id: "WS-LIST-213", field: "cursor" }]),
      ...(issued.listing.query === listing.query ? [] : [{ id: "WS-LIST-214", field: "cursor" }]),
      ...(issued.listing.labels === listing.labels ? [] : [{ id: "WS-LIST-215", field: "cursor" }]),
      ...(issued.listing.order === listing.order ? [] : [{ id: "WS-LIST-216", field: "cursor" }])
    ])
  ]
}

/** The problems of a body as a whole. */
const ofBody = ({ body, requestHeaders, sent, sentBytes }: Seen): ReadonlyArray<Broken> => {
  const type = requestHeaders.get("content-type")
  return sentBytes > MIB
    ? [{ id: "WS-ERR-011" }]
    : sentBytes > 0 && type !== null && !/^application\/json\b/i.test(type)
    ? [{ id: "WS-ERR-012" }]
    : sent._tag === "Left"
    ? [{ id: "WS-ERR-014" }]
    : body.isObject
    ? []
    : [{ id: "WS-ERR-015" }]
}

const field = (of: string | undefined, otherwise: string) => ({ field: of ?? otherwise })

/** The secret in the key's workspace with the external id of a body. */
const holderOf = ({ body, tenant, world }: Seen): Known | undefined => {
  const { externalId } = Sent.given(body)
  return tenant.workspaceId === undefined || typeof externalId !== "string" || externalId === ""
    ? undefined
    : world.holder(tenant.workspaceId, externalId)
}

const ofCreate = (seen: Seen): ReadonlyArray<Broken> => {
  const wrong = ofBody(seen)
  const { body, start, world } = seen
  const { metadata, spec } = body
  if (wrong.length > 0) {
    return wrong
  }
  const isMissing = (u: unknown) => u === undefined || u === null
  const wrongType = Sent.wrongType({ ...body, updateMask: undefined })
  const name = Sent.nameProblem(Sent.given(body)["name"])
  const labels = Sent.wrongLabels(body)
  const holder = holderOf(seen)
  const found = [
    ...(body.conflict === undefined ? [] : [{ id: "WS-TRANSPORT-204", ...field(body.conflict, "") }]),
    ...(isMissing(metadata) || isMissing(spec)
      ? [{ id: "WS-CREATE-012", field: isMissing(metadata) ? "metadata" : "spec" }]
      : []),
    ...(wrongType === undefined ? [] : [{ id: "WS-CREATE-013", field: wrongType }]),
    ...(isMissing(metadata) || wrongType !== undefined || name === undefined
      ? []
      : [{ id: name === "missing" ? "WS-CREATE-011" : "WS-CREATE-010", field: "metadata.name" }]),
    ...(labels === undefined
      ? []
      : [{ id: labels === "key" ? "WS-CREATE-102" : "WS-CREATE-104", field: "metadata.labels" }])
  ]
  return found.length > 0 || holder === undefined || !world.isThere(holder, start)
    ? found
    : [{ id: "WS-CREATE-015" }]
}

const ofUpdate = (seen: Seen): ReadonlyArray<Broken> => {
  const wrong = ofBody(seen)
  if (wrong.length > 0) {
    return wrong
  }
  const { body, known, mask, start, world } = seen
  const { metadata } = body
  const wrongType = Sent.wrongType(body)
  if (wrongType !== undefined) {
    return [{ id: "WS-UPDATE-010", field: wrongType }]
  }
  const fields = Sent.written(body, mask)
  const { name } = Sent.given(body)
  const isNameless = name === undefined || name === null || name === ""
  const labels = fields.includes("labels") ? Sent.wrongLabels(body) : undefined
  const holder = fields.includes("externalId") ? holderOf(seen) : undefined
  const isName = { field: "metadata.name" }
  const found = [
    ...(body.conflict === undefined ? [] : [{ id: "WS-TRANSPORT-204", ...field(body.conflict, "") }]),
    ...(mask.problem === undefined
      ? []
      : [{ id: mask.problem === "ofServer" ? "WS-UPDATE-116" : "WS-UPDATE-115", field: "updateMask" }]),
    ...(mask.text === undefined
      ? isNameless
        ? metadata === undefined || metadata === null
          ? []
          : [{ id: name === "" ? "WS-UPDATE-009" : "WS-UPDATE-003", ...isName }]
        : Sent.nameProblem(name) === undefined
        ? []
        : [{ id: "WS-UPDATE-009", ...isName }]
      : fields.includes("name") && Sent.nameProblem(name) !== undefined
      ? [{ id: name === undefined || name === null ? "WS-UPDATE-113" : "WS-UPDATE-009", ...isName }]
      : []),
    ...(labels === undefined ? [] : [{ id: "WS-CREATE-106", field: "metadata.labels" }])
  ]
  return found.length > 0 || holder === undefined || holder.id === known?.id || !world.isThere(holder, start)
    ? found
    : [{ id: "WS-UPDATE-007" }]
}

/** The rules that a request breaks. */
export const brokenBy = (seen: Seen): ReadonlyArray<Broken> =>
  seen.operation === "list"
    ? ofList(seen)
    : seen.operation === "create"
    ? ofCreate(seen)
    : seen.operation === "update"
    ? ofUpdate(seen)
    : []

const usual = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,30}[A-Za-z0-9])?$/

const listParameters = ["limit", "cursor", "prefix", "query", "labels", "sortOrder", "includeInfo"]
const snakeParameters = ["sort_order", "include_info"]

/** The optional features that a request uses, as behaviours. */
const freedomsOfBody = ({ body, requestHeaders, sentBytes }: Seen): ReadonlyArray<string> => [
  ...(body.hasUnknown ? ["WS-TRANSPORT-012"] : []),
  ...(body.hasBothNames ? ["WS-TRANSPORT-206"] : []),
  ...(/charset/i.test(requestHeaders.get("content-type") ?? "") ? ["WS-ERR-013"] : []),
  ...(sentBytes > MIB / 4 ? ["WS-ERR-010"] : [])
]

export const freedomsOfList = ({ query }: Seen): ReadonlyArray<string> => {
  const limit = Number(query.get("limit") ?? "0")
  return [
    ...([...query.keys()].some((key) => !listParameters.includes(key) && !snakeParameters.includes(key))
      ? ["WS-TRANSPORT-013"]
      : []),
    ...(snakeParameters.some((key) => query.has(key))
      ? [query.has("sortOrder") || query.has("includeInfo") ? "WS-TRANSPORT-206" : "WS-TRANSPORT-203"]
      : []),
    ...(limit > 200 ? ["WS-LIST-015"] : [])
  ]
}

export const freedomsOfCreate = (seen: Seen): ReadonlyArray<string> => {
  const { body, start, tenant, world } = seen
  const { externalId, labels, name, value } = Sent.given(body)
  const trimmed = String(name).trim()
  const entries = Object.entries(A.at(labels))
  const others = [...world.secrets.values()]
  const isOurs = (known: Known) => known.workspaceId === tenant.workspaceId
  const has = typeof externalId === "string" && externalId !== ""
  const freed = has &&
    others.some((known) =>
      isOurs(known) && known.isDeleted && known.fields?.externalId === externalId && known.lastWriteEnd < start
    )
  const elsewhere = has && others.some((known) => !isOurs(known) && known.fields?.externalId === externalId)
  return [
    ...(body.hasNull ? ["WS-TRANSPORT-010"] : []),
    ...freedomsOfBody(seen),
    ...(body.isSnakeCase ? ["WS-TRANSPORT-201"] : []),
    ...(body.hasServerFields ? ["WS-CREATE-007"] : []),
    ...([...trimmed].length > 100 ? ["WS-CREATE-009"] : trimmed === name ? [] : ["WS-CREATE-008"]),
    ...(!has && others.some((known) => isOurs(known) && !known.isDeleted && known.fields?.name === trimmed)
      ? ["WS-CREATE-014"]
      : []),
    ...(freed ? ["WS-CREATE-017"] : []),
    ...(elsewhere ? ["WS-CREATE-018"] : []),
    ...(value === "" ? ["WS-CREATE-023"] : []),
    ...(externalId === "" ? ["WS-CREATE-024"] : []),
    ...(labels !== undefined && labels !== null && entries.length === 0 ? ["WS-CREATE-107"] : []),
    ...(entries.some(([key]) => !usual.test(key) || key in {}) ? ["WS-CREATE-101"] : []),
    ...(entries.some(([, label]) => !usual.test(String(label))) ? ["WS-CREATE-103"] : [])
  ]
}

/** The fields that a mask of one path writes. */
const ofPath: Readonly<Record<string, string>> = {
  "metadata.name": "WS-UPDATE-101",
  "metadata.externalId": "WS-UPDATE-102",
  "metadata.labels": "WS-UPDATE-103",
  metadata: "WS-UPDATE-104",
  "spec.value": "WS-UPDATE-105",
  spec: "WS-UPDATE-106",
  "*": "WS-UPDATE-107"
}

/** The optional features that an update uses. */
export const freedomsOfUpdate = (seen: Seen): ReadonlyArray<string> => [
  ...(seen.body.hasNull ? ["WS-TRANSPORT-011"] : []),
  ...freedomsOfBody(seen),
  ...(seen.body.isSnakeCase ? ["WS-TRANSPORT-202"] : []),
  ...(seen.body.hasServerFields && seen.mask.text === undefined ? ["WS-UPDATE-011"] : [])
]

const sameText = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

const sameLabels = (a: A.Json, b: A.Json): boolean => sameText(Object.entries(a).sort(), Object.entries(b).sort())

/** The behaviour of an update, by its fields and mask. */
export const aboutUpdate = (seen: Seen): string => {
  const { body, known, mask, start, world } = seen
  const fields = Sent.written(body, mask)
  const present = Sent.present(body)
  const empty = Sent.empties(body)
  const given = Sent.given(body)
  const before = known?.fields
  const after = before === undefined ? undefined : Sent.updated(before, body, fields)
  const isNothing = before !== undefined && after !== undefined && fields.every((field) =>
    field === "labels"
      ? sameLabels(before.labels ?? {}, after.labels ?? {})
      : sameText(before[field], after[field])
  )
  const isFreed = fields.includes("externalId") && after?.externalId !== undefined
    && [...world.secrets.values()].some((other) =>
      other.id !== known?.id && other.workspaceId === known?.workspaceId && other.lastWriteEnd < start
      && other.formerExternalIds.has(after.externalId ?? "")
    )
  if (mask.text === undefined) {
    return empty.length > 0
      ? "WS-UPDATE-015"
      : isNothing
      ? "WS-UPDATE-004"
      : isFreed || (before?.externalId !== undefined && given["externalId"] === before.externalId)
      ? "WS-UPDATE-008"
      : typeof given["name"] === "string"
          && (given["name"].trim() !== given["name"] || [...given["name"]].length > 100)
      ? "WS-UPDATE-009"
      : present.length === 4
      ? "WS-UPDATE-002"
      : "WS-UPDATE-001"
  }
  const absent = fields.filter((field) => !present.includes(field))
  const cleared = empty.filter((field) => fields.includes(field))
  const [path = ""] = mask.paths
  return isNothing
    ? absent.length > 0 ? "WS-UPDATE-117" : "WS-UPDATE-004"
    : isFreed
    ? "WS-UPDATE-008"
    : cleared.length > 0
    ? path === "*"
      ? "WS-UPDATE-119"
      : path === "metadata.labels" && empty.length === 1
      ? "WS-UPDATE-112"
      : "WS-UPDATE-118"
    : absent.length > 0
    ? mask.paths.every((one) => one.includes(".")) ? "WS-UPDATE-110" : "WS-UPDATE-111"
    : mask.text.includes("_")
    ? "WS-UPDATE-109"
    : mask.text.includes(",")
    ? "WS-UPDATE-108"
    : path === "metadata.externalId" && !present.includes("name") && body.metadata !== undefined
    ? "WS-UPDATE-114"
    : ofPath[path] ?? "WS-UPDATE-108"
}
