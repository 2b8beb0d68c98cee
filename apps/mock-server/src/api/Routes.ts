/**
 * Finds the endpoint for a method and a path.
 *
 * Segments are matched before they are percent-decoded, so `%2F` in an id is part of the id.
 *
 * @since 0.1.0
 */
import { distance } from "fastest-levenshtein"

/**
 * The header that marks a 404 for a missing route. A 404 without it is for a missing resource.
 *
 * @since 0.1.0
 * @category constants
 */
export const missingRouteHeader = "x-mock-missing-route"

/**
 * An operation by method and path, such as `/v1/workspace_secrets/:id`. A parameter may end with a verb: `/v1/agents/:id:archive`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Endpoint {
  readonly method: string
  readonly path: `/${string}`
}

/**
 * A route: an operation with its target.
 *
 * @since 0.1.0
 * @category models
 */
export interface Route<A> extends Endpoint {
  readonly target: A
}

/**
 * The result of a lookup.
 *
 * @since 0.1.0
 * @category models
 */
export type Match<A> =
  | { readonly _tag: "Found"; readonly target: A; readonly params: Readonly<Record<string, string>> }
  /** A published operation that is not served, such as `POST /v1/agents/{id}:archive`. */
  | { readonly _tag: "Unserved"; readonly operation: string }
  | { readonly _tag: "MethodNotAllowed"; readonly allow: ReadonlyArray<string> }
  | { readonly _tag: "MalformedPath" }
  /** `nearest` is the most similar served route, such as `GET /v1/workspace_secrets/{id}`, if there is one. */
  | { readonly _tag: "NotFound"; readonly nearest: string | undefined }

interface Pattern<A> {
  readonly segments: ReadonlyArray<string>
  /** What follows the name of a parameter, such as the verb `:archive`; usually empty. */
  readonly verbs: ReadonlyArray<string>
  /** `undefined` means not served. */
  readonly methods: Map<string, { readonly target: A } | undefined>
}

/**
 * Makes a lookup for routes, and for operations that are not served. Its path is the raw path of the request, without the query.
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
    const verbs = segments.map((part) => part.replace(/^:\w*/, ""))
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
    // decodeURIComponent fails only for an invalid escape or invalid UTF-8.
    return undefined
  }
}

/*
 * Costs of differences. An empty parameter costs little: the id was probably unset.
 */
const ANOTHER_METHOD = 0.1
const EMPTY_SEGMENT = 0.1
const PARAMETER = 0.05
const EMPTY_PARAMETER = 0.15

/** The maximum difference of a suggested route: one and a half segments. */
const FARTHEST = 1.5

// Bounds the cost of a comparison, which is the product of both lengths.
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

/** The edit distance of two paths by segments. An edit costs the relative difference of two segments, at most 1. */
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
