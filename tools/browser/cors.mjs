// The client in a page of one origin, against the mock server on another: what `--cors-origin` allows and refuses.
import { build } from "esbuild"
import { once } from "node:events"
import { createServer } from "node:http"
import { join } from "node:path"
import { isDeepStrictEqual } from "node:util"
import { serve } from "../serve.mjs"
import { root } from "../workspaces.mjs"

/* global failure, look, operations -- of the page, where some functions run. */

const bundled = async () => {
  const { outputFiles: [{ text }] } = await build({
    absWorkingDir: root,
    entryPoints: [join(root, "tools/browser/page.ts")],
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    conditions: ["@workspace-secrets/source", "module"],
    logLevel: "warning"
  })
  return text
}

/** Serves the page with the client on localhost and 127.0.0.1, which are different origins and sites. */
const servePage = async (script) => {
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js"
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html")
    response.end(
      isScript ? script : "<!doctype html><link rel=\"icon\" href=\"data:,\"><script src=\"/page.js\"></script>"
    )
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address()
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { names: { localhost: `http://localhost:${port}`, address: `http://127.0.0.1:${port}` }, stop }
}

const put = async (url, body) => {
  const headers = { "content-type": "application/json" }
  const response = await fetch(url, { method: "PUT", headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${url} answered with ${response.status}`)
}

/** Makes the calls from a page of an origin: all must succeed, or all must fail. */
const visit = async (browser, origin, { apiKey, url }, works) => {
  const wrong = []
  const expect = (what, is, should) =>
    isDeepStrictEqual(is, should)
    || wrong.push(`${origin}, ${works ? "allowed" : "not allowed"}: ${what}: ${JSON.stringify(is)}`)
  const page = await browser.newPage()
  try {
    await page.goto(origin, { waitUntil: "load" })
    const target = { apiKey, url }
    const authorization = `Bearer ${apiKey}`
    const whoami = [`${url}/v1/whoami`, { headers: { authorization } }]
    const see = (args) => page.evaluate(([url, init]) => look(url, init), args)
    if (works) {
      const { done, requestIds } = await page.evaluate((target) => operations(target), target)
      expect("the operations", done, ["From a page", true, 1, "Renamed", 200])
      expect("the x-request-ids", requestIds.map((id) => /^req_\w{26}$/.test(id)), Array(5).fill(true))
      const rule = { operation: "whoami", error: { code: "RESOURCE_EXHAUSTED", retryAfter: 7 } }
      await put(`${url}/_mock/tenants/default/faults`, { faults: [rule] })
      const { requestId, ...limited } = await see(whoami)
      expect("Retry-After", limited, { status: 429, retryAfter: "7" })
      expect("the x-request-id of an error", /^req_\w{26}$/.test(requestId), true)
      expect("the client's error", await page.evaluate((target) => failure(target), target), {
        tag: "ResourceExhausted",
        millis: 7000
      })
      await put(`${url}/_mock/tenants/default/faults`, { faults: [] })
    } else {
      expect("a call", await page.evaluate((target) => failure(target), target), {
        tag: "ConnectionError",
        reason: "NoResponse"
      })
      expect("fetch", await see(whoami), { error: "TypeError" })
    }
    // No request of a page reaches the control API, neither with a preflight nor as a simple request.
    const reset = `${url}/_mock/tenants/default/reset`
    expect("a reset with a preflight", await see([reset, { method: "POST", headers: { authorization } }]), {
      error: "TypeError"
    })
    expect("a reset without one", await see([reset, { method: "POST" }]), { error: "TypeError" })
    expect("the list of tenants", await see([`${url}/_mock/tenants`, {}]), { error: "TypeError" })
    const headers = {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization"
    }
    for (const path of ["/_mock/tenants/default/reset", "/_mock/tenants", "/_mock/health", "/_mock/openapi.json"]) {
      const answer = await fetch(`${url}${path}`, { method: "OPTIONS", headers })
      const permissions = [...answer.headers.keys()].filter((name) => name.startsWith("access-control-"))
      expect(`what a preflight of ${path} permits`, permissions, [])
      expect(`the status of a preflight of ${path}`, answer.ok, false)
    }
    const [{ secrets }] = (await (await fetch(`${url}/_mock/tenants`)).json()).tenants
    expect("the secrets that a reset would have taken away", secrets, 1)
  } finally {
    await page.close()
  }
  return wrong
}

/** Makes the calls from pages, and returns the problems. */
export const cors = async (browser) => {
  const { names: { address, localhost }, stop } = await servePage(await bundled())
  const wrong = []
  const check = async (args, visits) => {
    const server = await serve(args)
    try {
      const headers = { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" }
      const body = JSON.stringify({ metadata: { name: "Kept" }, spec: {} })
      await fetch(`${server.url}/v1/workspace_secrets`, { method: "POST", headers, body })
      for (const [origin, works] of visits) wrong.push(...await visit(browser, origin, server, works))
    } finally {
      await server.stop()
    }
  }
  try {
    await check([], [[localhost, false]])
    // A page on localhost is cross-site to a server on 127.0.0.1; a page on 127.0.0.1 is same-site.
    await check(["--cors-origin", localhost], [[localhost, true], [address, false]])
    await check(["--cors-origin", "*"], [[localhost, true], [address, true]])
    return wrong
  } finally {
    stop()
  }
}
