import * as MockServer from "@workspace-secrets/mock-server/MockServer"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"

const run = promisify(execFile)

const example = (name: string, env: Record<string, string> = {}) =>
  run(process.execPath, [fileURLToPath(new URL("../../tools/example.mjs", import.meta.url)), name], {
    env: { PATH: process.env["PATH"], ...env }
  })

const value = "correct horse battery staple"

describe.concurrent("examples", () => {
  it("read-a-secret prints a secret without its value", async () => {
    const { stderr, stdout } = await example("read-a-secret")
    expect(stdout).toBe("Billing database { environment: 'production' }\n{ value: <redacted> }\ntrue\n")
    expect(stderr).toBe("")
  }, 60_000)

  it("upsert-a-secret stores its secret once, however often it runs", async () => {
    await using server = await MockServer.start()
    const env = { CADENYA_BASE_URL: server.url, CADENYA_API_KEY: server.apiKey }
    const created = await example("upsert-a-secret", env)
    const updated = await example("upsert-a-secret", env)

    const list = await fetch(`${server.url}/v1/workspace_secrets`, {
      headers: { authorization: `Bearer ${server.apiKey}` }
    })
    const { items } = await list.json() as { items: ReadonlyArray<{ metadata: { id: string } }> }
    expect(items).toHaveLength(1)
    for (const { stderr, stdout } of [created, updated]) {
      expect(stdout).toContain(`stored ${items[0]?.metadata.id}`)
      expect(stdout + stderr).not.toContain(value)
    }
  }, 60_000)

  it("an unknown name gets the list of names", async () => {
    await expect(example("nothing")).rejects.toMatchObject({
      code: 2,
      stdout: "",
      stderr: "npm run example -- <name>, where <name> is one of: read-a-secret, upsert-a-secret\n"
    })
  }, 60_000)
})
