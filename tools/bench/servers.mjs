// The contestants of `bench -- server`: each answers the documented example to a GET of one secret.
import { spawnSync } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { root } from "../workspaces.mjs"
import { apiKey, path, secret } from "./answers.mjs"
import { fileOf, load } from "./peers.mjs"

const HOST = "127.0.0.1"

const node = (file, ...args) => [process.execPath, [file, ...args.map(String)]]

const mockServer = join(root, "apps/mock-server")
const exampleSeed = join(mockServer, "seeds/example.json")

/** The command of our server, as its package names it. */
const ourCommand = () => {
  const { bin } = JSON.parse(readFileSync(join(mockServer, "package.json"), "utf8"))
  return join(mockServer, Object.values(bin)[0])
}

const write = (directory, name, content) => {
  const file = join(directory, name)
  mkdirSync(join(file, ".."), { recursive: true })
  writeFileSync(file, JSON.stringify(content))
  return file
}

const openApi = {
  openapi: "3.1.0",
  info: { title: "bench", version: "1" },
  paths: {
    "/v1/workspace_secrets/{id}": {
      get: {
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
        responses: { 200: { description: "ok", content: { "application/json": { example: secret } } } }
      }
    }
  }
}

// A minimal Mockoon environment without templates, which are slow; `--repair` adds the rest.
const mockoon = (port) => ({
  uuid: "1c4f3a3e-2e39-4f0c-8a56-3f5a54a9b0f1",
  lastMigration: 33,
  name: "bench",
  port,
  hostname: HOST,
  rootChildren: [{ type: "route", uuid: "5f3c1d4e-7f3b-4b0e-9d1a-1a2b3c4d5e6f" }],
  routes: [{
    uuid: "5f3c1d4e-7f3b-4b0e-9d1a-1a2b3c4d5e6f",
    type: "http",
    method: "get",
    endpoint: "v1/workspace_secrets/:id",
    responses: [{
      uuid: "6a7b8c9d-0e1f-4a2b-8c3d-4e5f6a7b8c9d",
      body: JSON.stringify(secret),
      statusCode: 200,
      headers: [{ key: "Content-Type", value: "application/json" }],
      bodyType: "INLINE",
      disableTemplating: true,
      default: true
    }]
  }]
})

const wireMock = {
  request: { method: "GET", urlPathPattern: "/v1/workspace_secrets/[^/]+" },
  response: { status: 200, jsonBody: secret, headers: { "content-type": "application/json" } }
}

/** The same number of requests as our journal keeps. */
const JOURNAL = 1000

const hasJava = () => spawnSync("java", ["-version"], { stdio: "ignore" }).status === 0

/** The servers on a socket. `command` returns what to spawn, for a port and a directory. */
const onSockets = [
  {
    name: "bare",
    label: "bare `node:http`, the limit",
    command: (port) => node(fileURLToPath(new URL("bare.mjs", import.meta.url)), port)
  },
  {
    name: "ours",
    label: "**ours**, journal on",
    command: (port) => node(ourCommand(), "serve", "--port", port, "--seed-file", exampleSeed)
  },
  {
    name: "ours-data-dir",
    label: "**ours**, `--data-dir`",
    command: (port, directory) =>
      node(ourCommand(), "serve", "--port", port, "--seed-file", exampleSeed, "--data-dir", join(directory, "worlds"))
  },
  {
    name: "wiremock",
    label: "WireMock",
    note: ", journal on",
    peer: { name: "wiremock", version: "3.13.2" },
    lacks: () => hasJava() ? undefined : "there is no Java",
    command: (port, directory, peer) => {
      write(directory, "mappings/secret.json", wireMock)
      const jar = fileOf(peer, `wiremock/build/wiremock-standalone-${peer.version}.jar`)
      const options = ["--bind-address", HOST, "--root-dir", directory, "--max-request-journal-entries", JOURNAL]
      return ["java", ["-jar", jar, "--port", port, ...options].map(String)]
    }
  },
  {
    name: "json-server",
    label: "json-server",
    peer: { name: "json-server", version: "0.17.4" },
    command: (port, directory, peer) => {
      const routes = write(directory, "routes.json", { "/v1/*": "/$1" })
      const db = write(directory, "db.json", { workspace_secrets: [{ id: "id", ...secret }] })
      const bin = fileOf(peer, "json-server/lib/cli/bin.js")
      return node(bin, "--quiet", "--host", HOST, "--port", port, "--routes", routes, db)
    }
  },
  {
    name: "prism",
    label: "Prism",
    peer: { name: "@stoplight/prism-cli", version: "5.14.2" },
    command: (port, directory, peer) =>
      node(
        fileOf(peer, "@stoplight/prism-cli/dist/index.js"),
        ...["mock", "--verboseLevel", "silent", "--host", HOST, "--port", port, write(directory, "api.json", openApi)]
      )
  },
  {
    name: "mockoon",
    label: "Mockoon",
    peer: { name: "@mockoon/cli", version: "9.9.0" },
    command: (port, directory, peer) =>
      node(
        fileOf(peer, "@mockoon/cli/bin/run.js"),
        ...["start", "--repair", "--disable-log-to-file", "--data", write(directory, "data.json", mockoon(port))]
      )
  }
]

const headers = { authorization: `Bearer ${apiKey}`, accept: "application/json" }

/** A seed for our server. */
export const seedOf = async (text) => {
  const [Either, { parse }] = await Promise.all([
    import("effect/Either"),
    import("@workspace-secrets/mock-server/Seed")
  ])
  return Either.getOrThrowWith(parse(text), (error) => error)
}

/** In-process contestants. `make` returns a function that sends a request and reads the name in the response. */
const inProcess = [
  {
    name: "ours-in-process",
    label: "**ours**, its `fetch`",
    make: async () => {
      const MockServer = await import("@workspace-secrets/mock-server/MockServer")
      const seed = await seedOf(readFileSync(exampleSeed, "utf8"))
      const { fetch, url } = await MockServer.startInProcess({ seed })
      return async () => (await (await fetch(url + path, { headers })).json()).metadata.name
    }
  },
  {
    name: "msw",
    label: "MSW",
    note: ", with `fetch`",
    peer: { name: "msw", version: "2.15.0", imports: { msw: "msw", node: "msw/node" } },
    make: async ({ msw, node }) => {
      const url = "http://localhost"
      const answer = msw.http.get(`${url}/v1/workspace_secrets/:id`, () => msw.HttpResponse.json(secret))
      node.setupServer(answer).listen({ onUnhandledRequest: "error" })
      return async () => (await (await fetch(url + path, { headers })).json()).metadata.name
    }
  }
]

export const servers = [...onSockets, ...inProcess]

/** Prepares an in-process contestant. */
export const make = async (name) => {
  const { make, peer } = inProcess.find((server) => server.name === name)
  return make(peer && await load(peer))
}
