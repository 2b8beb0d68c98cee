import createClient from "openapi-fetch"
import type { components, paths } from "./generated/openapi-typescript"
import { ApiError, apiKey, baseUrl, run } from "./program"

const { DELETE, GET, PATCH, POST } = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${apiKey}` } })

const take = <A>(
  { data, error, response }: { data?: A; error?: components["schemas"]["Status"]; response: Response }
): A => {
  if (data === undefined) throw new ApiError(response.status, error?.code ?? -1)
  return data
}

const one = (id: string) => ({ path: { id } })

await run({
  create: async (body) => take(await POST("/v1/workspace_secrets", { body })),
  list: async (query) => take(await GET("/v1/workspace_secrets", { params: { query } })),
  get: async (id) => take(await GET("/v1/workspace_secrets/{id}", { params: one(id) })),
  update: async (id, body) => take(await PATCH("/v1/workspace_secrets/{id}", { params: one(id), body })),
  remove: async (id) => take(await DELETE("/v1/workspace_secrets/{id}", { params: one(id) }))
})
