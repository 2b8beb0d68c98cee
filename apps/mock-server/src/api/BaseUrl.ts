type Header = string | ReadonlyArray<string> | undefined

/** A name, an IPv4 address or an IPv6 address in brackets, with an optional port. No character in it can end a string or a URL. */
const authority = /^(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z](?:[0-9A-Za-z._-]*[0-9A-Za-z])?\.?)(?::\d{1,5})?$/

/** Whether a text is a well-formed `Host`. */
export const isAuthority = (text: string): boolean => text.length <= 293 && authority.test(text)

/** The host of a URL without the brackets of an IPv6 address. */
export const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, "$1")

/** A host in the spelling of a URL. */
export const inUrl = (host: string): string => host.includes(":") ? `[${host}]` : host

/** The loopback address for each address that means "every address of this machine", in the spelling of a URL. */
const loopbackOf: Readonly<Record<string, string>> = {
  "0.0.0.0": "127.0.0.1",
  "[::]": "::1",
  "[::ffff:0:0]": "127.0.0.1"
}

const written = (host: string): string => {
  const url = `http://${inUrl(host)}`
  return URL.canParse(url) ? new URL(url).hostname : host
}

/** Whether a host means every address of this machine. A client cannot connect to it. */
export const isEveryAddress = (host: string): boolean => host === "" || Object.hasOwn(loopbackOf, written(host))

/** The host to connect to from this machine: the same host, or loopback if the server listens on every address. */
export const reachable = (host: string): string => loopbackOf[written(host === "" ? "::" : host)] ?? host

/** The URL of a server on a socket, for a program on this machine. */
export const urlOf = (host: string, port: number): string => `http://${inUrl(reachable(host))}:${port}`

/** The URL of a server that listens on an address. The host may be a name that resolves to every address. */
export const urlAt = (host: string, { address, port }: { readonly address: string; readonly port: number }): string =>
  urlOf(isEveryAddress(address) ? address : host, port)

const ofHost = (host: Header): string | undefined => {
  const url = `http://${typeof host === "string" ? host : ""}`
  if (!isAuthority(url.slice(7)) || !URL.canParse(url)) {
    return undefined
  }
  const { hostname, origin, port } = new URL(url)
  const name = bare(hostname)
  return isEveryAddress(name) ? urlOf(name, Number(port || 80)) : origin
}

/**
 * The base URL that reaches the server in the same way as this request: from a valid `Host`, otherwise from the transport, otherwise `/`.
 */
export const baseUrlOf = (
  { headers, origin }: { readonly headers: Readonly<Record<string, Header>>; readonly origin?: string | undefined }
): string => ofHost(headers["host"]) ?? origin ?? "/"

/**
 * Caches the last result of `make`. Only one, because requests with invented hosts could fill the memory otherwise.
 */
export const keepLast = <A>(make: (baseUrl: string) => A): (baseUrl: string) => A => {
  let last: { readonly baseUrl: string; readonly made: A } | undefined
  return (baseUrl) => {
    if (last?.baseUrl !== baseUrl) {
      last = { baseUrl, made: make(baseUrl) }
    }
    return last.made
  }
}
