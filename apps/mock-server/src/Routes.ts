/**
 * From a method and a path to an endpoint of the declared API.
 *
 * Segments are matched as they stand in the request and decoded after that, so that `%2F` in an id is part of the id.
 *
 * @since 0.1.0
 */
import { distance } from "fastest-levenshtein"

/**
 * The header, `true`, of the answer to a path that has no route. An answer without it speaks of a resource.
 *
 * @since 0.1.0
 * @category constants
 */
export const missingRouteHeader = "x-mock-missing-route"

/**
 * An operation by its method and path (`/v1/workspace_secrets/:id`).
 *
 * @since 0.1.0
 * @category models
 */
export interface Endpoint {
  readonly method: string
  readonly path: `/${string}`
}

/**
 * A route: an operation and what it leads to.
 *
 * @since 0.1.0
 * @category models
 */
export interface Route<A> extends Endpoint {
  readonly target: A
}

/**
 * What a request leads to.
 *
 * @since 0.1.0
 * @category models
 */
export type Match<A> =
  | { readonly _tag: "Found"; readonly target: A; readonly params: Readonly<Record<string, string>> }
  /** An operation that is known and not served. */
  | { readonly _tag: "Unserved" }
  | { readonly _tag: "MethodNotAllowed"; readonly allow: ReadonlyArray<string> }
  | { readonly _tag: "MalformedPath" }
  /** `nearest` is the route that the request resembles most, such as `GET /v1/workspace_secrets/{id}`, if any. */
  | { readonly _tag: "NotFound"; readonly nearest: string | undefined }

interface Pattern<A> {
  readonly segments: ReadonlyArray<string>
  /** No target: not served. */
  readonly methods: Map<string, { readonly target: A } | undefined>
}

/**
 * Makes the lookup for some routes, and for operations that are known and not served. The path is the raw one of the
 * request line, without its query.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <A>(
  routes: ReadonlyArray<Route<A>>,
  unserved: ReadonlyArray<Endpoint> = []
): (method: string, path: string) => Match<A> => {
  const patterns = new Map<string, Pattern<A>>()
  const patternOf = (path: string): Pattern<A> => {
    const pattern = patterns.get(path) ?? { segments: path.split("/"), methods: new Map() }
    patterns.set(path, pattern)
    return pattern
  }
  for (const { method, path } of unserved) {
    patternOf(path).methods.set(method, undefined)
  }
  for (const { method, path, target } of routes) {
    patternOf(path).methods.set(method, { target })
  }
  return (method, path) => {
    const segments = path.split("/")
    for (const pattern of patterns.values()) {
      if (!fits(pattern.segments, segments)) {
        continue
      }
      const found = pattern.methods.get(method)
      if (found === undefined) {
        return pattern.methods.has(method)
          ? { _tag: "Unserved" }
          : { _tag: "MethodNotAllowed", allow: [...pattern.methods.keys()] }
      }
      const params = decode(pattern.segments, segments)
      return params === undefined ? { _tag: "MalformedPath" } : { _tag: "Found", target: found.target, params }
    }
    return { _tag: "NotFound", nearest: nearest(patterns.values(), method, segments) }
  }
}

const fits = (pattern: ReadonlyArray<string>, segments: ReadonlyArray<string>): boolean =>
  pattern.length === segments.length
  && pattern.every((part, i) => part.startsWith(":") ? segments[i] !== "" : part === segments[i])

const decode = (
  pattern: ReadonlyArray<string>,
  segments: ReadonlyArray<string>
): Readonly<Record<string, string>> | undefined => {
  const params: Record<string, string> = {}
  try {
    pattern.forEach((part, i) => {
      if (part.startsWith(":")) {
        params[part.slice(1)] = decodeURIComponent(segments[i] ?? "")
      }
    })
    return params
  } catch {
    // decodeURIComponent has one way to fail: an escape that is none, or that is no UTF-8.
    return undefined
  }
}

/*
 * Costs of what differs. Nothing in the place of a parameter is an id that was not set, rather than a slash too many, for a method
 * that needs an id.
 */
const ANOTHER_METHOD = 0.1
const EMPTY_SEGMENT = 0.1
const PARAMETER = 0.05
const EMPTY_PARAMETER = 0.15

/** How much a request may differ from the route that it is told of: a segment more or less, and half a segment. */
const FARTHEST = 1.5

// A request decides how long its path is, and the comparison takes the product of two lengths.
const MAX_SEGMENTS = 12
const MAX_SEGMENT = 64

const nearest = (
  patterns: Iterable<Pattern<unknown>>,
  method: string,
  segments: ReadonlyArray<string>
): string | undefined => {
  if (segments.length > MAX_SEGMENTS) {
    return undefined
  }
  let best: string | undefined
  let least = FARTHEST
  for (const pattern of patterns) {
    const far = difference(pattern.segments, segments) + (pattern.methods.has(method) ? 0 : ANOTHER_METHOD)
    if (far <= least) {
      const [first = method] = pattern.methods.keys()
      least = far
      best = `${pattern.methods.has(method) ? method : first} ${
        pattern.segments.map((part) => part.replace(/^:(.*)$/, "{$1}")).join("/")
      }`
    }
  }
  return best
}

/** The edit distance of two paths by segments; each edit costs what the segment lacks of the other, at most 1. */
const difference = (pattern: ReadonlyArray<string>, segments: ReadonlyArray<string>): number => {
  const gap = (segment: string) => segment === "" ? EMPTY_SEGMENT : 1
  let row = pattern.reduce<Array<number>>((costs, part) => [...costs, (costs.at(-1) ?? 0) + gap(part)], [0])
  for (const segment of segments) {
    const before = row
    row = [(before[0] ?? 0) + gap(segment)]
    pattern.forEach((part, i) => {
      row.push(Math.min(
        (before[i] ?? 0) + segmentDifference(part, segment),
        (before[i + 1] ?? 0) + gap(segment),
        (row[i] ?? 0) + gap(part)
      ))
    })
  }
  return row.at(-1) ?? Infinity
}

const segmentDifference = (part: string, segment: string): number =>
  part.startsWith(":")
    ? segment === "" ? EMPTY_PARAMETER : PARAMETER
    : distance(part.toLowerCase(), segment.slice(0, MAX_SEGMENT).toLowerCase()) /
      Math.max(part.length, Math.min(segment.length, MAX_SEGMENT), 1)
