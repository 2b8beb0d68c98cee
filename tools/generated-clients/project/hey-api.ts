import {
  type Status,
  workspaceSecretsCreate,
  workspaceSecretsDelete,
  workspaceSecretsGet,
  workspaceSecretsList,
  workspaceSecretsUpdate
} from "./generated/hey-api"
import { client } from "./generated/hey-api/client.gen"
import { ApiError, apiKey, baseUrl, run } from "./program"

// The base URL is that of the document.
if (client.getConfig().baseUrl !== baseUrl) throw new Error("the document names another server")
client.setConfig({ auth: apiKey })

const take = <A>({ data, error, response }: { data?: A; error?: Status; response?: Response }): A => {
  if (data === undefined) throw new ApiError(response?.status ?? 0, error?.code ?? -1)
  return data
}

await run({
  create: async (body) => take(await workspaceSecretsCreate({ body })),
  list: async (query) => take(await workspaceSecretsList({ query })),
  get: async (id) => take(await workspaceSecretsGet({ path: { id } })),
  update: async (id, body) => take(await workspaceSecretsUpdate({ path: { id }, body })),
  remove: async (id) => take(await workspaceSecretsDelete({ path: { id } }))
})
