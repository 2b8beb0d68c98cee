/**
 * Cross-origin requests from pages in browsers as the Fetch standard's CORS protocol says (WIRE.md, Transport: CORS).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Dispatch, Incoming, Outgoing } from "../api/Dispatcher.js"
import { isNow } from "../api/Now.js"
import { missingRouteHeader } from "../api/Routes.js"

/**
 * Whether a text is an origin in the spelling of browsers, such as `https://app.example.com` or `http://localhost:5173`, or `*` for every
 * origin.
 *
 * @since 0.1.0
 * @category rules
 */
export const isOrigin = (text: string): boolean =>
  text === "*" || (/^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text)

const exposed = ["x-request-id", "retry-after", missingRouteHeader].join(", ")

/** How long a browser may cache the response to a preflight, in seconds: the maximum of Chromium. */
const MAX_AGE = "7200"

const header = ({ headers }: Incoming, name: string): string | undefined => {
  const value = headers[name]
  return typeof value === "string" ? value : undefined
}

const isPreflight = (incoming: Incoming): boolean =>
  incoming.method === "OPTIONS" && header(incoming, "origin") !== undefined
  && header(incoming, "access-control-request-method") !== undefined

/** The header names that a preflight asks for, if they are valid. */
const headersOf = (incoming: Incoming): string => {
  const asked = header(incoming, "access-control-request-headers") ?? ""
  return /^[\w!#$%&'*+.^`|~-]+(?:[ \t]*,[ \t]*[\w!#$%&'*+.^`|~-]+)*$/.test(asked)
    ? asked
    : "authorization, content-type"
}

/**
 * Answers preflights, and adds CORS headers to the responses of a dispatcher. Pages of other origins get no permission: the browser hides
 * the response from them.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (allowed: string, mintRequestId: () => string) => (dispatch: Dispatch): Dispatch => {
  const permission = (incoming: Incoming): Readonly<Record<string, string>> => ({
    ...allowed === "*" ? {} : { vary: "origin" },
    ...allowed === "*" || header(incoming, "origin") === allowed ? { "access-control-allow-origin": allowed } : {}
  })
  return (incoming) => {
    const permitted = permission(incoming)
    if (isPreflight(incoming)) {
      const isAllowed = "access-control-allow-origin" in permitted
      return Either.right({
        status: 204,
        headers: {
          "x-request-id": mintRequestId(),
          ...permitted,
          ...isAllowed
            ? {
              "access-control-allow-methods": "GET, HEAD, POST, PATCH, DELETE",
              "access-control-allow-headers": headersOf(incoming),
              "access-control-max-age": MAX_AGE
            }
            : {}
        },
        body: ""
      })
    }
    const permit = (outgoing: Outgoing): Outgoing => ({
      ...outgoing,
      headers: { ...outgoing.headers, ...permitted, "access-control-expose-headers": exposed }
    })
    const outgoing = dispatch(incoming)
    return isNow(outgoing) ? Either.map(outgoing, permit) : Effect.map(outgoing, permit)
  }
}
