type Fetch = typeof fetch

/** Wraps a `fetch` and collects each API key and the start of each value that is sent, to check that no output contains them. */
export const keeping = (secrets: Set<string>, between: (right: Fetch) => Fetch) => (right: Fetch): Fetch => {
  const fetch = between(right)
  return async (input, init) => {
    const request = new Request(input, init)
    const key = request.headers.get("authorization")?.slice("Bearer ".length)
    // Long enough to be unique, and before the first escaped character.
    const values = (await request.clone().text()).matchAll(/"value":"([\w-]{12})/g)
    for (const secret of [key, ...[...values].map(([, value]) => value)]) {
      if (secret !== undefined) {
        secrets.add(secret)
      }
    }
    return fetch(request)
  }
}
