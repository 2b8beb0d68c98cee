import { describe, expect, it } from "@effect/vitest"
import { setImmediate } from "node:timers/promises"
import { check } from "./Concurrent.js"
import { keeping } from "./sentSecrets.js"
import type { Json } from "./WrongServer.js"

type Fetch = typeof fetch

const seed = 5

/** A server that is correct for sequential requests only. */
type Racing = (right: Fetch) => Fetch

/** Checks that a secret exists, and then deletes it. */
const deletesTwice: Racing = (right) => async (input, init) => {
  const request = new Request(input, init)
  if (request.method !== "DELETE") {
    return right(request)
  }
  const { headers, url } = request
  const found = await right(url, { headers })
  if (!found.ok) {
    return right(request)
  }
  await setImmediate()
  const response = await right(request)
  return new Response("{}", { status: 200, headers: response.headers })
}

/** Reads a secret, changes it and writes all of it. */
const losesUpdates: Racing = (right) => async (input, init) => {
  const request = new Request(input, init)
  const body = await request.clone().text()
  if (request.method !== "PATCH" || !/^\{"spec":\{"value":"[^{}]*"\}\}$/.test(body)) {
    return right(request)
  }
  const { headers, url } = request
  const found = await right(url, { headers })
  if (!found.ok) {
    return right(request)
  }
  const { metadata } = await found.json() as { readonly metadata: Json }
  await setImmediate()
  const whole = { metadata, ...JSON.parse(body) as Json, updateMask: "*" }
  return right(url, { method: "PATCH", headers, body: JSON.stringify(whole) })
}

/** Shares the response to a read with all equal requests in flight. */
const sharesReads: Racing = (right) => {
  const underWay = new Map<string, Promise<Response>>()
  return async (input, init) => {
    const request = new Request(input, init)
    const { method, url } = request
    if (method !== "GET") {
      return right(request)
    }
    const shared = underWay.get(url) ?? right(request).then(async (response) => {
      await setImmediate()
      underWay.delete(url)
      return response
    })
    underWay.set(url, shared)
    return (await shared).clone()
  }
}

describe("concurrent requests", () => {
  it(`get responses as if they came one after another (seed ${seed})`, async () => {
    const { failure, histories, overlapping, requests } = await check({ histories: 300, seed })
    expect(failure).toBeUndefined()
    expect(histories).toBe(300)
    expect(requests).toBeGreaterThan(1500)
    expect(overlapping).toBeGreaterThan(600)
  })

  it.each<readonly [string, Racing]>([
    ["deletes what another has deleted", deletesTwice],
    ["loses an update", losesUpdates],
    ["shares what it reads", sharesReads]
  ])("detect a server that %s", async (_, between) => {
    const secrets = new Set<string>()
    const { failure } = await check({ histories: 2000, seed, between: keeping(secrets, between) })
    expect(failure).toMatch(
      /^seed 5\n\n# npm start\n.*\n# no order of the requests of the fibers explains their answers\n$/s
    )
    expect(secrets.size).toBeGreaterThan(1)
    expect([...secrets].filter((secret) => failure?.includes(secret))).toEqual([])
  })

  it("report a response that no order explains", async () => {
    const teapot: Racing = () => () => Promise.resolve(new Response(null, { status: 418 }))
    const { failure } = await check({ histories: 2000, seed, between: teapot })
    expect(failure).toMatch(/\n# fiber \d, from 0 to 1: 418\n# no order [^\n]+\n$/)
  })
})
