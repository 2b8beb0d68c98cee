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
 * An operation by its method and path (`/v1/workspace_secrets/:id`). A parameter may have a verb behind it: `/v1/agents/:id:archive`.
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
  /** An operation that is known and not served, such as `POST /v1/agents/{id}:archive`. */
  | { readonly _tag: "Unserved"; readonly operation: string }
  | { readonly _tag: "MethodNotAllowed"; readonly allow: ReadonlyArray<string> }
  | { readonly _tag: "MalformedPath" }
  /** `nearest` is the served route that the request resembles most, such as `GET /v1/workspace_secrets/{id}`, if any. */
  | { readonly _tag: "NotFound"; readonly nearest: string | undefined }

interface Pattern<A> {
  readonly segments: ReadonlyArray<string>
  /** The verb behind each parameter, `:archive`; empty where there is none. */
  readonly verbs: ReadonlyArray<string>
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
    const segments = path.split("/")
    const verbs = segments.map((part) => part.replace(/^:\w*|^[^:].*/, ""))
    const pattern = patterns.get(path) ?? { segments, verbs, methods: new Map() }
    patterns.set(path, pattern)
    return pattern
  }
  for (const { method, path, target } of routes) {
    patternOf(path).methods.set(method, { target })
  }
  const served = [...patterns.values()].map((pattern) => ({ ...pattern, methods: new Map(pattern.methods) }))
  for (const { method, path } of unserved) {
    const { methods } = patternOf(path)
    if (!methods.has(method)) {
      methods.set(method, undefined)
    }
  }
  return (method, path) => {
    const segments = path.split("/")
    const wanted = method === "HEAD" ? "GET" : method
    const allow = new Set<string>()
    for (const pattern of patterns.values()) {
      const { methods } = pattern
      if (!fits(pattern, segments)) {
        continue
      }
      if (!methods.has(wanted)) {
        methods.forEach((_, method) => allow.add(method))
        continue
      }
      const found = methods.get(wanted)
      if (found === undefined) {
        return { _tag: "Unserved", operation: `${wanted} ${format(pattern.segments)}` }
      }
      const params = decode(pattern, segments)
      return params === undefined ? { _tag: "MalformedPath" } : { _tag: "Found", target: found.target, params }
    }
    return allow.size > 0
      ? {
        _tag: "MethodNotAllowed",
        allow: [...allow].flatMap((method) => method === "GET" ? [method, "HEAD"] : method)
      }
      : { _tag: "NotFound", nearest: nearest(served, wanted, segments) }
  }
}

/** A path with its parameters in braces. */
const format = (pattern: ReadonlyArray<string>): string =>
  pattern.map((part) => part.replace(/^:(\w*)/, "{$1}")).join("/")

const fits = (pattern: Pattern<unknown>, segments: ReadonlyArray<string>): boolean =>
  pattern.segments.length === segments.length
  && pattern.segments.every((part, i) => {
    const segment = segments[i] ?? ""
    if (!part.startsWith(":")) {
      return part === segment
    }
    const verb = pattern.verbs[i] ?? ""
    return segment.length > verb.length && segment.endsWith(verb)
  })

const decode = (
  pattern: Pattern<unknown>,
  segments: ReadonlyArray<string>
): Readonly<Record<string, string>> | undefined => {
  const params: Record<string, string> = {}
  try {
    pattern.segments.forEach((part, i) => {
      if (part.startsWith(":")) {
        const verb = pattern.verbs[i] ?? ""
        const segment = segments[i] ?? ""
        params[part.slice(1, part.length - verb.length)] = decodeURIComponent(
          segment.slice(0, segment.length - verb.length)
        )
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
      best = `${pattern.methods.has(method) ? method : first} ${format(pattern.segments)}`
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
