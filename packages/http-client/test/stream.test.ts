import { describe, expect, it } from "@effect/vitest"
import { Cursor } from "@workspace-secrets/core/ListWorkspaceSecrets"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { WorkspaceSecretsClient } from "../src/WorkspaceSecretsClient.js"
import { client, json, type Sent } from "./support/memory.js"
import { page } from "./support/samples.js"

const cursorOf = ({ url }: Sent) => url.searchParams.get("cursor")

/** Pages by the cursor that leads to them. */
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
  it.effect("goes from page to page, an empty one included, with the same filters", () =>
    Effect.gen(function*() {
      const { sent, service } = yield* client(three)
      expect(yield* names(service.stream({ limit: 2, prefix: "p" }))).toEqual(["a", "b", "c"])
      expect(sent.map(({ url }) => url.search)).toEqual([
        "?limit=2&prefix=p",
        "?limit=2&prefix=p&cursor=2",
        "?limit=2&prefix=p&cursor=3"
      ])
    }))

  it.effect("gets no page before it is needed", () =>
    Effect.gen(function*() {
      const { sent, service } = yield* client(three)
      const stream = service.stream()
      expect(sent).toHaveLength(0)
      expect(yield* names(Stream.take(stream, 2))).toEqual(["a", "b"])
      expect(sent).toHaveLength(1)
    }))

  it.effect("starts where it is told to", () =>
    Effect.gen(function*() {
      const { sent, service } = yield* client(three)
      expect(yield* names(service.stream({ cursor: Cursor.make("3") }))).toEqual(["c"])
      expect(sent.map(cursorOf)).toEqual(["3"])
    }))

  it.effect("runs anew each time, with the parameters of its call", () =>
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

  it.effect("is refused before anything is sent when its parameters are wrong", () =>
    Effect.gen(function*() {
      const { sent, service } = yield* client(three)
      const error = yield* Effect.flip(Stream.runDrain(service.stream({ limit: -1 })))
      expect(error).toMatchObject({ _tag: "InvalidArgument", operation: "list", attempts: 0 })
      expect(sent).toHaveLength(0)
    }))
})
