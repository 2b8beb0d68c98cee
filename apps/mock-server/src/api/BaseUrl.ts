type Header = string | ReadonlyArray<string> | undefined

/** A name, an IPv4 address or an IPv6 address in brackets, and maybe a port: nothing that could end a string or a URL. */
const authority = /^(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z](?:[0-9A-Za-z._-]*[0-9A-Za-z])?\.?)(?::\d{1,5})?$/

/** Whether a text is a well-formed `Host`. */
export const isAuthority = (text: string): boolean => text.length <= 293 && authority.test(text)

/** The URL of a server on a socket. */
export const urlOf = (host: string, port: number): string => `http://${host.includes(":") ? `[${host}]` : host}:${port}`

const ofHost = (host: Header): string | undefined => {
  const url = `http://${typeof host === "string" ? host : ""}`
  return isAuthority(url.slice(7)) && URL.canParse(url) ? new URL(url).origin : undefined
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
