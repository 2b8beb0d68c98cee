import { afterEach, describe, expect, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import { once } from "node:events"
import http, * as Http from "node:http"
import { type AddressInfo, connect, type Socket } from "node:net"
import { getGlobalDispatcher, ProxyAgent, setGlobalDispatcher } from "undici"
import * as MockServer from "../../src/MockServer.js"
import { cli } from "./command.js"

const servers: Array<Http.Server> = []
afterEach(() => {
  servers.splice(0).forEach((server) => {
    server.closeAllConnections()
    server.close()
  })
})

/** An agent that sends every connection to a proxy. */
class Proxied extends Http.Agent {
  readonly #port: number

  constructor(proxy: string) {
    super()
    this.#port = Number(new URL(proxy).port)
  }

  override createConnection(): Socket {
    return connect(this.#port, "127.0.0.1")
  }
}

/** Starts a server. Returns its base URL. */
const listen = async (handle: Http.RequestListener): Promise<string> => {
  const server = Http.createServer(handle).listen(0, "127.0.0.1")
  servers.push(server)
  await once(server, "listening")
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const ready = (...args: ReadonlyArray<string>) => Effect.runPromise(cli(["ready", ...args]).run)

describe("ready", () => {
  it("finds a server by its URL or by the environment, without an API key", async () => {
    await using server = await MockServer.start()
    const found = { code: 0, output: `${server.url} is ready`, errors: "" }
    expect(await ready("--url", server.url)).toEqual(found)
    expect(await ready("--wait", "--url", `${server.url}/`)).toEqual(found)
    const inEnvironment = (variables: Readonly<Record<string, string>>) =>
      Effect.runPromise(
        cli(["ready"]).run.pipe(
          Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables))))
        )
      )
    expect(await inEnvironment({ CADENYA_BASE_URL: server.url })).toEqual(found)
    expect(await inEnvironment({ WORKSPACE_SECRETS_MOCK_URL: server.url, CADENYA_BASE_URL: "http://localhost:1" }))
      .toEqual(found)
    const { port } = new URL(server.url)
    expect(await inEnvironment({ WORKSPACE_SECRETS_MOCK_PORT: port })).toEqual(found)
  })

  it("says why a server is not ready", async () => {
    const url = "http://127.0.0.1:1"
    const failed = (url: string, why: string) => ({ code: 1, output: "", errors: `${url} is not ready: ${why}` })
    expect(await ready("--url", url)).toEqual(failed(url, "nothing listens there"))
    const closing = await listen((request) => request.destroy())
    expect(await ready("--url", closing)).toEqual(failed(closing, "the server closes the connection"))
    const other = await listen((_, response) => response.writeHead(200).end("<html>"))
    expect(await ready("--url", other)).toEqual(
      failed(other, "the response (200) is not from a server of the Workspace Secrets API")
    )
    const named = await listen((_, response) => response.writeHead(403, { "x-request-id": "req" }).end())
    expect(await ready("--url", named)).toEqual(
      failed(named, "the server does not accept this host name; start it with --allowed-host")
    )
    const silent = await listen(() => {})
    expect(await ready("--wait", "--timeout", "0.05", "--url", silent)).toEqual({
      code: 1,
      output: "",
      errors: `${silent} is not ready after 0.05 s: the server does not answer`
    })
  })

  it("waits until a server of the API answers", async () => {
    let requests = 0
    const url = await listen((request, response) => {
      expect([request.method, request.url, request.headers.authorization]).toEqual(["GET", "/v1/whoami", undefined])
      switch (++requests) {
        case 1:
          return request.destroy()
        case 2:
          return response.writeHead(503, { "x-request-id": "req" }).end()
        case 3:
          return response.writeHead(401).end()
        default:
          return response.writeHead(401, { "x-request-id": "req" }).end("{}")
      }
    })
    expect(await ready("--wait", "--url", url)).toEqual({ code: 0, output: `${url} is ready`, errors: "" })
    expect(requests).toBe(4)
  })

  it("calls a server on this machine without the proxy of the environment", async () => {
    let proxied = 0
    const proxy = await listen((_, response) => {
      proxied++
      response.writeHead(502).end()
    })
    await using server = await MockServer.start()
    // What NODE_USE_ENV_PROXY does to fetch and node:http in newer versions of Node.
    const dispatcher = getGlobalDispatcher()
    const { globalAgent } = http
    setGlobalDispatcher(new ProxyAgent(proxy))
    http.globalAgent = new Proxied(proxy)
    try {
      for (const host of ["127.0.0.1", "localhost", "0.0.0.0"]) {
        const url = server.url.replace("127.0.0.1", host)
        expect(await ready("--url", url)).toMatchObject({ code: 0, errors: "" })
      }
      expect(proxied).toBe(0)
      expect(await ready("--url", "http://elsewhere.invalid")).toMatchObject({ code: 1 })
      expect(proxied).toBe(1)
    } finally {
      setGlobalDispatcher(dispatcher)
      http.globalAgent = globalAgent
    }
  })
})
