import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as ControlClient from "../../src/control/ControlClient.js"
import * as MockServer from "../../src/MockServer.js"
import * as Seed from "../../src/world/Seed.js"
import { Snapshot } from "../../src/world/Snapshot.js"
import type { TenantSettings } from "../../src/world/TenantSettings.js"
import { expectError, send, sendJson, type WirePage, type WireSecret } from "../wire.js"

const parseSeed = (json: object): Seed.Seed => {
  const seed = Seed.parse(JSON.stringify(json))
  if (seed._tag === "Left") {
    throw seed.left
  }
  return seed.right
}

let server: MockServer.RunningServer
beforeAll(async () => {
  server = await MockServer.start()
})
afterAll(() => server.stop())

const asTarget = ({ apiKey, url }: { readonly apiKey: string; readonly url: string }) => ({
  url,
  apiKey: Redacted.make(apiKey),
  fetch: globalThis.fetch
})

const secrets = "/v1/workspace_secrets"
const create = { metadata: { name: "Billing database" }, spec: { value: "canary" } }

/** The same settings, set in each way. */
const ways: ReadonlyArray<
  readonly [way: string, make: (settings: TenantSettings) => Promise<{ readonly apiKey: string; readonly url: string }>]
> = [
  ["options", (settings) => server.tenant(settings)],
  ["a seed", (settings) => server.tenant({ seed: parseSeed(settings) })],
  ["a change", async (settings) => {
    const tenant = await server.tenant()
    await tenant.control.settings.set(settings)
    return tenant
  }],
  ["the control API, when it is made", async (settings) => {
    const client = ControlClient.makePromise({ url: server.url })
    const { apiKey } = await client.create(settings)
    return { url: server.url, apiKey: Redacted.value(apiKey) }
  }],
  ["the control API, later", async (settings) => {
    const client = ControlClient.makePromise({ url: server.url })
    const { apiKey, id } = await client.create()
    await client.tenant(id).settings.set(settings)
    expect(await client.tenant(id).settings.get()).toEqual(settings)
    return { url: server.url, apiKey: Redacted.value(apiKey) }
  }]
]

describe.each(ways)("settings from %s", (_, make) => {
  const paths = async (settings: TenantSettings) => {
    const target = asTarget(await make(settings))
    return { target, collections: [secrets, secrets.replace("/v1", "/v1/workspaces/development")] }
  }

  it("reject a key without the scope, with ErrorInfo, for every operation except whoami", async () => {
    const { collections, target } = await paths({ scopes: [] })
    for (const collection of collections) {
      for (
        const [method, path] of [
          ["GET", collection],
          ["POST", collection],
          ["GET", `${collection}/id`],
          ["PATCH", `${collection}/id`],
          ["DELETE", `${collection}/id`]
        ] as const
      ) {
        const answer = method === "POST" || method === "PATCH"
          ? await sendJson(target, method, path, create)
          : await send(target, path, { method })
        expect(expectError(answer, 403, 7).details).toEqual([{
          "@type": "type.googleapis.com/google.rpc.ErrorInfo",
          reason: "SCOPE_MISSING",
          metadata: { required_scope: "secrets:manage", granted_scopes: "" }
        }])
      }
    }
    expect((await send(target, "/v1/whoami")).status).toBe(200)
  })

  it("accept a key with the scope for everything", async () => {
    const { target } = await paths({ scopes: ["secrets:manage"] })
    expect((await sendJson(target, "POST", secrets, create)).status).toBe(200)
  })

  it("reject a disabled key", async () => {
    const { collections, target } = await paths({ disabled: true })
    for (const path of [...collections, "/v1/whoami"]) {
      const answer = await send(target, path)
      expect(expectError(answer, 401, 16).message).toBe("this API key is disabled")
      expect(answer.headers.get("www-authenticate")).toBe("Bearer")
    }
  })

  it("reject operations on secrets of an archived workspace", async () => {
    const { collections, target } = await paths({ archived: true })
    for (const path of collections) {
      expect(expectError(await send(target, path), 403, 7).message).toBe("this workspace is archived")
    }
    expect((await send(target, "/v1/whoami")).status).toBe(200)
  })

  it("leave out values, and keep spec", async () => {
    const { target } = await paths({ writeOnlyValues: true })
    const created = await sendJson<WireSecret>(target, "POST", secrets, create)
    const got = await sendJson<WireSecret>(target, "GET", `${secrets}/${created.body.metadata.id}`)
    const page = await sendJson<WirePage>(target, "GET", secrets)
    expect([created.body, got.body, ...page.body.items].map(({ spec }) => spec)).toEqual([{}, {}, {}])
  })

  it("store names in upper case", async () => {
    const { target } = await paths({ uppercaseNames: true })
    const created = await sendJson<WireSecret>(target, "POST", secrets, create)
    expect(created.body.metadata.name).toBe("BILLING DATABASE")
    const path = `${secrets}/${created.body.metadata.id}`
    const renamed = await sendJson<WireSecret>(target, "PATCH", path, { metadata: { name: "rotated" } })
    expect(renamed.body.metadata.name).toBe("ROTATED")
    const same = await sendJson<WireSecret>(target, "PATCH", path, { metadata: { name: "Rotated" } })
    expect(same.body).toEqual(renamed.body)
    expect((await sendJson<WirePage>(target, "GET", `${secrets}?prefix=ROT`)).body.items).toHaveLength(1)
  })
})

describe("settings", () => {
  it("that are not set stay as they are", async () => {
    await using tenant = await server.tenant({ archived: true, scopes: [] })
    await tenant.control.settings.set({ archived: false })
    expect(await tenant.control.settings.get()).toEqual({ archived: false, scopes: [] })
  })

  it("are restored by a reset and by a snapshot", async () => {
    await using tenant = await server.tenant({ disabled: true })
    const snapshot = await tenant.control.snapshot()
    await tenant.control.settings.set({ disabled: false, uppercaseNames: true })
    await tenant.control.reset()
    expect(await tenant.control.settings.get()).toEqual({ disabled: true })
    await using other = await server.tenant()
    await other.control.restore(snapshot)
    expect(await other.control.settings.get()).toEqual({ disabled: true })
  })

  it("have their defaults in a snapshot without settings", async () => {
    await using tenant = await server.tenant()
    const { disabled: _, ...old } = Schema.encodeSync(Snapshot)(await tenant.control.snapshot())
    expect(Object.keys(old)).not.toContain("scopes")
    await tenant.control.restore(Schema.decodeUnknownSync(Snapshot)(old))
    expect(await tenant.control.settings.get()).toEqual({})
  })

  it("of options win over those of a seed, and those over the server's", async () => {
    await using strict = await MockServer.start({ writeOnlyValues: true, uppercaseNames: true, disabled: true })
    await using plain = await strict.tenant()
    expect(await plain.control.settings.get()).toEqual({ writeOnlyValues: true, uppercaseNames: true })
    await using tenant = await strict.tenant({
      seed: parseSeed({ writeOnlyValues: false, archived: true }),
      archived: false
    })
    expect(await tenant.control.settings.get()).toEqual({
      writeOnlyValues: false,
      uppercaseNames: true,
      archived: false
    })
  })

  it("of a seed apply to its secrets", async () => {
    const seed = parseSeed({
      accountId: "account_1",
      workspaceId: "workspace_1",
      uppercaseNames: true,
      workspaceSecrets: [{
        metadata: {
          id: "wsec_1",
          accountId: "account_1",
          workspaceId: "workspace_1",
          createdAt: "2026-01-01T00:00:00Z",
          name: "old",
          profileId: "prof_1"
        },
        spec: {}
      }]
    })
    await using tenant = await server.tenant({ seed })
    const got = await sendJson<WireSecret>(asTarget(tenant), "GET", `${secrets}/wsec_1`)
    expect([got.status, got.body.metadata.name]).toEqual([200, "OLD"])
  })

  it("with an unknown scope are rejected with the list of known ones, and not quoted", async () => {
    const problem = "scopes[1]: Expected a known scope: secrets:manage"
    const scopes = ["secrets:manage", "canary"] as unknown as NonNullable<TenantSettings["scopes"]>
    await expect(server.tenant({ scopes })).rejects.toMatchObject({ _tag: "TenantError", problems: [problem] })
    await using tenant = await server.tenant()
    await expect(tenant.control.settings.set({ scopes })).rejects.toMatchObject({ problems: [problem] })
    expect(await tenant.control.settings.get()).toEqual({})
    const seed = Seed.parse(JSON.stringify({ scopes }))
    expect(seed._tag === "Left" && seed.left.message).toContain("scopes[1]: Expected a known scope: secrets:manage")
    const body = JSON.stringify({ scopes })
    const answer = await fetch(`${server.url}/_mock/tenants`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body
    })
    const text = await answer.text()
    expect([answer.status, text.includes("known scope: secrets:manage"), text.includes("canary")]).toEqual([
      400,
      true,
      false
    ])
  })
})
