/** A workspace in memory, with the part of the API that the suite itself needs. A page has two secrets. */
export interface Memory {
  readonly fetch: typeof globalThis.fetch
  /** The names of the existing secrets. */
  readonly names: () => ReadonlyArray<string>
  /** The requests, such as `GET /v1/workspace_secrets?limit=1`. */
  readonly asked: Array<string>
}

interface Options {
  /** The names of the initial secrets. */
  readonly names?: ReadonlyArray<string>
  /** Whether `query` has an effect. */
  readonly filters?: boolean
  /** Whether the paths without a workspace are served. */
  readonly unscoped?: boolean
  /** The status of every DELETE. */
  readonly deletes?: number
}

export const make = ({ deletes = 200, filters = true, names = [], unscoped = true }: Options = {}): Memory => {
  let next = 0
  const secrets = new Map<string, string>()
  const add = (name: string) => {
    const id = `id-${String(next++).padStart(4, "0")}`
    secrets.set(id, name)
    return { metadata: { id, name, workspaceId: "wksp_found" }, spec: {} }
  }
  names.forEach(add)
  const asked: Array<string> = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    const { pathname, search, searchParams } = new URL(request.url)
    asked.push(`${request.method} ${pathname}${search}`)
    if (request.headers.get("authorization") !== "Bearer canary-key") {
      return Response.json({ code: 16, message: "who?" }, { status: 401 })
    }
    if (!unscoped && pathname.startsWith("/v1/workspace_secrets")) {
      return Response.json({ code: 5, message: "no route" }, { status: 404 })
    }
    if (request.method === "POST") {
      const { metadata } = await request.json() as { readonly metadata: { readonly name: string } }
      return Response.json(add(metadata.name))
    }
    if (request.method === "DELETE") {
      if (deletes === 200) {
        secrets.delete(pathname.split("/").at(-1) ?? "")
      }
      return Response.json({}, { status: deletes })
    }
    const query = filters ? searchParams.get("query") ?? "" : ""
    const cursor = searchParams.get("cursor") ?? ""
    const found = [...secrets].filter(([id, name]) => id > cursor && name.includes(query))
    const page = found.slice(0, 2)
    return Response.json({
      items: page.map(([id, name]) => ({ metadata: { id, name, workspaceId: "wksp_found" }, spec: {} })),
      pagination: page.length < found.length ? { nextCursor: page.at(-1)?.[0] } : {}
    })
  }
  return { fetch, names: () => [...secrets.values()], asked }
}
