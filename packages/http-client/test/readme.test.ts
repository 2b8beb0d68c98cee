import * as ErrorTable from "@workspace-secrets/core/ErrorTable"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { readdirSync, readFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { format } from "node:util"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import { programsOf } from "../../../tools/readme/programs.js"
import { DEFAULT_BASE_URL, resolve } from "../src/internal/options/clientOptions.js"
import * as Operation from "../src/internal/wire/operationResult.js"
import { named, page, profile, secret } from "./support/samples.js"

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")

const directory = new URL("readme/", import.meta.url)
const sources = Object.fromEntries(
  readdirSync(directory).map((file) => [file, readFileSync(new URL(file, directory), "utf8")])
)

const programs = programsOf(readme, sources).map(({ code, file }) => ({
  file,
  promised: [...code.matchAll(/[Cc]onsole\.log\(.*\),? \/\/ (.*)$/gm)].map(([, text]) => text)
}))

const stored = { ...secret, spec: { value: "sk_live_1" } }

const missingScope = {
  "@type": "type.googleapis.com/google.rpc.ErrorInfo",
  reason: "SCOPE_MISSING",
  metadata: { required_scope: "secrets:manage", granted_scopes: "agents:read" }
}

/** The part of the API that those programs call. */
const api = (method: string, path: string): Response | undefined => {
  const json = (body: unknown, status = 200) => Response.json(body, { status, headers: { "x-request-id": "req-1" } })
  switch (`${method} ${path}`) {
    case "GET /v1/whoami":
      return json({ ...profile, metadata: { ...profile.metadata, name: "ci-deploy" } })
    case "GET /v1/workspaces/development/workspace_secrets":
    case "GET /v1/workspace_secrets?limit=10&labels=env%3Dprod&sortOrder=asc":
    case "GET /v1/workspace_secrets?prefix=Stripe":
      return json(page(["Stripe", "Stripe (live)"], "djE6Mg"))
    case "GET /v1/workspace_secrets?prefix=Stripe&cursor=djE6Mg":
      return json(page(["Stripe (test)", "Stripe (more)"], "djE6NA"))
    case "POST /v1/workspace_secrets":
    case "GET /v1/workspace_secrets/external_id%3Abilling%2Fstripe":
      return json(stored)
    case "PATCH /v1/workspace_secrets/id":
      return json(named("Stripe (live)"))
    case "DELETE /v1/workspace_secrets/id":
      return json({})
    case "GET /v1/workspace_secrets/wsecret_unknown":
      return json({ code: 5, message: "no such secret" }, 404)
    case "DELETE /v1/workspace_secrets/wsecret_unknown":
      return json({ code: 7, message: "no scope", details: [missingScope] }, 403)
    default:
      return undefined
  }
}

/** The same on a socket, for transports other than `fetch`. */
const server = createServer(({ method = "", url = "" }, reply) => {
  const response = api(method, url)
  reply.writeHead(response?.status ?? 404, { "content-type": "application/json" })
  void response?.text().then((body) => reply.end(body))
})

describe("the README", () => {
  beforeAll(() =>
    new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve())
    })
  )
  afterAll(() => {
    server.close()
  })
  beforeEach(() => {
    vi.stubEnv("CADENYA_API_KEY", "key")
    vi.stubEnv("MY_KEY", "key")
    vi.stubEnv("CADENYA_BASE_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    vi.stubGlobal("fetch", (url: URL, { method = "" }: RequestInit) => {
      const response = api(method, url.pathname + url.search)
      return response === undefined ? Promise.reject(new Error(`${method} ${url.href}`)) : Promise.resolve(response)
    })
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
  })

  it("shows twelve uses, each of which prints something", () => {
    expect(programs.map(({ promised }) => promised.length > 0)).toEqual(Array(12).fill(true))
  })

  it.each(programs)("has a program that prints its documented output: $file", async ({ file, promised }) => {
    const printed: Array<string> = []
    vi.spyOn(console, "log").mockImplementation((...args) => {
      printed.push(format(...args))
    })
    await import(`./readme/${file.replace(/\.ts$/, "")}.ts`)
    expect(printed).toEqual(promised)
  })

  it("lists the errors of each operation with their status", () => {
    const { create, get, list, remove, update, whoami } = Operation
    const operations = { list, create, get, update, delete: remove, whoami }
    const table = [...readme.matchAll(/^\| `(\w+)` \| (\d{3}.*?) \| .* \| ([\w, ]+) \|$/gm)].map((
      [, tag, status, of]
    ) => ({
      tag: tag ?? "",
      status: [...(status ?? "").matchAll(/\d{3}/g)].map(([text]) => Number(text)),
      of: of === "all" ? Object.keys(operations) : of?.split(", ") ?? []
    }))
    for (const [name, { errors }] of Object.entries(operations)) {
      expect(table.filter(({ of }) => of.includes(name)).map(({ tag }) => tag).sort()).toEqual(
        Object.keys(errors).sort()
      )
    }
    for (const { status, tag } of table) {
      const rows = ErrorTable.rows.filter((row) => row.tag === tag).map((row) => row.status)
      expect(new Set(status)).toEqual(new Set(rows))
    }
  })

  it("has the defaults", () => {
    const rows = Object.fromEntries(
      [...readme.matchAll(/^\| `([\w.]+)` \| \| (.*?) \| .* \|$/gm)].map(([, name = "", value]) => [name, value])
    )
    const time = (millis: number) => millis < 1000 ? `${millis} ms` : `${millis / 1000} seconds`
    const { budget, settings } = Either.getOrThrow(resolve({ apiKey: Redacted.make("key") }))
    expect(rows).toEqual({
      allowInsecureHttp: "`false`",
      deadline: time(settings.deadline),
      attemptDeadline: time(settings.attemptDeadline),
      "retry.maxAttempts": String(settings.retry?.maxAttempts),
      "retry.baseDelay": time(settings.retry?.baseDelay ?? NaN),
      "retry.maxDelay": time(settings.retry?.maxDelay ?? NaN),
      "retry.maxRetryAfter": time(settings.retry?.maxRetryAfter ?? NaN),
      "retry.writes": `\`${settings.retry?.writes}\``,
      "retry.schedule": "none",
      "retryBudget.ratio": String(budget?.ratio),
      "retryBudget.perSecond": String(budget?.perSecond),
      "retryBudget.capacity": String(budget?.capacity),
      propagateTrace: `\`${settings.propagateTrace}\``
    })
  })

  it("has the default base URL", () => {
    expect(readme).toContain(`| \`baseUrl\` | \`CADENYA_BASE_URL\` | \`${DEFAULT_BASE_URL}\` |`)
  })
})
