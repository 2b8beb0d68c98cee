import { PermissionDenied } from "@workspace-secrets/core/ApiError"
import { isIP, isIPv6 } from "node:net"
import { isAuthority } from "../api/BaseUrl.js"
import { controlRoot } from "../api/Body.js"
import type { Incoming } from "../api/Dispatcher.js"

/** Whether a host is a loopback address, which other machines cannot reach. */
export const isLoopback = (host: string): boolean =>
  /^(?:localhost|127(?:\.(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])){3}|\[?::1\]?)$/i.test(host)

/** `127.0.0.1`, `[::1]`, `localhost` and names below it, which always mean this machine (RFC 6761, 6.3). */
const isLoopbackName = (name: string): boolean => isLoopback(name) || name.endsWith(".localhost")

const isAddress = (name: string): boolean => isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0

/**
 * Normalizes a host: lower case, IPv6 addresses in brackets, no dot at the end. Looks for a colon first: the first call of `isIPv6`
 * compiles a regular expression for 16 ms, which every start would pay for.
 */
const normalize = (name: string): string => {
  const lower = name.toLowerCase().replace(/\.$/, "")
  return lower.includes(":") && isIPv6(lower) ? `[${lower}]` : lower
}

/** Whether a text is a host name or an address, without a port. */
export const isHostName = (text: string): boolean => {
  const name = normalize(text)
  return isAuthority(name) && !/\]:|^[^[]*:/.test(name)
}

/** Whether a `Host` is a loopback name, with any port. */
export const isLoopbackHost = (host: string): boolean =>
  isAuthority(host) && isLoopbackName(normalize(host.replace(/:\d+$/, "")))

/**
 * Checks a `Host` with any port: accepted are loopback names, the host listened on, and allowed hosts. This stops DNS rebinding, where a
 * page points its own name at this server. A page cannot do that with an IP address, so a server that other machines reach accepts every
 * address. A missing `Host` is accepted: browsers always send one.
 */
const hosts = (listened: string, allowed: ReadonlyArray<string>): (host: string | undefined) => boolean => {
  const names = new Set([listened, ...allowed].map(normalize))
  const isPublic = !isLoopback(listened)
  // Fast path: most clients always send the same `Host`.
  let last: string | undefined
  return (host) => {
    if (host === last || host === undefined) {
      return true
    }
    if (!isAuthority(host)) {
      return false
    }
    const name = normalize(host.replace(/:\d+$/, ""))
    const isAccepted = isLoopbackName(name) || names.has(name) || (isPublic && isAddress(name))
    if (isAccepted) {
      last = host
    }
    return isAccepted
  }
}

const headerOf = ({ headers }: Incoming, name: string): string | undefined => {
  const value = headers[name]
  return value === undefined || typeof value === "string" ? value : value.join(", ")
}

/**
 * Rejects requests that pages of other sites can make a browser send: those with a `Host` that is not accepted, and those that the browser
 * marks as cross-site, unless CORS allows the origin and the path is not `/_mock`. In process, every `Host` is accepted.
 */
export const make = (
  { allowedHosts, corsOrigin, listened }: {
    readonly listened: string | undefined
    readonly allowedHosts?: ReadonlyArray<string> | undefined
    readonly corsOrigin?: string | undefined
  }
): (incoming: Incoming) => PermissionDenied | undefined => {
  const isHost = listened === undefined ? () => true : hosts(listened, allowedHosts ?? [])
  return (incoming) => {
    if (!isHost(headerOf(incoming, "host"))) {
      return new PermissionDenied({
        message: "the server does not accept the Host of this request: allow the name with --allowed-host"
          + " (allowedHosts in code)"
      })
    }
    if (incoming.headers["sec-fetch-site"] === undefined) {
      return undefined
    }
    const origin = headerOf(incoming, "origin")
    const isPermitted = corsOrigin !== undefined && origin !== undefined && !incoming.target.startsWith(controlRoot)
      && (corsOrigin === "*" || corsOrigin === origin)
    return isPermitted || headerOf(incoming, "sec-fetch-site")?.includes("cross-site") !== true
      ? undefined
      : new PermissionDenied({
        message: "requests from pages of other sites are rejected: allow the origin of the page with --cors-origin"
          + " (corsOrigin in code); no page reaches /_mock"
      })
  }
}
