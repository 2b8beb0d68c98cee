import { describe, expect, it, vi } from "@effect/vitest"
import { CreateWorkspaceSecret } from "@workspace-secrets/core/CreateWorkspaceSecret"
import { WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import { leaking, printed } from "../../../../tools/leaks/sinks.js"
import { spellings } from "../../../../tools/leaks/spellings.js"
import {
  type Answered,
  differences,
  type Exchange,
  isSize,
  Journal,
  JournalEntry,
  JournalMatch,
  type JournalMismatch,
  JournalPage,
  RequestPage,
  Requests,
  RequestSummary,
  summaries
} from "../../src/world/Journal.js"
import { described } from "../described.js"
import { exchange } from "../exchange.js"
import { secret } from "../secrets.js"

const answered = (known: Partial<Answered> = {}): Answered => ({
  status: 200,
  headers: {},
  size: 0,
  broken: undefined,
  ...known
})

/** The journal entry of a request; with `unanswered`, of one whose client closed the connection. */
const entryOf = (known: Partial<Exchange> = {}, answer: Answered | "unanswered" = answered()): JournalEntry =>
  new Journal().record(exchange(known), answer === "unanswered" ? undefined : answer).entry

const operation = {
  name: "create",
  encodePayload: Schema.encodeUnknownSync(CreateWorkspaceSecret),
  encodeSuccess: Schema.encodeUnknownSync(WorkspaceSecret)
}

describe("isSize", () => {
  it("is a whole number from 0 to 100,000", () => {
    expect([0, 1, 100_000].map(isSize)).toEqual([true, true, true])
    expect([-1, 0.5, 100_001, NaN].map(isSize)).toEqual([false, false, false, false])
  })
})

describe("a recorded request", () => {
  it("has what is known of a request without a response", () => {
    const { durationMillis, ...entry } = entryOf({}, "unanswered")
    expect(durationMillis).toBeGreaterThanOrEqual(0)
    expect(entry).toEqual({
      sequence: 1,
      requestId: "req_1",
      receivedAt: "1970-01-01T00:00:00.000Z",
      method: "GET",
      target: "/v1/workspace_secrets",
      path: "/v1/workspace_secrets",
      query: {},
      request: { headers: {} }
    })
  })

  it("has a duration until it is recorded, in milliseconds", () => {
    const { durationMillis } = entryOf({ startedAt: performance.now() - 1234 })
    expect(durationMillis).toBeGreaterThanOrEqual(1234)
    expect(durationMillis).toBeLessThan(20_000)
    expect(durationMillis * 1000 % 1).toBeCloseTo(0)
  })

  it.each([
    ["authorization", "Proxy-Authorization", "cookie", "set-cookie", "x-api-key", "x-token", "client-secret"],
    ["x-password", "x-credential", "signature", "x-session-id"]
  ].flat())("does not show the header %s", (name) => {
    const headers = { [name.toLowerCase()]: "canary" }
    const entry = entryOf({ headers }, answered({ headers }))
    expect(entry.request.headers).toEqual({ [name.toLowerCase()]: "<redacted>" })
    expect(entry.response?.headers).toEqual(entry.request.headers)
  })

  it("shows the other headers, and joins repeated ones", () => {
    const headers = { "idempotency-key": "k", accept: ["a", "b"], "content-type": undefined, via: "x" }
    expect(entryOf({ headers }).request.headers).toEqual({ "idempotency-key": "k", accept: "a, b", via: "x" })
  })

  it.each([
    ["Bearer canary", "canary"],
    ["bearer    canary  ", "canary"],
    ["canary", "canary"],
    ["Bearer ca/n", "ca/n"],
    ["Bearer ca/n", "ca%2Fn"]
  ])("does not contain the key (%$)", (authorization, key) => {
    const entry = entryOf({
      headers: { authorization, via: `a ${key} b` },
      target: `/v1/${key}?prefix=${key}&${key}=1`,
      ref: key,
      failure: { message: [`not ${key}`, { [key]: key }] },
      operation
    })
    expect(leaking(printed(entry), key)).toEqual([])
    expect(entry).toMatchObject({
      target: "/v1/<redacted>?prefix=<redacted>&%3Credacted%3E=<redacted>",
      path: "/v1/<redacted>",
      query: { prefix: "<redacted>", "<redacted>": "<redacted>" },
      id: "<redacted>",
      request: { headers: { via: "a <redacted> b" } },
      response: { body: { message: ["not <redacted>", { "<redacted>": "<redacted>" }] } }
    })
  })

  it.each(Object.entries(spellings))("does not contain the key in the encoding %s", (_, spell) => {
    const key = "canary-key-7f3a+/=.and-more"
    const told = `a ${spell(key)} b`
    const entry = entryOf({
      headers: { authorization: `Bearer ${key}`, via: told },
      target: `/v1/${encodeURIComponent(spell(key))}?prefix=${encodeURIComponent(told)}`,
      failure: { message: told, details: [{ [told]: told }] }
    })
    expect(leaking(printed(entry), [key, spell(key)])).toEqual([])
    expect(JSON.stringify(entry)).toContain("<redacted>")
  })

  it("does not mask a key that is too short to distinguish from text", () => {
    expect(entryOf({ headers: { authorization: "Bearer v1/" }, target: "/v1/x" }).path).toBe("/v1/x")
  })

  it("has the decoded query, and a redacted target", () => {
    const entry = entryOf({ target: "/v1/workspace_secrets?prefix=a%20b&limit=2&limit=3&mine=x&query=" })
    expect(entry.query).toEqual({ prefix: "a b", limit: "3", mine: "<redacted>", query: "" })
    expect(entry.target).toBe("/v1/workspace_secrets?prefix=a%20b&limit=3&mine=<redacted>&query=")
    expect(entryOf({ target: "/a?" })).toMatchObject({ target: "/a", path: "/a", query: {} })
  })

  it("cuts long targets", () => {
    const long = `/${"a".repeat(2047)}`
    expect(entryOf({ target: long }).path).toBe(long)
    expect(entryOf({ target: `${long}b` }).path).toBe(`${long}…`)
    const query = entryOf({ target: `/?prefix=${"a".repeat(2049)}&${"b".repeat(2049)}=1` }).query
    expect(query).toEqual({ prefix: `${"a".repeat(2048)}…`, [`${"b".repeat(2048)}…`]: "<redacted>" })
  })

  it("cuts no character in half", () => {
    const { query, target } = entryOf({ target: `/?prefix=${"a".repeat(2047)}%F0%9F%98%80b` })
    expect(query).toEqual({ prefix: `${"a".repeat(2047)}…` })
    expect(target).toBe(`/?prefix=${"a".repeat(2039)}…`)
  })

  it.prop("can be read whatever its target is", [FastCheck.string({ unit: "binary", maxLength: 3000 })], ([text]) => {
    const long = "a".repeat(2046)
    for (const query of [text, `prefix=${text}`, `${long}${text}`, encodeURIComponent(`${long}${text}`)]) {
      expect(entryOf({ target: `/v1/workspace_secrets?${query}` }).sequence).toBe(1)
    }
  }, { fastCheck: { numRuns: 30 } })

  it("has the first 50 query parameters", () => {
    const names = Array.from({ length: 60 }, (_, i) => `p${i}`)
    expect(Object.keys(entryOf({ target: `/?${names.join("&")}` }).query)).toEqual(names.slice(0, 50))
  })

  it("names the operation and the secret of the path", () => {
    expect(entryOf({ ref: "wsec_1" })).toMatchObject({ id: "wsec_1" })
    expect(entryOf({ ref: "external_id:a b" })).toMatchObject({ externalId: "a b" })
    expect(entryOf({ ref: "external_id:a" })).not.toHaveProperty("id")
    expect(entryOf({ ref: "external_id" })).toMatchObject({ id: "external_id" })
    expect(entryOf({ operation, fault: "busy" })).toMatchObject({ operation: "create", fault: "busy" })
  })

  it("shows that there is a value, and drops the value", () => {
    const payload = Schema.decodeSync(CreateWorkspaceSecret)({ metadata: { name: "a" }, spec: { value: "canary" } })
    const success = secret({ id: "wsec_1", value: "canary" })
    const asked = exchange({ operation, payload, success })
    const { entry } = new Journal().record(asked, answered())
    expect(entry.request.body).toEqual({ metadata: { name: "a" }, spec: { value: "<redacted>" } })
    expect(entry.response?.body).toMatchObject({ metadata: { id: "wsec_1" }, spec: { value: "<redacted>" } })
    expect(asked.payload).not.toBe(payload)
    expect(asked.success).not.toBe(success)
    const bare = entryOf({
      operation,
      payload: Schema.decodeSync(CreateWorkspaceSecret)({ metadata: { name: "a" }, spec: {} }),
      success: secret({ id: "wsec_1" })
    })
    expect(bare.request.body).toEqual({ metadata: { name: "a" }, spec: {} })
    expect(bare.response?.body).toMatchObject({ spec: {} })
    const page = entryOf({
      operation: { ...operation, name: "list", encodeSuccess: Schema.encodeUnknownSync(WorkspaceSecretPage) },
      success: new WorkspaceSecretPage({ items: [success, secret({ id: "b" })], pagination: {} })
    })
    expect(page.response?.body).toMatchObject({
      items: [{ metadata: { id: "wsec_1" }, spec: { value: "<redacted>" } }, { metadata: { id: "b" }, spec: {} }],
      pagination: {}
    })
  })

  it("leaves out bodies of more than 64 KiB, and says so", () => {
    const most = 64 * 1024
    const payload = Schema.decodeSync(CreateWorkspaceSecret)({ metadata: { name: "a" }, spec: {} })
    const kept = entryOf({ operation, failure: { code: 3 }, payload, requestSize: most }, answered({ size: most }))
    expect(kept.request.body).toEqual({ metadata: { name: "a" }, spec: {} })
    expect(kept).not.toHaveProperty("bodiesOmitted")
    for (
      const [requestSize, size] of [[most + 1, 0], [0, most + 1]] as const
    ) {
      const entry = entryOf({ operation, payload, success: secret({ id: "a" }), requestSize }, answered({ size }))
      expect(entry.bodiesOmitted).toBe(true)
      expect(entry.request).not.toHaveProperty("body")
      expect(entry.response).not.toHaveProperty("body")
    }
    expect(entryOf({ operation, payload, requestSize: most + 1 }, "unanswered")).toMatchObject({
      bodiesOmitted: true
    })
  })

  it.each(["closed", "cut", "html", "halfJson", "empty"] as const)(
    "says that a response was broken, and shows the body that was started: %s",
    (broken) => {
      const { response } = entryOf({ failure: { code: 3 } }, answered({ status: 400, broken }))
      expect(response).toEqual({
        status: 400,
        headers: {},
        broken,
        ...(broken === "cut" ? { body: { code: 3 } } : {})
      })
    }
  )
})

describe("differences", () => {
  const entry: JournalEntry = {
    ...entryOf({
      operation,
      ref: "wsec_1",
      fault: "busy",
      target: "/v1/workspace_secrets?limit=1",
      headers: { authorization: "Bearer canary", accept: "a" }
    }, answered({ status: 409 })),
    externalId: "x",
    request: {
      headers: { authorization: "<redacted>", accept: "a" },
      body: { metadata: { name: "a", labels: { env: "test" } }, spec: { value: "<redacted>" }, list: [1, { a: 2 }] }
    }
  }

  it.each<readonly [JournalMatch, JournalMatch, ReadonlyArray<string>]>([
    [{ operation: "create" }, { operation: "list" }, ["operation: expected \"list\", was \"create\""]],
    [{ method: "GET" }, { method: "get" }, ["method: expected \"get\", was \"GET\""]],
    [{ path: "/v1/workspace_secrets" }, { path: "/" }, ["path: expected \"/\", was \"/v1/workspace_secrets\""]],
    [{ query: { limit: "1" } }, { query: { limit: "2", prefix: "a" } }, [
      "query.limit: expected \"2\", was \"1\"",
      "query.prefix: expected \"a\", was nothing"
    ]],
    [{ headers: { Accept: "a" } }, { headers: { ACCEPT: "b" } }, ["headers.accept: expected \"b\", was \"a\""]],
    [{ headers: { Authorization: "anything" } }, { headers: { cookie: "anything" } }, [
      "headers.cookie: expected \"<redacted>\", was nothing"
    ]],
    [{ id: "wsec_1" }, { id: "wsec_2" }, ["id: expected \"wsec_2\", was \"wsec_1\""]],
    [{ externalId: "x" }, { externalId: "y" }, ["externalId: expected \"y\", was \"x\""]],
    [{ body: { metadata: { labels: { env: "test" } } } }, { body: { metadata: { labels: { env: "prod" } } } }, [
      "body.metadata.labels.env: expected \"prod\", was \"test\""
    ]],
    [{ body: { list: [1, { a: 2 }] } }, { body: { list: [2, { a: 3 }, 4] } }, [
      "body.list[0]: expected 2, was 1",
      "body.list[1].a: expected 3, was 2",
      "body.list[2]: expected 4, was nothing"
    ]],
    [{ body: { spec: { value: "anything" } } }, { body: { spec: { value: "anything", other: null } } }, [
      "body.spec.other: expected null, was nothing"
    ]],
    [{ body: { spec: {} } }, { body: "text" }, [`body: expected "text", was ${JSON.stringify(entry.request.body)}`]],
    [{ body: {} }, { body: null }, [`body: expected null, was ${JSON.stringify(entry.request.body)}`]],
    [{ body: { spec: {} } }, { body: { spec: "text" } }, [
      "body.spec: expected \"text\", was {\"value\":\"<redacted>\"}"
    ]],
    [{ body: { spec: {} } }, { body: { spec: null } }, ["body.spec: expected null, was {\"value\":\"<redacted>\"}"]],
    [{ status: 409 }, { status: 200 }, ["status: expected 200, was 409"]],
    [{ requestId: "req_1" }, { requestId: "req_2" }, ["requestId: expected \"req_2\", was \"req_1\""]],
    [{ fault: "busy" }, { fault: "slow" }, ["fault: expected \"slow\", was \"busy\""]]
  ])("are none for %j, and one line each for %j", (right, wrong, lines) => {
    expect(differences(entry, right)).toEqual([])
    expect(differences(entry, wrong)).toEqual(lines)
  })

  it("have one line for each field, in a fixed order", () => {
    expect(differences(entry, { fault: "slow", status: 200, operation: "get" })).toEqual([
      "operation: expected \"get\", was \"create\"",
      "status: expected 200, was 409",
      "fault: expected \"slow\", was \"busy\""
    ])
  })

  it("include fields that a request does not have", () => {
    const bare = entryOf({}, "unanswered")
    expect(differences(bare, { status: 200, body: { a: 1 }, operation: "get" })).toEqual([
      "operation: expected \"get\", was nothing",
      "body: expected {\"a\":1}, was nothing",
      "status: expected 200, was nothing"
    ])
  })
})

describe("a journal", () => {
  const ask = (journal: Journal, methods: string) => {
    for (const method of methods) {
      journal.record(exchange({ method, epoch: journal.epoch }), answered())
    }
  }
  const shown = (journal: Journal, match?: JournalMatch) => {
    const { dropped, entries, overflowed } = journal.list(match)
    return [entries.map(({ method, sequence }) => `${method}${String(sequence)}`).join(" "), dropped, overflowed]
  }

  it("keeps the last requests, in the order in which they ended", () => {
    for (
      const [size, methods, expected] of [
        [3, "", ["", 0, false]],
        [3, "abc", ["a1 b2 c3", 0, false]],
        [3, "abcd", ["b2 c3 d4", 1, true]],
        [3, "abcdef", ["d4 e5 f6", 3, true]],
        [3, "abcdefg", ["e5 f6 g7", 4, true]],
        [1, "ab", ["b2", 1, true]],
        [0, "ab", ["", 2, true]]
      ] as const
    ) {
      const journal = new Journal(size)
      ask(journal, methods)
      expect(shown(journal)).toEqual(expected)
      expect(journal.dropped).toBe(expected[1])
    }
  })

  it("continues counting after clear, and starts again after reset", () => {
    const journal = new Journal(2)
    ask(journal, "abc")
    journal.clear()
    expect(shown(journal)).toEqual(["", 0, false])
    ask(journal, "de")
    expect(shown(journal)).toEqual(["d4 e5", 0, false])
    ask(journal, "f")
    expect(shown(journal)).toEqual(["e5 f6", 1, true])
    journal.reset()
    ask(journal, "gh")
    expect(shown(journal)).toEqual(["g1 h2", 0, false])
    journal.reset()
    expect(shown(journal)).toEqual(["", 0, false])
    expect(journal.epoch).toBe(2)
  })

  it("does not keep a request that came in before the last reset", () => {
    const journal = new Journal()
    journal.reset()
    const { entry } = journal.record(exchange({ epoch: 0, method: "OLD" }), answered())
    expect([entry.method, entry.sequence, shown(journal)]).toEqual(["OLD", 0, ["", 0, false]])
    ask(journal, "a")
    expect(shown(journal)).toEqual(["a1", 0, false])
  })

  it("finds matching requests, after a sequence if one is given", () => {
    const journal = new Journal()
    ask(journal, "abab")
    expect(shown(journal, { method: "a" })).toEqual(["a1 a3", 0, false])
    expect(shown(journal, { method: "a", after: 1 })).toEqual(["a3", 0, false])
    expect(shown(journal, { after: 4 })).toEqual(["", 0, false])
    expect(shown(journal, { after: 0 })).toEqual(["a1 b2 a3 b4", 0, false])
    expect(journal.count({ method: "b" })).toEqual(Either.right(2))
    expect(journal.count()).toEqual(Either.right(4))
  })

  const mismatch = (journal: Journal, match: JournalMatch, times?: number): Partial<JournalMismatch> =>
    Either.match(journal.expect(match, times === undefined ? {} : { times }), {
      onLeft: (error) => error as JournalMismatch,
      onRight: () => ({ message: "met" })
    })

  it("meets an expectation, or reports the closest request", () => {
    const journal = new Journal()
    expect(mismatch(journal, {}).message).toBe("expected at least 1 request with {}, found 0; there were no requests")
    expect(mismatch(journal, {}, 0).message).toBe("met")
    ask(journal, "a")
    expect(mismatch(journal, {}, 2).message).toBe("expected 2 requests with {}, found 1; all 1 request match")
    ask(journal, "b")
    expect(mismatch(journal, {}, 1).message).toBe("expected 1 request with {}, found 2; all 2 requests match")
    expect(mismatch(journal, {}).message).toBe("met")
    expect(mismatch(journal, { method: "b" }, 1).message).toBe("met")
    expect(mismatch(journal, { method: "c" })).toMatchObject({
      found: 0,
      nearest: { method: "b", sequence: 2 },
      differences: ["method: expected \"c\", was \"b\""],
      message: "expected at least 1 request with {\"method\":\"c\"}, found 0; the closest is b /v1/workspace_secrets "
        + "(req_1):\n  method: expected \"c\", was \"b\""
    })
    expect(mismatch(journal, { method: "a", status: 200 }, 2).nearest).toMatchObject({ method: "b" })
    expect(mismatch(journal, { method: "a", status: 201 }).nearest).toMatchObject({ method: "a" })
    expect(mismatch(journal, { method: "c", after: 1 }).nearest).toMatchObject({ sequence: 2 })
    expect(mismatch(journal, { method: "c", after: 2 })).toMatchObject({ nearest: undefined, differences: [] })
  })

  it("fails when it has dropped requests", () => {
    const journal = new Journal(1)
    ask(journal, "ab")
    const overflow = {
      _tag: "JournalOverflow",
      dropped: 1,
      message: "the journal has dropped 1 request and cannot tell how many matched: it keeps 1 request; set a larger "
        + "journalSize, or clear the journal in between"
    }
    expect(Either.flip(journal.count())).toMatchObject({ right: overflow })
    expect(mismatch(journal, {})).toMatchObject(overflow)
  })

  it("has its last requests after a number, newest first, and each by its number", () => {
    const requests = new Requests()
    const [one, other] = [new Journal(3, requests), new Journal(3, requests)]
    ask(one, "ab")
    ask(other, "c")
    ask(one, "de")
    const numbersOf = (number: number, limit: number) =>
      one.since(number, limit).map((listed) => [listed.number, listed.summary.number, listed.summary.method])
    expect(requests.last).toBe(5)
    expect(numbersOf(0, 10)).toEqual([[5, 5, "e"], [4, 4, "d"], [2, 2, "b"]])
    expect(numbersOf(0, 2)).toEqual([[5, 5, "e"], [4, 4, "d"]])
    expect(numbersOf(4, 10)).toEqual([[5, 5, "e"]])
    expect([numbersOf(5, 10), numbersOf(0, 0), new Journal(3, requests).since(0, 10)]).toEqual([[], [], []])
    expect([1, 2, 3, 4, 5].map((number) => one.find(number)?.method)).toEqual([undefined, "b", undefined, "d", "e"])
    one.clear()
    expect([numbersOf(0, 10), one.find(5)]).toEqual([[], undefined])
    ask(one, "f")
    expect(numbersOf(0, 10)).toEqual([[6, 6, "f"]])
  })

  it("has a summary of each request, without what a list does not show", () => {
    const journal = new Journal()
    const summaryOf = (known: Partial<Exchange>, answer: Answered | undefined) => {
      journal.record(exchange(known), answer)
      const summary = journal.since(0, 1)[0]?.summary
      expect(summary?.durationMillis).toBe(journal.list().entries.at(-1)?.durationMillis)
      return { ...summary, durationMillis: 0 }
    }
    const asked = { headers: { authorization: "Bearer canary-key" }, target: "/v1/whoami?a=canary-key" }
    const least = {
      number: 1,
      sequence: 1,
      requestId: "req_1",
      receivedAt: "1970-01-01T00:00:00.000Z",
      durationMillis: 0,
      method: "GET",
      target: "/v1/whoami?a=<redacted>"
    }
    expect(summaryOf(asked, undefined)).toEqual(least)
    expect(
      summaryOf(
        { ...asked, operation, fault: "slow", failure: { code: 3 } },
        answered({ status: 400, broken: "cut", headers: { a: "b" } })
      )
    ).toEqual({ ...least, number: 2, sequence: 2, operation: "create", status: 400, broken: "cut", fault: "slow" })
    expect(described(RequestSummary).takes(summaryOf(asked, answered()))).toEqual({ read: true, described: true })
    const listed = journal.since(0, 2)
    expect(Effect.runSync(summaries(listed))).toEqual(listed.map(({ summary }) => summary))
  })

  describe("that shares its memory with others", () => {
    /** The size of a request that `ask` records. */
    const one = () => {
      const requests = new Requests()
      ask(new Journal(1, requests), "a")
      return requests.size
    }

    it("drops the oldest requests of all of them", () => {
      const requests = new Requests(4 * one())
      const [first, second] = [new Journal(10, requests), new Journal(10, requests)]
      ask(first, "ab")
      ask(second, "cd")
      expect([shown(first), shown(second)]).toEqual([["a1 b2", 0, false], ["c1 d2", 0, false]])
      ask(second, "e")
      expect([shown(first), shown(second)]).toEqual([["b2", 1, true], ["c1 d2 e3", 0, false]])
      expect(first.find(1)).toBeUndefined()
      expect(first.since(0, 10).map(({ number }) => number)).toEqual([2])
      ask(second, "fgh")
      expect([shown(first), shown(second)]).toEqual([["", 2, true], ["e3 f4 g5 h6", 2, true]])
      expect(requests.size).toBe(4 * one())
      ask(first, "i")
      expect([shown(first), shown(second)]).toEqual([["i3", 2, true], ["f4 g5 h6", 3, true]])
      expect(Either.flip(first.count())).toMatchObject({
        right: {
          message:
            "the journal has dropped 2 requests and cannot tell how many matched: the journals of the server are too "
            + "large together; clear them in between, or give Node a larger heap"
        }
      })
    })

    it("goes on in its ring after it has dropped requests", () => {
      const requests = new Requests(2 * one())
      const journal = new Journal(3, requests)
      for (const [methods, expected] of [["abc", "b2 c3"], ["d", "c3 d4"], ["efgh", "g7 h8"]] as const) {
        ask(journal, methods)
        expect(shown(journal)).toEqual([expected, Number(expected.at(-1)) - 2, true])
      }
      journal.clear()
      expect([shown(journal), requests.size]).toEqual([["", 0, false], 0])
      ask(journal, "ij")
      expect(shown(journal)).toEqual(["i9 j10", 0, false])
    })

    it("counts only the requests that it holds", () => {
      const requests = new Requests()
      const journal = new Journal(3, requests)
      ask(journal, "abcde")
      expect(requests.size).toBe(3 * one())
      journal.reset()
      expect(requests.size).toBe(0)
      ask(new Journal(0, requests), "a")
      expect(requests.size).toBe(0)
    })

    it("counts no more for the server once its tenant is removed, until it is back", () => {
      const requests = new Requests(2 * one())
      const [removed, other] = [new Journal(10, requests), new Journal(10, requests)]
      ask(removed, "a")
      removed.detach()
      ask(removed, "bcd")
      expect(requests.size).toBe(0)
      ask(other, "ef")
      expect([shown(removed), shown(other)]).toEqual([["a1 b2 c3 d4", 0, false], ["e1 f2", 0, false]])
      removed.attach()
      removed.attach()
      expect([shown(removed), shown(other)]).toEqual([["c3 d4", 2, true], ["", 2, true]])
      expect(requests.size).toBe(2 * one())
    })

    it.each<[string, Partial<Exchange>, Partial<Answered>, number]>([
      ["its target", { target: "/v1/workspace_secrets?a=b&c" }, {}, 6 + 2 * 150],
      ["its headers", { headers: { a: "bc", d: ["ef", "g"] } }, {}, 7 + 2 * 150],
      ["its bodies", { requestSize: 10 }, { size: 20 }, 30],
      ["the labels of its payload", { payload: { metadata: { labels: { a: "b", c: "d" } } } }, {}, 2 * 150],
      ["the labels of its result", { success: secret({ id: "a", labels: { a: "b" } }) }, {}, 150],
      [
        "the labels of a page",
        {
          success: new WorkspaceSecretPage({
            items: [secret({ id: "a", labels: { a: "b" } }), secret({ id: "b" })],
            pagination: {}
          })
        },
        {},
        150
      ],
      ["the members of an error", { failure: { code: 3, details: [{ a: 1 }] } }, {}, 4 * 150],
      ["no body that it does not keep", { requestSize: 70_000 }, { size: 20 }, 0]
    ])("counts of a request %s", (_, known, answer, size) => {
      const requests = new Requests()
      new Journal(1, requests).record(exchange(known), answered(answer))
      expect(requests.size - one()).toBe(size)
    })
  })

  it.effect("wakes every waiter when its requests have come", () =>
    Effect.gen(function*() {
      const journal = new Journal()
      ask(journal, "a")
      expect(yield* journal.waitFor({ method: "a" })).toHaveLength(1)
      const fibers = yield* Effect.forEach(
        [{ times: 2 }, { times: 1 }],
        (options) => Effect.fork(journal.waitFor({ method: "b" }, options))
      )
      const gone = yield* Effect.fork(journal.waitFor({ method: "c" }))
      yield* Effect.yieldNow()
      ask(journal, "ab")
      yield* Fiber.interrupt(gone)
      ask(journal, "cb")
      const found = yield* Effect.forEach(fibers, (fiber) => Fiber.join(fiber))
      expect(found.map((entries) => entries.map(({ sequence }) => sequence))).toEqual([[3, 5], [3]])
    }))
})

describe("the schemas of a journal", () => {
  const match = described(JournalMatch)

  it("have identifiers", () => {
    const others = [described(JournalEntry), described(JournalPage), described(RequestSummary), described(RequestPage)]
    expect([match, ...others].map(({ name }) => name)).toEqual([
      "JournalMatch",
      "JournalEntry",
      "JournalPage",
      "RequestSummary",
      "RequestPage"
    ])
  })

  it.each<readonly [unknown, unknown]>([
    [{ operation: "get" }, { operation: "put" }],
    [{ method: "GET" }, { method: "" }],
    [{ path: "/" }, { path: 7 }],
    [{ query: { a: "b" } }, { query: { a: 7 } }],
    [{ headers: {} }, { headers: [] }],
    [{ id: "a" }, { id: "" }],
    [{ externalId: "a" }, { externalId: "" }],
    [{ body: [7] }, 7],
    [{ status: 0 }, { status: -1 }],
    [{ status: 200 }, { status: 200.5 }],
    [{ requestId: "a" }, { requestId: "" }],
    [{ fault: "a" }, { fault: "" }],
    [{ after: 7 }, { after: "7" }],
    [{}, []]
  ])("validate a match: %j is valid, %j is not", (right, wrong) => {
    expect(match.takes(right)).toEqual({ read: true, described: true })
    expect(match.takes(wrong)).toEqual({ read: false, described: false })
  })

  it("accept lists of requests, and reject those that lack a field", () => {
    const summary = { sequence: 1, requestId: "a", receivedAt: "b", durationMillis: 0.5, method: "c", target: "d" }
    const whole = { ...summary, number: 1, tenant: "e", operation: "get", status: 200, broken: "html", fault: "f" }
    const page = { requests: [{ ...summary, number: 1 }, whole], next: 1, dropped: 0 }
    const schema = described(RequestPage)
    expect(schema.takes(page)).toEqual({ read: true, described: true })
    for (const broken of ["closed", "cut", "html", "halfJson", "empty"]) {
      expect(schema.takes({ ...page, requests: [{ ...whole, broken }] })).toEqual({ read: true, described: true })
    }
    for (
      const wrong of [
        {},
        { ...page, next: undefined },
        { ...page, dropped: 0.5 },
        { ...page, requests: [summary] },
        ...Object.keys(summary).map((name) => ({ ...page, requests: [{ ...whole, [name]: undefined }] })),
        { ...page, requests: [{ ...whole, broken: "half" }] },
        { ...page, requests: [{ ...whole, status: 0.5 }] },
        { ...page, requests: [{ ...whole, tenant: 1 }] },
        { ...page, requests: [{ ...whole, more: 1 }] }
      ]
    ) {
      expect(schema.takes(JSON.parse(JSON.stringify(wrong)))).toEqual({ read: false, described: false })
    }
  })

  it("accept entries and pages, and reject those that lack a field", () => {
    const entry = entryOf({ operation, fault: "a", ref: "b", payload: undefined }, answered({ broken: "cut" }))
    const page = { entries: [entry], dropped: 0, overflowed: false }
    for (const [schema, whole] of [[described(JournalEntry), entry], [described(JournalPage), page]] as const) {
      expect(schema.takes(whole)).toEqual({ read: true, described: true })
      expect(schema.takes({})).toEqual({ read: false, described: false })
    }
    for (
      const wrong of [
        { ...entry, sequence: 0.5 },
        { ...entry, request: {} },
        { ...entry, response: {} },
        { ...entry, response: { status: 200, headers: {}, broken: "half" } },
        { ...entry, bodiesOmitted: false }
      ]
    ) {
      expect(described(JournalEntry).takes(wrong)).toEqual({ read: false, described: false })
    }
  })
})

describe("the limits of a journal", () => {
  it("apply to errors: a large one is dropped like a payload", () => {
    const failure = { code: 3, message: "m".repeat(70_000), details: [] }
    const asked = exchange({ failure })
    const { entry } = new Journal().record(asked, answered({ size: 70_050 }))
    expect([entry.bodiesOmitted, entry.response?.body, asked.failure]).toEqual([true, undefined, undefined])
  })

  it("allow 100 waiters", async () => {
    const journal = new Journal()
    const waiting = Array.from({ length: 100 }, () => Effect.runFork(journal.waitFor({})))
    expect((await Effect.runPromise(Effect.flip(journal.waitFor({})))).message).toBe(
      "100 others wait for requests of this journal, which is the maximum"
    )
    await Effect.runPromise(Fiber.interruptAll(waiting))
    const next = Effect.runPromise(journal.waitFor({}))
    journal.record(exchange({ epoch: journal.epoch }), answered())
    expect((await next).length).toBe(1)
  })

  it("fail a waiter when the requests that waiters hold take more memory than journals may", async () => {
    const one = new Requests()
    new Journal(1, one).record(exchange(), answered())
    const requests = new Requests(3 * one.size)
    const journal = new Journal(0, requests)
    const record = (method: string) => journal.record(exchange({ method, epoch: journal.epoch }), answered())
    const first = Effect.runPromise(Effect.flip(journal.waitFor({ method: "GET" }, { times: 9 })))
    const second = Effect.runPromise(journal.waitFor({ method: "PUT" }, { times: 3 }))
    record("GET")
    record("GET")
    record("PUT")
    record("GET")
    expect(await first).toMatchObject({
      message: "the requests that waiters hold are too large together: wait for fewer of them",
      found: 3,
      differences: []
    })
    record("PUT")
    record("PUT")
    expect((await second).map(({ method }) => method)).toEqual(["PUT", "PUT", "PUT"])
    const third = Effect.runPromise(journal.waitFor({ method: "GET" }, { times: 4 }))
    for (const _ of [1, 2, 3]) {
      record("GET")
      record("GET")
      journal.reset()
    }
    for (const _ of [1, 2, 3, 4]) record("GET")
    expect((await third).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4])
  })

  it("fail a waiter at once if there is no room for the requests that came before it", async () => {
    const one = new Requests()
    new Journal(1, one).record(exchange(), answered())
    const requests = new Requests(5 * one.size)
    const journal = new Journal(9, requests)
    for (const _ of [1, 2, 3]) journal.record(exchange(), answered())
    const first = Effect.runPromise(journal.waitFor({}, { times: 4 }))
    expect(await Effect.runPromise(Effect.flip(journal.waitFor({}, { times: 4 })))).toMatchObject({ found: 3 })
    journal.record(exchange(), answered())
    expect(await first).toHaveLength(4)
    expect(await Effect.runPromise(journal.waitFor({}, { times: 4 }))).toHaveLength(4)
  })

  it("let other requests run while large ones are masked", async () => {
    const journal = new Journal()
    let hasRun = false
    /** Whether others run while three requests are masked, by a clock that goes on by `millis` at each look. */
    const prepared = async (millis: number) => {
      for (let i = 0; i < 3; i++) {
        journal.record(exchange(), answered())
      }
      hasRun = false
      let now = 0
      const clock = vi.spyOn(performance, "now").mockImplementation(() => now += millis)
      const immediate = setImmediate(() => {
        hasRun = true
      })
      await Effect.runPromise(journal.prepare)
      clearImmediate(immediate)
      clock.mockRestore()
      return hasRun
    }
    expect(await prepared(0.1)).toBe(false)
    expect(await prepared(9)).toBe(true)
    expect(journal.list().entries).toHaveLength(6)
  })

  it("make each request pay one comparison per waiter", async () => {
    const journal = new Journal()
    const record = () => journal.record(exchange({ epoch: journal.epoch }), answered())
    record()
    const wait = Effect.runPromise(journal.waitFor({}, { times: 3 }))
    const list = vi.spyOn(journal, "list")
    record()
    journal.clear()
    record()
    record()
    expect(list).not.toHaveBeenCalled()
    record()
    expect((await wait).map(({ sequence }) => sequence)).toEqual([3, 4, 5])
  })
})
