/**
 * From a method and a path to an endpoint of the declared API.
 *
 * Segments are matched as they stand in the request and decoded after that, so that `%2F` in an id is part of the id.
 *
 * @since 0.1.0
 */

/**
 * A route: what it leads to, and the path it is served at (`/v1/workspace_secrets/:id`).
 *
 * @since 0.1.0
 * @category models
 */
export interface Route<A> {
  readonly method: string
  readonly path: string
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
  | { readonly _tag: "MethodNotAllowed"; readonly allow: ReadonlyArray<string> }
  | { readonly _tag: "MalformedPath" }
  | { readonly _tag: "NotFound" }

/**
 * Makes the lookup for some routes. The path is the raw one of the request line, without its query.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <A>(routes: ReadonlyArray<Route<A>>): (method: string, path: string) => Match<A> => {
  const patterns = new Map<string, { readonly segments: ReadonlyArray<string>; readonly methods: Map<string, A> }>()
  for (const { method, path, target } of routes) {
    const pattern = patterns.get(path) ?? { segments: path.split("/"), methods: new Map<string, A>() }
    patterns.set(path, pattern)
    pattern.methods.set(method, target)
  }
  return (method, path) => {
    const segments = path.split("/")
    for (const pattern of patterns.values()) {
      if (!fits(pattern.segments, segments)) {
        continue
      }
      const target = pattern.methods.get(method)
      if (target === undefined) {
        return { _tag: "MethodNotAllowed", allow: [...pattern.methods.keys()] }
      }
      const params = decode(pattern.segments, segments)
      return params === undefined ? { _tag: "MalformedPath" } : { _tag: "Found", target, params }
    }
    return { _tag: "NotFound" }
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
