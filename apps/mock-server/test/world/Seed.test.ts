import { describe, expect, it } from "@effect/vitest"
import * as PrefixedUlid from "@workspace-secrets/core/PrefixedUlid"
import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import { inspect } from "node:util"
import { leaking, printed } from "../../../../tools/leaks/sinks.js"
import { spellings } from "../../../../tools/leaks/spellings.js"
import * as Seed from "../../src/world/Seed.js"
import * as Tenant from "../../src/world/Tenant.js"

const example = readFileSync(new URL("../../seeds/example.json", import.meta.url), "utf8")

type Json = string | number | boolean | null | ReadonlyArray<Json> | { readonly [key: string]: Json }

const secret = (id: string, metadata: { readonly [key: string]: Json } = {}): Json => ({
  metadata: {
    id,
    accountId: "acct",
    createdAt: "2019-12-27T18:11:19.117Z",
    name: "name",
    profileId: "prof",
    workspaceId: "wksp",
    ...metadata
  },
  spec: { value: "canary" }
})

const seed = (rest: { readonly [key: string]: Json }): string =>
  JSON.stringify({ accountId: "acct", workspaceId: "wksp", ...rest })

const toTenant = (seed: Seed.Seed) => Tenant.make({ seed })

/** The problems of a seed's text, one line each. */
const located = (text: string): ReadonlyArray<string> =>
  Either.match(Seed.parse(text), { onLeft: (error) => error.problems, onRight: () => [] })

/** The same, without positions. */
const problems = (text: string): ReadonlyArray<string> =>
  located(text).map((line) => line.replace(/^line \d+, column \d+: /, ""))

describe("parse", () => {
  it("reads the example, and the schema encodes it unchanged", () => {
    const parsed = Either.getOrThrow(Seed.parse(example))
    expect(Schema.encodeSync(Seed.Seed)(parsed)).toEqual(JSON.parse(example))
  })

  it("accepts an empty object, for which everything is generated", () => {
    expect(Seed.parse("{}")).toEqual(Either.right({}))
  })

  it.each([
    ["", "line 1, column 1: not valid JSON: value expected"],
    ["{", "line 1, column 2: not valid JSON: close brace expected"],
    ["{\n  \"accountId\": canary\n}", "line 2, column 16: accountId: not valid JSON: invalid symbol"],
    ["{\n  \"accountId\": \"a\",\n}", "line 3, column 1: not valid JSON: property name expected"],
    ["{\r\n\r\n  \"accountId\" \"canary\"\r\n}", "line 3, column 15: accountId: not valid JSON: colon expected"],
    ["{\n\"a\": \"canary\n\"}", "line 2, column 6: not valid JSON: unexpected end of string"],
    ["{} {}", "line 1, column 4: not valid JSON: end of file expected"],
    ["{} // canary", "line 1, column 4: not valid JSON: invalid comment token"],
    ["{'accountId': 'canary'}", "line 1, column 2: not valid JSON: invalid symbol"],
    [
      "{\"workspaceSecrets\":[{},{\"spec\":{\"value\":\"can\"ary\"}}]}",
      "line 1, column 47: workspaceSecrets[1].spec.value: not valid JSON: invalid symbol"
    ],
    [
      "{\"workspaceSecrets\":[{\"metadata\":{\"labels\":{\"canary\": canary}}}]}",
      "line 1, column 55: workspaceSecrets[0].metadata.labels: not valid JSON: invalid symbol"
    ]
  ])("reports the position and field of a JSON syntax error (%$)", (text, where) => {
    expect(located(text)).toEqual([where])
  })

  it("reports the position of each problem: of a value, of the name of an unexpected field, or of an object that lacks a field", () => {
    const text = [
      "{",
      "  \"workspaceId\": \"first\", \"workspaceId\": \"wksp\",",
      "  \"accountId\": \"acct\", \"a b\": 1,",
      "\t\"workspaceSecrets\": [",
      `    ${JSON.stringify(secret("a"))}, {`,
      "      \"metadata\":",
      "        {},",
      "      \"spec\": { \"value\": [\"canary\"] }",
      "    }",
      "  ]",
      "}"
    ].join("\n")
    expect(located(text)).toEqual([
      "line 3, column 24: [\"a b\"]: Unexpected",
      ...["id", "accountId", "createdAt", "name", "profileId", "workspaceId"].map((field) =>
        `line 7, column 9: workspaceSecrets[1].metadata.${field}: Required, and missing`
      ),
      "line 8, column 26: workspaceSecrets[1].spec.value: Expected a string"
    ])
    const other = text.replace("\"a b\": 1,", "").replace(
      "{},",
      `${JSON.stringify(Reflect.get(Object(secret("a", { workspaceId: "canary" })), "metadata"))},`
    ).replace("[\"canary\"]", "\"canary\"")
    expect(located(other)).toEqual([
      "line 7, column 124: workspaceSecrets[1].metadata.workspaceId: is not the workspace of the seed;"
      + " set workspaceId of the seed",
      "line 7, column 15: workspaceSecrets[1].metadata.id: is a duplicate"
    ])
  })

  it.prop(
    "reads any text or reports where it is invalid, and never quotes it",
    [FastCheck.json(), FastCheck.nat(), FastCheck.string()],
    ([json, nat, inserted]) => {
      const text = `${json.slice(0, nat % (json.length + 1))}${inserted}${json.slice(nat % (json.length + 1))}`
      const isJson = (() => {
        try {
          JSON.parse(text)
          return true
        } catch {
          return false
        }
      })()
      const lines = located(text)
      if (isJson) {
        expect(lines.join()).not.toContain("not valid JSON")
      } else {
        expect(lines).toHaveLength(1)
        // `value` is a name of the schema, and the beginning of a key that the generator prefers, `valueOf`.
        expect(lines[0]).toMatch(/^line \d+, column \d+: (?:(?:\[\d+\]|\.?value)+: )?not valid JSON: [a-z ]+$/)
      }
    },
    { fastCheck: { numRuns: 300 } }
  )

  it("survives text that is nested too deeply", () => {
    expect(located("[".repeat(100_000))).toEqual(["not valid JSON"])
    expect(located(`{"workspaceSecrets":${"[".repeat(100_000)}${"]".repeat(100_000)}}`)).toEqual([
      "workspaceSecrets[0]: Expected an object (WorkspaceSecret)"
    ])
  })

  it.each(["[]", "null", "1", "\"canary\"", "[{}]"])("accepts an object only (%$)", (text) => {
    expect(problems(text)).toEqual(["Expected an object (Seed)"])
  })

  it.each([
    [{ canary: 1 }, "canary: Unexpected"],
    [{ workspaceSecret: [] }, "workspaceSecret: Unexpected"],
    [{ profile: { metadata: {}, spec: {}, color: "canary" } }, "profile.color: Unexpected"],
    [{ workspaceSecrets: [{ ...Object(secret("a")), values: "canary" }] }, "workspaceSecrets[0].values: Unexpected"],
    [{ workspaceSecrets: [secret("a", { nmae: "canary" })] }, "workspaceSecrets[0].metadata.nmae: Unexpected"],
    [
      { workspaceSecrets: [{ ...Object(secret("a")), spec: { Value: "canary" } }] },
      "workspaceSecrets[0].spec.Value: Unexpected"
    ],
    [
      { workspaceSecrets: [{ ...Object(secret("a")), info: { createdAt: "canary" } }] },
      "workspaceSecrets[0].info.createdAt: Unexpected"
    ]
  ])("rejects an unknown key, because it may be misspelt (%$)", (rest, problem) => {
    expect(problems(seed(rest as { readonly [key: string]: Json }))).toContain(problem)
  })

  it("rejects __proto__ like every unknown key", () => {
    expect(problems(`{"__proto__":{"accountId":"a"}}`)).toEqual(["__proto__: Unexpected"])
    expect(problems(`{"constructor":{}}`)).toEqual(["constructor: Unexpected"])
  })

  it("keeps labels with the names of object members", () => {
    const text = seed({ workspaceSecrets: [secret("a")] }).replace(
      `"name":"name"`,
      `"name":"name","labels":{"__proto__":"a","constructor":"b"}`
    )
    const tenant = Either.getOrThrow(Seed.parse(text)).workspaceSecrets?.[0]
    expect(Object.entries(tenant?.metadata.labels ?? {})).toEqual([["__proto__", "a"], ["constructor", "b"]])
  })

  it.each([
    [{ accountId: "" }, ["accountId: Expected a non-empty string"]],
    [{ accountId: 7 }, ["accountId: Expected a non-empty string"]],
    [{ workspaceId: ["canary"] }, ["workspaceId: Expected a non-empty string"]],
    [{ workspaceAlias: true }, ["workspaceAlias: Expected a non-empty string"]],
    [{ profile: "canary" }, ["profile: Expected an object (Profile)"]],
    [{ profile: { metadata: "canary", spec: { type: 1 } } }, [
      "profile.metadata: Expected an object (AccountResourceMetadata)",
      "profile.spec.type: Expected a profile type (a string)"
    ]],
    [{ workspaceSecrets: { canary: 1 } }, ["workspaceSecrets: Expected an array"]],
    [{ workspaceSecrets: ["canary"] }, ["workspaceSecrets[0]: Expected an object (WorkspaceSecret)"]],
    [{ workspaceSecrets: [secret("a"), { ...Object(secret("b")), spec: "canary" }] }, [
      "workspaceSecrets[1].spec: Expected an object (WorkspaceSecretSpec)"
    ]],
    [{ workspaceSecrets: [{ ...Object(secret("a")), spec: { value: ["canary"] } }] }, [
      "workspaceSecrets[0].spec.value: Expected a string"
    ]],
    [{ workspaceSecrets: [secret("a", { createdAt: "canary", labels: { "ca nary": ["canary"] } })] }, [
      "workspaceSecrets[0].metadata.createdAt: Expected a timestamp such as 2019-12-27T18:11:19.117Z"
      + " (RFC 3339, UTC, 0 to 9 fractional digits)",
      "workspaceSecrets[0].metadata.labels[\"ca nary\"]: Expected a string"
    ]],
    [{ workspaceSecrets: [{ metadata: {} }] }, [
      "workspaceSecrets[0].metadata.id: Required, and missing",
      "workspaceSecrets[0].metadata.accountId: Required, and missing",
      "workspaceSecrets[0].metadata.createdAt: Required, and missing",
      "workspaceSecrets[0].metadata.name: Required, and missing",
      "workspaceSecrets[0].metadata.profileId: Required, and missing",
      "workspaceSecrets[0].metadata.workspaceId: Required, and missing",
      "workspaceSecrets[0].spec: Required, and missing"
    ]]
  ])("names each invalid field with its path (%$)", (rest, expected) => {
    expect(problems(seed(rest as { readonly [key: string]: Json }))).toEqual(expected)
  })

  it.prop(
    "never quotes a value of the seed in an error, wherever it was put by mistake",
    [FastCheck.nat(), FastCheck.constantFrom("canary", ["canary"], { canary: "canary" }, 77317)],
    ([nat, canary]) => {
      const paths: Array<ReadonlyArray<string>> = []
      const collect = (json: unknown, path: ReadonlyArray<string>) => {
        paths.push(path)
        if (typeof json === "object" && json !== null) {
          Object.entries(json).forEach(([key, value]) => collect(value, [...path, key]))
        }
      }
      const root: unknown = JSON.parse(example)
      collect(root, [])
      const path = paths[nat % paths.length] ?? []
      const place = (json: unknown, [key, ...rest]: ReadonlyArray<string>): unknown =>
        key === undefined
          ? canary
          : Array.isArray(json)
          ? json.map((item: unknown, i) => String(i) === key ? place(item, rest) : item)
          : { ...(json as object), [key]: place(Reflect.get(json as object, key), rest) }
      const failure = Either.getLeft(Either.flatMap(
        Seed.parse(JSON.stringify(place(root, path))),
        (seed) => Effect.runSync(Effect.either(toTenant(seed)))
      ))
      if (Option.isSome(failure)) {
        const error = failure.value
        // The key of an unknown field is named; its value is not.
        const prints = printed(error).map(({ how, text }) => ({ how, text: text.replaceAll("canary: Unexpected", "") }))
        expect(leaking(prints, "canary", "77317")).toEqual([])
      }
    },
    { fastCheck: { numRuns: 200 } }
  )
})

describe("a tenant with a seed", () => {
  it.effect("has the data of the example", () =>
    Effect.gen(function*() {
      const tenant = yield* Effect.flatMap(Seed.parse(example), toTenant)
      expect(tenant).toMatchObject({
        accountId: "accountId",
        workspaceId: "workspaceId",
        workspaceAlias: "development",
        profile: { metadata: { id: "id" }, spec: { type: "PROFILE_TYPE_USER" } }
      })
      const secrets = [...tenant.secrets.walk("asc")].map((secret) => Schema.encodeSync(WorkspaceSecret)(secret))
      expect(secrets).toEqual((JSON.parse(example) as { readonly workspaceSecrets: unknown }).workspaceSecrets)
    }))

  it.effect("generates what the seed leaves out: ids that are prefixed ULIDs, and a profile of an API key", () =>
    Effect.gen(function*() {
      const one = yield* toTenant({})
      const two = yield* toTenant({})
      expect(Option.map(PrefixedUlid.parse(one.accountId), ({ prefix }) => prefix)).toEqual(Option.some("account"))
      expect(Option.map(PrefixedUlid.parse(one.workspaceId), ({ prefix }) => prefix)).toEqual(Option.some("workspace"))
      expect(Option.map(PrefixedUlid.parse(one.profile.metadata.id), ({ prefix }) => prefix)).toEqual(
        Option.some("profile")
      )
      expect(one.profile.metadata.accountId).toBe(one.accountId)
      expect(one.profile.spec.type).toBe("PROFILE_TYPE_API_KEY")
      expect(one.workspaceAlias).toBe("development")
      expect(one.secrets.size).toBe(0)
      expect(two.workspaceId).not.toBe(one.workspaceId)
      expect(two.accountId).not.toBe(one.accountId)
    }))

  it.effect("has the account of the profile if the seed has none", () =>
    Effect.gen(function*() {
      const { profile } = Either.getOrThrow(Seed.parse(example))
      const tenant = yield* toTenant({ profile })
      expect(tenant.accountId).toBe("accountId")
    }))

  it.each([
    [{ workspaceSecrets: [secret("a", { accountId: "canary" })] }, [
      "workspaceSecrets[0].metadata.accountId: is not the account of the seed; set accountId of the seed"
    ]],
    [{ workspaceSecrets: [secret("a"), secret("b", { workspaceId: "canary" })] }, [
      "workspaceSecrets[1].metadata.workspaceId: is not the workspace of the seed; set workspaceId of the seed"
    ]],
    [{ workspaceSecrets: [secret("canary"), secret("b"), secret("canary")] }, [
      "workspaceSecrets[2].metadata.id: is a duplicate"
    ]],
    [{ workspaceSecrets: [secret("a", { externalId: "canary" }), secret("b", { externalId: "canary" })] }, [
      "workspaceSecrets[1].metadata.externalId: is a duplicate"
    ]],
    [{
      profile: {
        metadata: { id: "p", accountId: "canary", name: "n", profileId: "p" },
        spec: { type: "PROFILE_TYPE_USER" }
      },
      workspaceSecrets: [secret("a", { accountId: "canary", workspaceId: "canary" })]
    }, [
      "profile.metadata.accountId: is not the accountId of the seed",
      "workspaceSecrets[0].metadata.accountId: is not the account of the seed; set accountId of the seed",
      "workspaceSecrets[0].metadata.workspaceId: is not the workspace of the seed; set workspaceId of the seed"
    ]]
  ])("reports all contradictions at once (%$)", (rest, expected) => {
    expect(problems(seed(rest as { readonly [key: string]: Json }))).toEqual(expected)
  })

  it("requires the ids that its secrets have", () => {
    expect(problems(JSON.stringify({ workspaceSecrets: [secret("a")] }))).toEqual([
      "workspaceSecrets[0].metadata.accountId: is not the account of the seed; set accountId of the seed",
      "workspaceSecrets[0].metadata.workspaceId: is not the workspace of the seed; set workspaceId of the seed"
    ])
  })

  it.each(Object.entries(spellings))("quotes no misplaced value, in the encoding %s", (_, spell) => {
    const value = "canary-value-\"<é>\"\n"
    const spelled = spell(value)
    for (
      const text of [
        JSON.stringify(seed({ workspaceSecrets: [{ ...Object(secret("a")), spec: { value: [spelled] } }] })),
        spelled
      ]
    ) {
      const error = Option.getOrThrow(Either.getLeft(Either.flatMap(
        Seed.parse(text),
        (parsed) => Effect.runSync(Effect.either(toTenant(parsed)))
      )))
      expect(leaking(printed(error), [value, spelled])).toEqual([])
    }
  })

  it("accepts equal names, and secrets without an external id", () => {
    expect(problems(seed({ workspaceSecrets: [secret("a"), secret("b"), secret("c", { externalId: "x" })] }))).toEqual(
      []
    )
  })

  it("has a message with a line for each problem, and prints it once", () => {
    const error = new Seed.SeedError({ problems: ["one", "two"] })
    expect([error.message, error.problems]).toEqual(["one\ntwo", ["one", "two"]])
    for (const printed of [inspect(error), String(error), JSON.stringify(error), Cause.pretty(Cause.fail(error))]) {
      expect([printed.split("one").length, printed.split("two").length]).toEqual([2, 2])
    }
  })

  it("lists the first 20 problems, and the number of the others", () => {
    const lines = problems(seed({ workspaceSecrets: Array.from({ length: 1000 }, () => ({})) }))
    expect(lines).toHaveLength(21)
    expect([lines[0], lines[20]]).toEqual(["workspaceSecrets[0].metadata: Required, and missing", "and 1980 more"])
    const twice = Array.from({ length: 100 }, () => secret("a"))
    expect(problems(seed({ workspaceSecrets: twice })).at(-1)).toBe("and 79 more")
    const value = Either.getOrThrow(Seed.parse(seed({ workspaceSecrets: [secret("a")] })))
    const wrong = { ...value, workspaceSecrets: twice.flatMap(() => value.workspaceSecrets ?? []) }
    expect(Seed.problems(wrong).at(-1)).toBe("and 79 more")
  })
})
