import { describe, expect, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { readdirSync } from "node:fs"
import { request } from "node:http"
import { fileURLToPath } from "node:url"
import * as MockServer from "../../src/MockServer.js"

const html = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" }

const files = readdirSync(fileURLToPath(new URL("../../dist/ui", import.meta.url)))

const get = (url: string, headers: Readonly<Record<string, string>> = {}, method = "GET") =>
  new Promise<
    { readonly status: number | undefined; readonly headers: Readonly<Record<string, unknown>>; text: string }
  >(
    (resolve, reject) => {
      request(url, { method, headers }, (response) => {
        let text = ""
        response.setEncoding("utf8")
        response.on("data", (chunk: string) => {
          text += chunk
        })
        response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text }))
      }).on("error", reject).end()
    }
  )

describe("the console", () => {
  it("gets browsers that request the root, while clients get the API's 404", async () => {
    await using server = await MockServer.start()
    const sent = await get(`${server.url}/`, html)
    expect([sent.status, sent.headers["location"]]).toEqual([302, "/_mock/ui"])
    expect((await get(`${server.url}/`, html, "HEAD")).status).toBe(302)
    expect((await get(`${server.url}/`, { accept: "application/json" })).status).toBe(404)
    expect((await get(`${server.url}/`, html, "POST")).status).toBe(404)
    expect((await get(`${server.url}/x`, html)).status).toBe(404)
  })

  it("is one page that may only use its own files", async () => {
    await using server = await MockServer.start()
    const page = await get(`${server.url}/_mock/ui`)
    expect(page.status).toBe(200)
    expect(page.headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer"
    })
    expect(page.headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'/)
    expect(page.headers["content-security-policy"]).not.toContain("unsafe")
    expect(page.text).not.toMatch(
      /<script(?![^>]*src="\/_mock\/ui\/)|<style|\son\w+=|https?:\/\/(?!www\.w3\.org\/2000\/svg)/
    )
    const named = [...page.text.matchAll(/\/_mock\/ui\/([\w.-]+)/g)].map(([, name]) => name)
    expect(named.sort()).toEqual(files.filter((name) => /\.(js|css)$/.test(name)).sort())
    for (const name of named) {
      const asset = await get(`${server.url}/_mock/ui/${name}`)
      expect(asset.status).toBe(200)
      expect(asset.headers["cache-control"]).toBe("public, max-age=31536000, immutable")
      expect(asset.headers["content-type"]).toMatch(/^text\/(javascript|css); charset=utf-8$/)
    }
  })

  it("serves no other file", async () => {
    await using server = await MockServer.start()
    for (const path of ["/LICENSES.txt", "/../bin/main.js", "/%2e%2e/bin/main.js", "/console-AAAAAAAA.js", "/", "/x"]) {
      expect((await get(`${server.url}/_mock/ui${path}`)).status, path).toBe(404)
    }
    expect((await get(`${server.url}/_mock/ui`, {}, "POST")).status).toBe(404)
  })

  it("loads without a token, but its requests need one", async () => {
    await using server = await MockServer.start({ controlToken: Redacted.make("a token") })
    expect((await get(`${server.url}/_mock/ui`)).status).toBe(200)
    expect((await get(`${server.url}/_mock/requests`)).status).toBe(401)
    expect((await get(`${server.url}/_mock/requests/stream`)).status).toBe(401)
    expect((await get(`${server.url}/_mock/tenants/default/api_key`)).status).toBe(401)
    const authorization = "Bearer a token"
    expect((await get(`${server.url}/_mock/tenants/default/api_key`, { authorization })).status).toBe(200)
  })

  it("is the only page that can call the control API without a token", async () => {
    await using server = await MockServer.start()
    const { host } = new URL(server.url)
    const reset = (origin: string, more = {}) =>
      get(`${server.url}/_mock/tenants/default/reset`, { origin, ...more }, "POST")
    expect((await reset(`http://${host}`, { "sec-fetch-site": "same-origin" })).status).toBe(200)
    expect((await reset("http://localhost:1")).status).toBe(403)
    expect((await reset(`https://${host}`)).status).toBe(403)
    expect((await reset("null")).status).toBe(403)
    expect((await reset("http://evil.example", { host: "evil.example" })).status).toBe(403)
    expect((await reset(`http://${host}`, { "sec-fetch-site": "cross-site" })).status).toBe(403)
  })
})
