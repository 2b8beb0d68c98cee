type Header = string | ReadonlyArray<string> | undefined

/** A name, an IPv4 address or an IPv6 address in brackets, and maybe a port: nothing that could end a string or a URL. */
const authority = /^(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z](?:[0-9A-Za-z._-]*[0-9A-Za-z])?\.?)(?::\d{1,5})?$/

/** Whether a text is a well-formed `Host`. */
export const isAuthority = (text: string): boolean => text.length <= 293 && authority.test(text)

/** The host of a URL without the brackets of an IPv6 address. */
export const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, "$1")

/** A host as a URL writes it. */
export const inUrl = (host: string): string => host.includes(":") ? `[${host}]` : host

/** The loopback address behind each address that means "every address of this machine", as a URL writes it. */
const loopbackOf: Readonly<Record<string, string>> = {
  "0.0.0.0": "127.0.0.1",
  "[::]": "::1",
  "[::ffff:0:0]": "127.0.0.1"
}

const written = (host: string): string => {
  const url = `http://${inUrl(host)}`
  return URL.canParse(url) ? new URL(url).hostname : host
}

/** Whether a server that listens there listens on every address, which is none to connect to. */
export const isEveryAddress = (host: string): boolean => host === "" || Object.hasOwn(loopbackOf, written(host))

/** Where a program on this machine connects to what listens on a host: the host itself, or a loopback address for every address. */
export const reachable = (host: string): string => loopbackOf[written(host === "" ? "::" : host)] ?? host

/** The URL of a server on a socket, for a program on this machine. */
export const urlOf = (host: string, port: number): string => `http://${inUrl(reachable(host))}:${port}`

/** The URL of a server that was to listen on a host and got an address: a name can stand for every address, too. */
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
 * The URL that a client has to put before a path of the API to reach the server as this request did. It comes from `Host` where that is
 * well-formed, and else from the transport; `/` where nobody knows.
 */
export const baseUrlOf = (
  { headers, origin }: { readonly headers: Readonly<Record<string, Header>>; readonly origin?: string | undefined }
): string => ofHost(headers["host"]) ?? origin ?? "/"

/**
 * Makes something for a base URL, and keeps what it made last: readers ask at one URL, and one for each would let a stranger fill the
 * memory with made-up hosts.
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
