import { describe, expect, it } from "@effect/vitest"
import { Cursor } from "@workspace-secrets/core/ListWorkspaceSecrets"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { WorkspaceSecretsClient } from "../src/WorkspaceSecretsClient.js"
import { client, json, type Sent } from "./support/memory.js"
import { page } from "./support/samples.js"
import { scripted } from "./support/script.js"

const cursorOf = ({ url }: Sent) => url.searchParams.get("cursor")

/** Pages by cursor. */
const pages = (all: { readonly [cursor: string]: ReturnType<typeof page> | undefined }) => (sent: Sent) =>
  json(all[cursorOf(sent) ?? "first"])

const three = pages({
  first: page(["a", "b"], "2"),
  2: page([], "3"),
  3: page(["c"])
})

const names = (stream: ReturnType<WorkspaceSecretsClient.Service["stream"]>) =>
  stream.pipe(
    Stream.map(({ metadata }) => metadata.name),
    Stream.runCollect,
    Effect.map((chunk) => Chunk.toReadonlyArray(chunk))
  )

describe("stream", () => {
  it.effect("goes from page to page with the same filters, also over an empty page", () =>
    Effect.gen(function*() {
      const { sent, service } = yield* client(three)
      expect(yield* names(service.stream({ limit: 2, prefix: "p" }))).toEqual(["a", "b", "c"])
      expect(sent.map(({ url }) => url.search)).toEqual([
        "?limit=2&prefix=p",
        "?limit=2&prefix=p&cursor=2",
        "?limit=2&prefix=p&cursor=3"
      ])
    }))

  it.effect.each([
    { what: "empty", pagination: { nextCursor: "" } },
    { what: "null", pagination: { nextCursor: null } },
    { what: "absent", pagination: {} }
  ])("ends with the page whose nextCursor is $what", ({ pagination }) =>
    Effect.gen(function*() {
      for (const prefetch of [0, 2]) {
        const { sent, service } = yield* client((sent) =>
          cursorOf(sent) === null ? json(page(["a"], "2")) : json({ ...page(["b"]), pagination })
        )
        expect(yield* names(service.stream({}, { prefetch }))).toEqual(["a", "b"])
        expect((yield* service.list({ cursor: Cursor.make("2") })).pagination.nextCursor).toBeUndefined()
        expect(sent.map(cursorOf)).toEqual([null, "2", "2"])
      }
    }))

  it.effect("fetches no page before it is needed", () =>
    Effect.gen(function*() {
      const { sent, service } = yield* client(three)
      const stream = service.stream()
      expect(sent).toHaveLength(0)
      expect(yield* names(Stream.take(stream, 2))).toEqual(["a", "b"])
      expect(sent).toHaveLength(1)
    }))

  it.effect("starts at the given cursor", () =>
    Effect.gen(function*() {
      const { sent, service } = yield* client(three)
      expect(yield* names(service.stream({ cursor: Cursor.make("3") }))).toEqual(["c"])
      expect(sent.map(cursorOf)).toEqual(["3"])
    }))

  it.effect("starts again each time, with the parameters of its call", () =>
    Effect.gen(function*() {
      const { sent, service } = yield* client(three)
      const params = { prefix: "p", labels: { env: "prod" } }
      const stream = service.stream(params)
      params.prefix = "q"
      params.labels.env = "dev"
      yield* names(stream)
      yield* names(stream)
      expect(sent.map(({ url }) => url.searchParams.get("labels"))).toEqual(Array(6).fill("env=prod"))
      expect(sent.map(({ url }) => url.searchParams.get("prefix"))).toEqual(Array(6).fill("p"))
    }))

  it.effect.each([
    { which: "the page's own", all: { first: page(["a"], "x"), x: page(["b"], "x") }, params: {}, seen: ["a"] },
    {
      which: "one of a page before",
      all: { first: page(["a"], "x"), x: page(["b"], "y"), y: page(["c"], "x") },
      params: {},
      seen: ["a", "b"]
    },
    {
      which: "the one it started from",
      all: { s: page(["a"], "x"), x: page(["b"], "s") },
      params: { cursor: Cursor.make("s") },
      seen: ["a"]
    }
  ])(
    "ends with UnexpectedResponse when a cursor comes again: $which",
    ({ all, params, seen }) =>
      Effect.gen(function*() {
        const { sent, service } = yield* client(pages(all))
        const got: Array<string> = []
        const error = yield* service.stream(params).pipe(
          Stream.runForEach(({ metadata }) => Effect.sync(() => got.push(metadata.name))),
          Effect.flip
        )
        expect(error).toMatchObject({
          _tag: "UnexpectedResponse",
          operation: "list",
          status: 200,
          isRetryable: false,
          violations: [{ field: "pagination.nextCursor" }]
        })
        expect(got).toEqual(seen)
        expect(sent).toHaveLength(seen.length + 1)
      })
  )

  it.effect.each([0, 2])(
    "ends with UnexpectedResponse when pages bring nothing, with prefetch %s",
    (prefetch) =>
      Effect.gen(function*() {
        // The 500th page has an item, so the count starts anew after it.
        let requests = 0
        const { service } = yield* client(() => {
          requests++
          return json(page(requests === 500 ? ["a"] : [], requests === 2000 ? undefined : String(requests)))
        })
        const error = yield* Effect.flip(Stream.runDrain(service.stream({}, { prefetch })))
        expect(error).toMatchObject({
          _tag: "UnexpectedResponse",
          isRetryable: false,
          violations: [{
            field: "pagination.nextCursor",
            description: "Expected items after 1000 pages without any"
          }]
        })
        expect(requests).toBe(1501)
      })
  )

  it.effect("follows a cursor of 64 KiB, and ends with UnexpectedResponse when one is longer", () =>
    Effect.gen(function*() {
      const longest = "x".repeat(64 * 1024)
      const { sent, service } = yield* client((sent) =>
        json(page(["a"], cursorOf(sent) === null ? longest : `${longest}x`))
      )
      expect(yield* Effect.flip(Stream.runDrain(service.stream()))).toMatchObject({
        _tag: "UnexpectedResponse",
        violations: [{ field: "pagination.nextCursor", description: "Expected at most 65536 characters" }]
      })
      expect(sent.map((one) => cursorOf(one)?.length)).toEqual([undefined, 64 * 1024])
    }))

  it.effect("fails with a page's error, after the pages before", () =>
    Effect.gen(function*() {
      const { service } = yield* client((sent) =>
        cursorOf(sent) === null ? json(page(["a"], "2")) : json({ code: 14, message: "later" }, { status: 503 })
      )
      const got: Array<string> = []
      const error = yield* service.stream().pipe(
        Stream.runForEach(({ metadata }) => Effect.sync(() => got.push(metadata.name))),
        Effect.flip
      )
      expect(error).toMatchObject({ _tag: "Unavailable", operation: "list", attempts: 1 })
      expect(got).toEqual(["a"])
    }))

  it.effect("cancels the prefetched page when the consumer stops", () =>
    Effect.gen(function*() {
      let isGivenUp = false
      const { secrets, sent } = yield* scripted([
        json(page(["a"], "2")),
        Effect.onInterrupt(Effect.never, () => Effect.sync(() => isGivenUp = true))
      ])
      const first = secrets.stream({}, { prefetch: 1 }).pipe(
        Stream.mapEffect(({ metadata }) =>
          Effect.as(Effect.repeat(Effect.yieldNow(), { until: () => sent.length === 2 }), metadata.name)
        ),
        Stream.take(1)
      )
      expect([...(yield* Stream.runCollect(first))]).toEqual(["a"])
      expect(isGivenUp).toBe(true)
    }))

  it.effect("prefetches exactly the given number of pages", () =>
    Effect.gen(function*() {
      const all = pages(Object.fromEntries(
        Array.from({ length: 10 }, (_, index) => [
          index === 0 ? "first" : String(index),
          page([`a${index}`, `b${index}`], index === 9 ? undefined : String(index + 1))
        ])
      ))
      for (const prefetch of [0, 1, 3]) {
        const { sent, service } = yield* client(all)
        const ahead: Array<number> = []
        const got = yield* service.stream({}, { prefetch }).pipe(
          Stream.mapEffect(({ metadata }) =>
            Effect.map(Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 5))), () => {
              ahead.push(sent.length - 1 - Number(metadata.name.slice(1)))
              return metadata.name
            })
          ),
          Stream.runCollect
        )
        expect([...got]).toEqual(Array.from({ length: 10 }, (_, index) => [`a${index}`, `b${index}`]).flat())
        expect(Math.max(...ahead)).toBe(prefetch)
        expect(sent).toHaveLength(10)
      }
    }))

  it.effect("with prefetch, fails and ends as without it, and fetches nothing after the consumer stops", () =>
    Effect.gen(function*() {
      const { sent, service } = yield* client((sent) =>
        cursorOf(sent) === "3" ? json({ code: 7, message: "no" }, { status: 403 }) : three(sent)
      )
      const got: Array<string> = []
      const stream = service.stream({}, { prefetch: 5 })
      const each = Stream.runForEach(stream, ({ metadata }) => Effect.sync(() => got.push(metadata.name)))
      expect(yield* Effect.flip(each)).toMatchObject({ _tag: "PermissionDenied" })
      expect(got).toEqual(["a", "b"])
      const before = sent.length
      yield* names(Stream.take(service.stream({}, { prefetch: 1 }), 1))
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 20)))
      expect(sent.length - before).toBeLessThanOrEqual(2)
      const repeated = service.stream({}, { prefetch: -1 })
      expect(yield* Effect.flip(Stream.runDrain(repeated))).toMatchObject({
        _tag: "InvalidArgument",
        fieldViolations: [{ field: "options.prefetch" }]
      })
    }))

  it.effect("fails with UnexpectedResponse if a cursor repeats, also with prefetch", () =>
    Effect.gen(function*() {
      const { sent, service } = yield* client(pages({ first: page(["a"], "x"), x: page(["b"], "x") }))
      const error = yield* Effect.flip(Stream.runDrain(service.stream({}, { prefetch: 4 })))
      expect(error).toMatchObject({ _tag: "UnexpectedResponse" })
      expect(sent).toHaveLength(2)
    }))

  it.effect("retries a page by the rules of its options", () =>
    Effect.gen(function*() {
      let requests = 0
      const { service } = yield* client((sent) =>
        requests++ % 2 === 0 ? json({ code: 14 }, { status: 503 }) : three(sent)
      )
      expect(yield* names(service.stream({}, { retry: { baseDelay: 0 } }))).toEqual(["a", "b", "c"])
      expect(requests).toBe(6)
    }))

  it.effect("fails before the first request if its parameters are invalid", () =>
    Effect.gen(function*() {
      const { sent, service } = yield* client(three)
      const error = yield* Effect.flip(Stream.runDrain(service.stream({ limit: -1 })))
      expect(error).toMatchObject({ _tag: "InvalidArgument", operation: "list", attempts: 0 })
      expect(sent).toHaveLength(0)
    }))
})
