import { EdgeVM } from "@edge-runtime/vm"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createContext, runInContext } from "node:vm"
import { beforeAll } from "vitest"
import { bundle } from "./support/bundle.js"
import { page, secret } from "./support/samples.js"
import { serve } from "./support/server.js"

const ofNode = ["process", "Buffer", "require", "module", "global", "setImmediate", "__dirname"]

/** The globals of a bare JavaScript engine, and the few web APIs that the client needs. */
const webOnly = () => {
  const { AbortController, clearTimeout, fetch, Headers, Request, Response, setTimeout, TextDecoder, TextEncoder } =
    globalThis
  const web = { AbortController, clearTimeout, fetch, Headers, Request, Response, setTimeout, TextDecoder, TextEncoder }
  return createContext({ ...web, queueMicrotask, URL, URLSearchParams, console: {} })
}

const runtimes: ReadonlyArray<readonly [name: string, make: () => (code: string) => unknown]> = [
  ["an edge runtime", () => {
    const vm = new EdgeVM()
    return (code) => vm.evaluate<unknown>(code)
  }],
  ["an engine with a dozen globals of the web", () => {
    const context = webOnly()
    return (code): unknown => runInContext(code, context)
  }]
]

describe("without Node", () => {
  let script = ""

  beforeAll(async () => {
    script = await bundle("./programs/edge.ts", { platform: "neutral", format: "iife", globalName: "client" })
  })

  it("the client imports no Node module", () => {
    expect(script).not.toMatch(/require\(["'](node:)?(http|https|net|tls|fs|stream|zlib|crypto|undici)["']\)/)
    expect(script.length).toBeGreaterThan(100_000)
  })

  it.scoped.each(runtimes)("the client lists and gets secrets in %s", ([, make]) =>
    Effect.gen(function*() {
      const { received, url } = yield* serve(({ path }) =>
        path === "/v1/workspace_secrets/name"
          ? { body: secret }
          : path?.startsWith("/v1/workspace_secrets?") === true
          ? { body: page(["a", "b"]) }
          : { status: 404, body: { code: 5, message: "not found" } }
      )
      const evaluate = make()
      expect(ofNode.filter((name) => evaluate(`typeof ${name}`) !== "undefined")).toEqual([])
      evaluate(script)
      for (const run of ["run", "runPromises"]) {
        const told = yield* Effect.promise(() => evaluate(`client.${run}(${JSON.stringify(url)})`) as Promise<string>)
        expect(JSON.parse(told)).toEqual({ names: ["a", "b"], value: "value", missing: "WorkspaceSecretNotFound" })
      }
      expect(received.map(({ headers }) => headers.authorization)).toEqual(Array(6).fill("Bearer key"))
    }))
})
