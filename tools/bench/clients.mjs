// The contestants of `bench -- client`: each reads one secret completely and returns its name.
import { apiKey, path } from "./answers.mjs"
import { load } from "./peers.mjs"

const headers = { authorization: `Bearer ${apiKey}`, accept: "application/json" }

/**
 * Our client on one of its transports, in an Effect program with default options and spans. `between` wraps the
 * transport.
 */
export const ours = (transport, between) => async (url) => {
  const [Client, { layer }, Effect, Layer, ManagedRuntime, Redacted] = await Promise.all([
    import("@workspace-secrets/http-client/WorkspaceSecretsClient"),
    import(`@workspace-secrets/http-client/${transport}`),
    import("effect/Effect"),
    import("effect/Layer"),
    import("effect/ManagedRuntime"),
    import("effect/Redacted")
  ])
  const around = await between?.(url)
  const http = around === undefined ? layer() : Layer.provide(around, layer())
  const client = Client.layer({ baseUrl: url, apiKey: Redacted.make(apiKey) }).pipe(Layer.provide(http))
  const runtime = ManagedRuntime.make(client)
  const secrets = await runtime.runPromise(Client.WorkspaceSecretsClient)
  const get = Effect.map(secrets.get("id"), ({ metadata }) => metadata.name)
  return {
    call: () => runtime.runPromise(get),
    drive: (calls, inFlight) => {
      let left = calls
      const lane = Effect.whileLoop({ while: () => left-- > 0, body: () => get, step: () => {} })
      return runtime.runPromise(Effect.all(Array(inFlight).fill(lane), { concurrency: "unbounded", discard: true }))
    }
  }
}

export const clients = [
  {
    name: "undici",
    label: "`undici.request` and `JSON.parse`",
    make: async (url) => {
      const { Agent, request } = await import("undici")
      const options = { headers, dispatcher: new Agent({ connections: 50 }) }
      return {
        call: async () => {
          const { body } = await request(url + path, options)
          return JSON.parse(await body.text()).metadata.name
        }
      }
    }
  },
  { name: "ours", label: "**ours** on undici", make: ours("node") },
  {
    name: "fetch",
    label: "`fetch` and `JSON.parse`",
    make: async (url) => ({
      call: async () => {
        const response = await fetch(url + path, { headers })
        return JSON.parse(await response.text()).metadata.name
      }
    })
  },
  { name: "ours-fetch", label: "**ours** on `fetch`", make: ours("fetch") },
  {
    name: "openai",
    label: "`openai`",
    peer: { name: "openai", version: "6.49.0", imports: { openai: "openai" } },
    make: async (url, { openai }) => {
      const client = new openai.default({ apiKey, baseURL: `${url}/v1` })
      return { call: async () => (await client.get("/workspace_secrets/id")).metadata.name }
    }
  },
  {
    name: "octokit",
    label: "`@octokit/core`",
    peer: { name: "@octokit/core", version: "7.0.8", imports: { octokit: "@octokit/core" } },
    make: async (url, { octokit }) => {
      const client = new octokit.Octokit({ auth: apiKey, baseUrl: url })
      return {
        call: async () => {
          const { data } = await client.request("GET /v1/workspace_secrets/{id}", { id: "id" })
          return data.metadata.name
        }
      }
    }
  },
  {
    name: "stripe",
    label: "`stripe`",
    peer: { name: "stripe", version: "23.1.0", imports: { stripe: "stripe" } },
    make: async (url, { stripe }) => {
      const { hostname, port } = new URL(url)
      const client = new stripe.default(apiKey, { host: hostname, port, protocol: "http" })
      return { call: async () => (await client.customers.retrieve("id")).metadata.name }
    }
  },
  {
    name: "aws",
    label: "`@aws-sdk/client-secrets-manager`",
    peer: {
      name: "@aws-sdk/client-secrets-manager",
      version: "3.1164.0",
      imports: { aws: "@aws-sdk/client-secrets-manager" }
    },
    make: async (url, { aws }) => {
      const client = new aws.SecretsManager({
        endpoint: url,
        region: "us-east-1",
        credentials: { accessKeyId: "mock", secretAccessKey: apiKey }
      })
      return { call: async () => (await client.getSecretValue({ SecretId: "name" })).Name }
    }
  }
]

/** Prepares a contestant. */
export const make = async (name, url) => {
  const { make, peer } = clients.find((client) => client.name === name)
  return make(url, peer && await load(peer))
}
