import * as Either from "effect/Either"
import * as A from "../answer.js"
import { positionOf } from "../order.js"
import type { Fields } from "../secret.js"
import { isUlid } from "../ulid.js"
import { parameter } from "./exchange.js"
import { aboutUpdate, brokenBy, isSuccess, issuedOf, listingOf, type Seen } from "./rules.js"
import * as Sent from "./sent.js"
import { jsonOf, type Known } from "./world.js"

const MAX_SEEN = 400

/** The fields of a secret in a response. If reads omit the value, the written one. */
const fieldsOf = (json: unknown, value: string | undefined): Fields => {
  const { externalId, labels, name } = A.at(json, "metadata")
  const read = A.at(json, "spec")["value"]
  return {
    name: String(name),
    externalId: typeof externalId === "string" && externalId !== "" ? externalId : undefined,
    labels: Object.keys(A.at(labels)).length > 0 ? A.at(labels) as Fields["labels"] : undefined,
    value: typeof read === "string" && read !== "" ? read : value
  }
}

/** Stores the state of a secret, unless a write was in flight: the response may show the state before it. */
const learn = (
  seen: Seen,
  json: A.Json,
  value: (known: Known | undefined) => string | undefined
): Known | undefined => {
  const { end, route, start, world } = seen
  const known = world.secrets.get(String(A.at(json, "metadata")["id"]))
  return known !== undefined && (known.isDeleted || !world.isSettled(known, start))
    ? known
    : world.learn(json, fieldsOf(json, value(known)), end, route.layout)
}

const ofUpdate = (seen: Seen, json: A.Json): void => {
  const { body, end, known, mask, route, start, world } = seen
  if (known === undefined) {
    learn(seen, json, () => undefined)
    return
  }
  const fields = Sent.written(body, mask)
  const before = known.fields
  const isSettled = world.isSettled(known, start)
  const isValueWritten = fields.includes("value")
  const value = isValueWritten ? Sent.asked(body).value : before?.value
  if (before?.externalId !== undefined && fields.includes("externalId")) {
    known.formerExternalIds.add(before.externalId)
  }
  known.lastWrite = aboutUpdate(seen)
  const after = isSettled ? fieldsOf(json, value) : undefined
  if (after?.externalId !== undefined) {
    known.formerExternalIds.delete(after.externalId)
  }
  known.isUpdated = true
  world.learn(json, after, end, route.layout)
}

const ofList = (seen: Seen, json: A.Json): void => {
  const { credential, query, start, world } = seen
  const { items, pagination } = json
  const { nextCursor } = A.at(pagination)
  const all = (Array.isArray(items) ? items : []).map((item) => A.at(item))
  for (const item of all) {
    learn(seen, item, (known) => known?.fields?.value)
  }
  if (typeof nextCursor !== "string" || nextCursor === "") {
    return
  }
  const issued = query.has("cursor") ? issuedOf(seen) : undefined
  if (query.has("cursor") && query.get("cursor") !== "" && issued === undefined) {
    return
  }
  const last = all.at(-1)
  world.issue(nextCursor, {
    key: credential.key,
    listing: listingOf(seen),
    limit: query.get("limit") ?? undefined,
    includeInfo: parameter(query, "includeInfo"),
    page: [...(issued?.page ?? []), ...all.map((item) => String(A.at(item, "metadata")["id"]))].slice(-MAX_SEEN),
    anchor: last === undefined ? issued?.anchor : positionOf(last),
    since: issued?.since ?? start
  })
}

/** Updates the known state of the server after an exchange was judged. `isWrong`: whether it contradicts something. */
export const absorb = (seen: Seen, isWrong: boolean): void => {
  take(seen, isWrong)
  // In a wrong response, any part may be wrong, so later responses are not compared with it.
  const { id } = A.at(jsonOf(seen.answer), "metadata")
  const known = typeof id === "string" ? seen.world.secrets.get(id) : undefined
  if (isWrong && known !== undefined && isSuccess(seen)) {
    known.fields = undefined
  }
}

const take = (seen: Seen, isWrong: boolean): void => {
  const { answer, body, credential, end, known, operation, route, tenant, world } = seen
  if (!isSuccess(seen)) {
    if (answer.status === 404 && known?.isDeleted === false && (operation === "update" || operation === "delete")) {
      const isElsewhere = tenant.workspaceId !== undefined && known.workspaceId !== tenant.workspaceId
      if (isElsewhere) {
        known.lastWrite = operation === "update" ? "WS-UPDATE-013" : "WS-DELETE-006"
      } else {
        // Its existence is no longer known.
        world.forget(known)
      }
    }
    if (operation === "update" && known !== undefined && answer.status >= 400 && answer.status < 500) {
      known.lastWrite = brokenBy(seen)[0]?.id ?? known.lastWrite
    }
    return
  }
  if (credential.form === "bearer") {
    tenant.hasSucceeded = true
  }
  const json = A.at(jsonOf(answer))
  const found = operation === "list"
    ? Array.isArray(json["items"]) ? A.at(json["items"][0]) : {}
    : json
  const { workspaceId } = A.at(found, "metadata")
  if (
    tenant.workspaceId === undefined && typeof workspaceId === "string" && !isWrong
    && (operation === "create" || operation === "list")
    // The path may contain an alias.
    && (route.workspace === undefined || (route.workspace === workspaceId && isUlid(workspaceId)))
  ) {
    tenant.workspaceId = workspaceId
  }
  switch (operation) {
    case "create": {
      const made = world.secrets.has(String(A.at(json, "metadata")["id"]))
        ? learn(seen, json, (known) => known?.fields?.value)
        : world.learn(json, fieldsOf(json, Sent.asked(body).value), end, route.layout)
      if (made !== undefined) {
        world.change("create", made.id, end)
      }
      return
    }
    case "get": {
      if (Either.isRight(A.object(answer))) {
        const made = learn(seen, json, (known) => known?.fields?.value)
        if (made !== undefined) {
          made.wasFound = true
        }
      }
      return
    }
    case "update":
      ofUpdate(seen, json)
      return
    case "delete": {
      if (known !== undefined) {
        known.isDeleted = true
      }
      world.change("delete", known?.id ?? route.id ?? "", end)
      return
    }
    case "list":
      ofList(seen, json)
      return
    default:
  }
}
