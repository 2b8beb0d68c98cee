import { PermissionDenied } from "@workspace-secrets/core/ApiError"
import { isIP, isIPv6 } from "node:net"
import { isAuthority } from "../api/BaseUrl.js"
import { controlRoot } from "../api/Body.js"
import type { Incoming } from "../api/Dispatcher.js"

/** An address that no other machine reaches. */
export const isLoopback = (host: string): boolean =>
  /^(?:localhost|127(?:\.(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])){3}|\[?::1\]?)$/i.test(host)

/** `127.0.0.1`, `[::1]`, `localhost` and names below it: no other machine can make a browser take them for its own (RFC 6761, 6.3). */
const isLoopbackName = (name: string): boolean => isLoopback(name) || name.endsWith(".localhost")

const isAddress = (name: string): boolean => isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0

/** In lower case, with the brackets of an IPv6 address and without the dot of an absolute name. */
const normalize = (name: string): string => {
  const lower = name.toLowerCase().replace(/\.$/, "")
  return isIPv6(lower) ? `[${lower}]` : lower
}

/** Whether a text can be allowed as a host: a name or an address, without a port. */
export const isHostName = (text: string): boolean => {
  const name = normalize(text)
  return isAuthority(name) && !/\]:|^[^[]*:/.test(name)
}

/** Whether a `Host` names this machine's loopback, whatever the port. */
export const isLoopbackHost = (host: string): boolean =>
  isAuthority(host) && isLoopbackName(normalize(host.replace(/:\d+$/, "")))

/**
 * Whether a `Host` is one that the server answers for, whatever the port: a loopback name, the address listened on, or one that is allowed.
 * A page can give its own name another address, and so get a browser to send what it likes to this server, but it cannot do that to an
 * address: where other machines reach the server, any address will do. HTTP/1.0 has requests without a `Host`; browsers do not send them.
 */
const hosts = (listened: string, allowed: ReadonlyArray<string>): (host: string | undefined) => boolean => {
  const names = new Set([listened, ...allowed].map(normalize))
  const isPublic = !isLoopback(listened)
  // Peers ask by one name: the last that was accepted is compared as it is.
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
 * Refuses what a page of another site can make a browser send, whatever the path: requests for a name that is not the server's, and those
 * that the browser itself calls cross-site, but for requests to the API from an origin that CORS allows. Without a socket, every name will do.
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
        message: "the server does not answer for the Host of this request: allow the name with --allowed-host"
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
        message: "requests of pages of other sites are refused: allow the origin of the page with --cors-origin"
          + " (corsOrigin in code); no page reaches /_mock"
      })
  }
}
