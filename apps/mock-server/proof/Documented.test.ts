import { describe, expect, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { check } from "./Documented.js"
import { keeping } from "./sentSecrets.js"
import { wrongServers as wrongCreates } from "./wrong/Create.js"
import { wrongServers as wrongErrors } from "./wrong/Errors.js"
import { wrongServers as wrongLists } from "./wrong/List.js"
import { wrongServers as wrongTransports } from "./wrong/Transport.js"
import { wrongServers as wrongUpdates } from "./wrong/Update.js"
import { answered, answers, bodies, type WrongServer } from "./WrongServer.js"

const seed = 5

/** The wrong servers of this file have one tenant. */
const nobody = { apiKey: Redacted.make("nobody"), workspaceId: "nowhere" }

const problemsOf = async (wrong: WrongServer, secrets = new Set<string>()) => {
  const { problems } = await check({ seed, rounds: 6, between: keeping(secrets, (right) => wrong(right, nobody)) })
  return problems
}

const all = { ...wrongCreates, ...wrongErrors, ...wrongLists, ...wrongTransports, ...wrongUpdates }

describe("requests made from the OpenAPI document", () => {
  it(`get the documented responses (seed ${seed})`, async () => {
    const { answers, invalid, problems, valid } = await check({ seed, rounds: 40 })
    expect(problems).toEqual([])
    expect(valid).toBe(11 * 40)
    expect(invalid).toBeGreaterThan(1000)
    const refused = [...answers.keys()].filter((kind) => !kind.endsWith(" 200"))
    // Not in the schemas, only in the text of the document: the name cannot be cleared, and external ids are unique.
    expect(refused.filter((kind) => !/update 400$|(create|update) 409$/.test(kind))).toEqual([])
    expect([...answers].filter(([kind, count]) => kind.endsWith(" 200") && count >= 20)).toHaveLength(11)
  })

  it.each([
    ["answers a create with 201", "workspace_secrets.create, a valid request: 201, which is not listed"],
    ["mistakes a number for a text", "workspace_secrets.create, spec.value of another type: not 400"],
    ["mistakes a negative limit for none", "workspace_secrets.list, limit below the minimum: not 400"],
    ["accepts any sortOrder", "workspace_secrets.list, sortOrder none of its members: not 400"],
    ["does not say which field of a create is wrong", "workspace_secrets.create, no body: does not tell of it"],
    ["accepts every key", "workspace_secrets.list, an unknown key: not 401"],
    ["has errors in HTML", "workspace_secrets.list, an unknown key: no answer in JSON"],
    [
      "has no code in its errors",
      "workspace_secrets.list, an unknown key: 401, and its body is not as listed at : required"
    ],
    ["has no x-request-id", "workspace_secrets.list, a valid request: 200 without x-request-id"],
    [
      "writes null for what is not set",
      "workspace_secrets.list, a valid request: 200, and its body is not as listed at "
    ],
    [
      "writes times in seconds since 1970",
      "workspace_secrets.list, a valid request: 200, and its body is not as listed at "
    ],
    ["mistakes a list for a mask", "workspace_secrets.update, updateMask of another type: not 400"]
  ])("detect a server that %s", async (name, problem) => {
    const [wrong] = all[name] ?? expect.fail("no such server")
    const problems = await problemsOf(wrong)
    expect(problems.map((each) => each.replace(`seed ${seed}, `, "")).filter((each) => each.startsWith(problem)).length)
      .toBeGreaterThan(0)
  })

  it("detect a server that fails", async () => {
    const failing = answers((response, { body }) =>
      body.includes("labels") ? answered(response, { code: 13, message: "failed", details: [] }, 500) : response
    )
    const problem =
      `seed ${seed}, workspace_secrets.create, a valid request: 500, which no request should be answered with`
    expect(await problemsOf(failing)).toContain(problem)
  })

  it("report neither a key nor a value", async () => {
    const secrets = new Set<string>()
    const indiscreet = bodies((body, { body: sent, request }) => ({
      metadata: { [sent]: request.headers.get("authorization") },
      spec: sent,
      [sent]: body
    }))
    const problems = await problemsOf(indiscreet, secrets)
    expect(problems.length).toBeGreaterThan(10)
    expect([...secrets]).toEqual(expect.arrayContaining(["mock-api-key", "canary-value"]))
    expect(problems.filter((problem) => [...secrets].some((secret) => problem.includes(secret)))).toEqual([])
  })
})
