import * as Either from "effect/Either"
import * as A from "./answer.js"
import type { Answer } from "./api.js"
import { type Expecting, holds } from "./expect.js"
import { knownFields, models } from "./published.js"

/** A key of a message, with its value and path. */
export type Found = readonly [path: string, key: string, value: unknown]

const walked = new WeakMap<object, ReadonlyArray<Found>>()

const add = (found: Array<Found>, json: unknown, path: string): void => {
  if (Array.isArray(json)) {
    json.forEach((item, i) => add(found, item, `${path}[${i}]`))
    return
  }
  for (const [key, value] of Object.entries(A.at(json))) {
    const at = `${path}.${key}`
    found.push([at, key, value])
    if (key !== "labels") {
      add(found, value, at)
    }
  }
}

/** All keys of a message, without those of labels. Cached, because several checks use it. */
export const walk = (json: unknown): ReadonlyArray<Found> => {
  if (typeof json !== "object" || json === null) {
    return []
  }
  const known = walked.get(json)
  if (known !== undefined) {
    return known
  }
  const found: Array<Found> = []
  add(found, json, "")
  walked.set(json, found)
  return found
}

const names = new Set([...models, "WorkspaceSecretInfo" as const].flatMap(knownFields))

/** The path of a key for a message that quotes nothing: unknown names may be anything. */
const place = (path: string): string =>
  path.split(/[.[\]\d]+/).filter((name) => name !== "").map((name) => names.has(name) ? name : "…").join(".")

/** Fails unless the names of all fields are lowerCamelCase. */
export const isLowerCamelCase = (answer: Answer): Expecting<void> =>
  Either.flatMap(A.object(answer), (body) => {
    const wrong = walk(body).find(([, key]) => !/^[a-z][A-Za-z0-9]*$/.test(key))
    return holds(
      wrong === undefined,
      `${answer.request}: expected names in lowerCamelCase, got ${wrong?.[0]}`,
      "expected names in lowerCamelCase"
    )
  })

/** Fails if a value is null. */
export const hasNoNull = (answer: Answer): Expecting<void> =>
  Either.flatMap(A.object(answer), (body) => {
    const wrong = walk(body).find(([, , value]) => value === null)
    return holds(
      wrong === undefined,
      `${answer.request}: expected no null, got one in ${wrong?.[0]}`,
      `${place(wrong?.[0] ?? "")}: expected no null, got one`
    )
  })

/** The times of a message. */
export const times = (body: unknown): ReadonlyArray<Found> => walk(body).filter(([, key]) => key.endsWith("At"))

/** Fails unless a value is an RFC 3339 time in UTC. */
export const isUtc = ([path, , value]: Found): Expecting<void> =>
  holds(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(String(value)) && !Number.isNaN(Date.parse(String(value))),
    `${path}: expected a time such as 2019-12-27T18:11:19.117Z, got ${String(value)}`,
    `${place(path)}: expected a time such as 2019-12-27T18:11:19.117Z`
  )

/** Fails unless a time has milliseconds. */
export const isMilliseconds = ([path, , value]: Found): Expecting<void> =>
  holds(
    /:\d\d\.\d{3}Z$/.test(String(value)),
    `${path}: expected milliseconds, got ${String(value)}`,
    `${place(path)}: expected three fractional digits`
  )
