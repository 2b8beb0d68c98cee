import { build } from "esbuild"
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const KIB = 1024
const SMALL = 150 * KIB
const LARGE = 600 * KIB
const HEAP_MB = 128

/** How much an idle heap varies between two measurements, in bytes. */
const SETTLED = 16 * KIB

/** The maximum growth of the cost per byte for a body four times as large: 1 means linear, 4 means quadratic. */
const GROWTH = 3

interface Input {
  readonly method?: string
  readonly path?: string
  readonly status: number
  readonly body: (size: number) => string | Uint8Array
}

interface Cost {
  /** CPU time in microseconds, size of the response in bytes, and retained heap in bytes, each per byte of the request. */
  readonly cpu: number
  readonly out: number
  readonly kept: number
}

const secrets = "/v1/workspace_secrets"
const tenant = "/_mock/tenants/default"

/** As many items as fit, each made from its number. */
const many = (size: number, make: (index: number) => string): string => {
  const pieces: Array<string> = []
  for (let length = 0; length < size;) {
    const piece = make(pieces.length)
    pieces.push(piece)
    length += piece.length + 1
  }
  return pieces.slice(0, -1).join(",")
}

const create = (metadata: string, rest = ""): string => `{"metadata":{"name":"a"${metadata}},"spec":{}${rest}}`

const valid: Readonly<Record<string, Input>> = {
  "a long value": { status: 200, body: (size) => `{"metadata":{"name":"a"},"spec":{"value":"${"x".repeat(size)}"}}` },
  "a value of escapes": {
    status: 200,
    body: (size) => `{"metadata":{"name":"a"},"spec":{"value":"${"\\u00e9".repeat(size / 6)}"}}`
  },
  "fields that are ignored": { status: 200, body: (size) => create("", `,${many(size, (i) => `"f${i}":[${i}]`)}`) }
}

/** Input of which little or nothing is stored. */
const wrong: Readonly<Record<string, Input>> = {
  "labels": { status: 400, body: (size) => create(`,"labels":{${many(size, (i) => `"k ${i}":"!"`)}}`) },
  "labels of other types": { status: 400, body: (size) => create(`,"labels":{${many(size, (i) => `"k${i}":0`)}}`) },
  "zeros for labels": { status: 400, body: (size) => create(`,"labels":[${many(size, () => "0")}]`) },
  "lists of lists": { status: 400, body: (size) => `[${many(size, () => "[]")}]` },
  "nesting": { status: 400, body: (size) => "[".repeat(size) },
  "an end that is missing": { status: 400, body: (size) => create("", `,${many(size, (i) => `"f${i}":[${i}]`)},`) },
  "bytes that are no text": { status: 400, body: (size) => new Uint8Array(size).fill(0xff) },
  "an external id": { status: 400, body: (size) => create(`,"externalId":"${"\\u00e9".repeat(size / 6)}"`) },
  "a name of spaces": { status: 400, body: (size) => `{"metadata":{"name":"${" ".repeat(size)}"},"spec":{}}` },
  "a name with spaces behind it": {
    status: 200,
    body: (size) => `{"metadata":{"name":"a name of a secret${" ".repeat(size)}"},"spec":{}}`
  },
  "paths of a mask": {
    method: "PATCH",
    path: `${secrets}/wsecret_none`,
    status: 400,
    body: (size) => `{"updateMask":"${many(size, (i) => `metadata.labels.k${i}`)}"}`
  },
  "fault rules": {
    method: "PUT",
    path: `${tenant}/faults`,
    status: 400,
    body: (size) => `{"faults":[${many(size, () => "{}")}]}`
  },
  "a seed": {
    method: "PUT",
    path: `${tenant}/seed`,
    status: 400,
    body: (size) => `{"workspaceSecrets":[${many(size, () => "{}")}]}`
  }
}

let directory = ""
let child: ChildProcess
let server: { readonly url: string; readonly apiKey: string }

const measure = async (): Promise<{ readonly cpu: number; readonly heap: number }> => {
  child.send("measure")
  const [measured] = await once(child, "message") as [{ readonly cpu: number; readonly heap: number }]
  return measured
}

const send = async ({ method = "POST", path = secrets, status }: Input, body: string | Uint8Array): Promise<number> => {
  const response = await fetch(`${server.url}${path}`, {
    method,
    // A connection keeps its last request until it closes.
    headers: { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json", connection: "close" },
    body: typeof body === "string" ? body : new Uint8Array(body)
  })
  const bytes = (await response.arrayBuffer()).byteLength
  expect(response.status).toBe(status)
  return bytes
}

/** Measures after small requests free nothing more: a closed connection keeps its last request for a while. */
const settled = async () => {
  let last = await measure()
  for (;;) {
    await (await fetch(`${server.url}/_mock/health`)).arrayBuffer()
    const next = await measure()
    if (next.heap > last.heap - SETTLED) {
      return next
    }
    last = next
  }
}

const times = 2

/** The minimum of three measurements, because other load only adds to them. */
const costOf = async (input: Input, size: number): Promise<Cost> => {
  const body = input.body(size)
  const sent = Buffer.byteLength(body) * times
  const costs: Array<Cost> = []
  await send(input, body)
  for (let round = 0; round < 3; round++) {
    const before = await settled()
    let out = 0
    for (let time = 0; time < times; time++) {
      out += await send(input, body)
    }
    const after = await settled()
    costs.push({ cpu: (after.cpu - before.cpu) / sent, out: out / sent, kept: (after.heap - before.heap) / sent })
    await send({ path: `${tenant}/reset`, status: 200, body: String }, "")
  }
  const least = (of: (cost: Cost) => number) => Math.min(...costs.map(of))
  return { cpu: least(({ cpu }) => cpu), out: least(({ out }) => out), kept: least(({ kept }) => kept) }
}

/** The most expensive valid input of a size, for comparison with invalid input. */
let heaviest = 0

describe(`a server with a heap of ${HEAP_MB} MB`, () => {
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "mock-server-budget-"))
    const file = join(directory, "server.mjs")
    await build({
      entryPoints: [fileURLToPath(new URL("budget/server.ts", import.meta.url))],
      outfile: file,
      bundle: true,
      platform: "node",
      format: "esm",
      conditions: ["@workspace-secrets/source", "module"],
      mainFields: ["module", "main"],
      banner: { js: "import { createRequire as $ } from \"node:module\"; const require = $(import.meta.url);" },
      logLevel: "error"
    })
    child = fork(file, { execArgv: ["--expose-gc", `--max-old-space-size=${HEAP_MB}`] })
    const ended = once(child, "exit").then(([code]) => {
      throw new Error(`the server ended with ${String(code)}`)
    })
    ;[server] = await Promise.race([once(child, "message"), ended]) as [typeof server]
    for (const input of Object.values(valid)) {
      heaviest = Math.max(heaviest, (await costOf(input, LARGE)).cpu)
    }
  }, 120_000)

  afterAll(() => {
    child.kill()
    rmSync(directory, { recursive: true, force: true })
  })

  it.each(Object.entries(valid))("uses time in proportion to the bytes of %s", async (_, input) => {
    const [small, large] = [await costOf(input, SMALL), await costOf(input, LARGE)]
    expect(large.cpu / small.cpu).toBeLessThan(GROWTH)
    expect(large.out).toBeLessThan(1.1)
    expect(large.kept).toBeLessThan(4)
  })

  it.each(Object.entries(wrong))("uses no more than a few times the time of valid input: %s", async (_, input) => {
    const [small, large] = [await costOf(input, SMALL), await costOf(input, LARGE)]
    expect(large.cpu / small.cpu).toBeLessThan(GROWTH)
    expect(large.cpu / heaviest).toBeLessThan(8)
    expect(large.out).toBeLessThan(0.05)
    // A retained request counts at least 1. An idle heap varies by 0.2, which is 240 KB.
    expect(large.kept).toBeLessThan(0.5)
  })

  const ask = async (method: string, path: string, body?: string) => {
    const headers = { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" }
    const response = await fetch(`${server.url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) })
    return { status: response.status, text: await response.text() }
  }

  it("refuses secrets that would fill it, until some are deleted", async () => {
    const body = `{"metadata":{"name":"a"},"spec":{"value":"${"\u20ac".repeat(300_000)}"}}`
    const first = await ask("POST", secrets, body)
    let last = first
    let stored = 0
    for (; last.status === 200 && stored < 300; stored++) {
      last = await ask("POST", secrets, body)
    }
    expect(last.status).toBe(429)
    expect(JSON.parse(last.text)).toMatchObject({ code: 8 })
    expect(stored).toBeGreaterThan(20)
    const { metadata: { id } } = JSON.parse(first.text) as { metadata: { id: string } }
    const larger = `{"updateMask":"spec.value","spec":{"value":"${"b".repeat(700_000)}"}}`
    expect((await ask("PATCH", `${secrets}/${id}`, larger)).status).toBe(429)
    expect((await ask("DELETE", `${secrets}/${id}`)).status).toBe(200)
    expect((await ask("POST", secrets, body)).status).toBe(200)
    expect((await ask("POST", `${tenant}/reset`)).status).toBe(200)
  }, 60_000)

  it("refuses secrets that would fill it, whose JSON has six times as many characters", async () => {
    // A character beyond Latin-1 makes each character of a string take two bytes.
    const body = `{"metadata":{"name":"a"},"spec":{"value":"${"\\u0001".repeat(174_000)}\u4e2d"}}`
    const answers = new Set<number>()
    for (let stored = 0; stored < 300 && !answers.has(429); stored++) {
      answers.add((await ask("POST", secrets, body)).status)
    }
    expect([...answers]).toEqual([200, 429])
    expect((await ask("GET", `${secrets}?limit=1`)).status).toBe(200)
    expect((await ask("POST", `${tenant}/reset`)).status).toBe(200)
  }, 60_000)

  it("searches secrets whose index would fill it", async () => {
    // ASCII and other characters alternate, so that nearly each part of a name is new.
    const name = (i: number) =>
      Array.from({ length: 125 }, (_, k) => `${String.fromCharCode(0x3400 + (i * 125 + k) % 39_936)}z`).join("")
    for (let i = 0; i < 512; i++) {
      const body = JSON.stringify({ metadata: { name: i < 308 ? name(i) : "a" }, spec: {} })
      expect((await ask("POST", secrets, body)).status).toBe(200)
    }
    const found = await ask("GET", `${secrets}?query=${encodeURIComponent(name(307).slice(0, 9))}`)
    expect(JSON.parse(found.text)).toMatchObject({ items: [{ metadata: { name: name(307) } }] })
    expect((await ask("POST", `${tenant}/reset`)).status).toBe(200)
  }, 60_000)

  it("drops the oldest requests of a journal that would fill it", async () => {
    const labels = many(60 * KIB, (i) => `"k${i}":"${"v".repeat(60)}"`)
    const body = `{"updateMask":"metadata.labels","metadata":{"labels":{${labels}}}}`
    for (let i = 0; i < 900; i++) {
      expect((await ask("PATCH", `${secrets}/wsecret_none`, body)).status).toBe(404)
    }
    const { text } = await ask("POST", `${tenant}/journal/list`, `{"match":{"status":200}}`)
    expect(JSON.parse(text)).toMatchObject({ overflowed: true })
    expect((await ask("POST", `${tenant}/reset`)).status).toBe(200)
  }, 60_000)

  it("reads a journal of requests with thousands of query parameters", async () => {
    const query = Array.from({ length: 5000 }, (_, i) => (i + 100).toString(36)).join("&").slice(0, 15_000)
    for (let i = 0; i < 900; i++) {
      expect((await fetch(`${server.url}/v1/whoami?${query}`)).status).toBe(401)
    }
    const { status, text } = await ask("GET", "/_mock/strangers")
    expect([status, text.length < 16 * 1024 * KIB]).toEqual([200, true])
  }, 60_000)

  it("still answers", async () => {
    expect(child.exitCode).toBe(null)
    expect(await send({ status: 200, body: String }, create(""))).toBeGreaterThan(100)
  })
})
