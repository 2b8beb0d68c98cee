import {
  type Status,
  workspaceSecretsCreate,
  workspaceSecretsDelete,
  workspaceSecretsGet,
  workspaceSecretsList,
  workspaceSecretsUpdate
} from "./generated/orval"
import { ApiError, apiKey, run } from "./program"

// The base URL is that of the document.
const options = { headers: { authorization: `Bearer ${apiKey}` } }

/** A response of the document, discriminated by status. */
const take = <A>(
  response: { readonly status: 200; readonly data: A } | { readonly status: unknown; readonly data: Status }
): A => {
  if (response.status === 200) return response.data as A
  throw new ApiError(Number(response.status), (response.data as Status).code)
}

await run({
  create: async (body) => take(await workspaceSecretsCreate(body, options)),
  list: async (query) => take(await workspaceSecretsList(query, options)),
  get: async (id) => take(await workspaceSecretsGet(id, options)),
  update: async (id, body) => take(await workspaceSecretsUpdate(id, body, options)),
  remove: async (id) => take(await workspaceSecretsDelete(id, options))
})
