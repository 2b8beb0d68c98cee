import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { describe, expect, it } from "@effect/vitest"
import type { ExternalId } from "@workspace-secrets/core/ExternalId"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Tracer from "effect/Tracer"
import { leaking, logged, type Print, printed, watched } from "../../../tools/leaks/sinks.js"
import { spellings } from "../../../tools/leaks/spellings.js"
import { makeClient } from "../src/promise.js"
import { make, type WorkspaceSecretsClient } from "../src/WorkspaceSecretsClient.js"
import { json } from "./support/memory.js"

const value =
  "-----BEGIN CANARY-VALUE-7f3a-----\n\"quoted\" \\ <é> / & MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nabcdefgh12345678\n"
const apiKey = "canary-key-91bc.eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0+/="
const externalId = "ext-1" as ExternalId
const id = WorkspaceSecretId.make("wsecret_1")
const payload = () => ({ metadata: { name: "a", externalId }, spec: { value: Redacted.make(value) } })

const leaks = (prints: ReadonlyArray<Print>) => leaking(prints, value, apiKey)

type Call = (secrets: WorkspaceSecretsClient.Service) => Effect.Effect<unknown, unknown>

const create: Call = (secrets) => secrets.create(payload())
const update: Call = (secrets) => secrets.update(id, { spec: { value: Redacted.make(value) } })

/** Every call that sends both the value and the key. */
const writing: Readonly<Record<string, Call>> = {
  create,
  "create, safely": (secrets) => secrets.create(payload(), { safeRetry: true }),
  update
}

const reading: Readonly<Record<string, Call>> = {
  get: (secrets) => secrets.get(id),
  list: (secrets) => secrets.list(),
  stream: (secrets) => Stream.runCollect(secrets.stream()),
  delete: (secrets) => secrets.delete(id),
  whoami: (secrets) => secrets.whoami()
}

const connect = (http: HttpClient.HttpClient, retry = false) =>
  Effect.provideService(
    make({
      apiKey: Redacted.make(apiKey),
      retry: retry ? { baseDelay: 0, maxAttempts: 3 } : false,
      retryBudget: false
    }),
    HttpClient.HttpClient,
    http
  )

const lose = (request: HttpClientError.RequestError["request"]) =>
  new HttpClientError.RequestError({ request, reason: "Transport", cause: new Error("lost") })

/** A create whose response is lost, a retry that finds its external id taken, and this response to the get. */
const loseFirst = (last: () => Response) => {
  let posts = 0
  return HttpClient.make((request) =>
    request.method === "POST" && posts++ === 0
      ? Effect.fail(lose(request))
      : Effect.succeed(HttpClientResponse.fromWeb(
        request,
        request.method === "POST" ? json({ code: 6, message: "taken" }, { status: 409 }) : last()
      ))
  )
}

const exitOf = (effect: Effect.Effect<unknown, unknown>) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.fork(Effect.exit(effect))
    yield* TestClock.adjust("1 minute")
    return yield* fiber
  })

const print = (exit: Exit.Exit<unknown, unknown>) =>
  Exit.isSuccess(exit) ? printed(exit) : [exit, exit.cause, Cause.squash(exit.cause)].flatMap((thing) => printed(thing))

const answering = (answer: () => Response) =>
  HttpClient.make((request) => Effect.sync(() => HttpClientResponse.fromWeb(request, answer())))

/** Error responses with spellings of the value and the key in every field. */
const indiscreet = (known: string) => ({
  code: 13,
  message: known,
  details: [
    { "@type": known },
    {
      "@type": "type.googleapis.com/google.rpc.BadRequest",
      fieldViolations: [{ field: `metadata.labels.${known}`, description: known }]
    },
    { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: known, domain: known, metadata: { [known]: known } }
  ]
})

describe("no response shows a secret of the call", () => {
  for (const [how, spell] of Object.entries(spellings)) {
    const told = [value, apiKey].map((secret) => [secret, spell(secret.trim())] as const)
    const known = told.map(([, spelled]) => `"${spelled}"`).join(" ")

    it.effect(`that is spelled ${how}, in any sink`, () =>
      Effect.gen(function*() {
        const answers = [
          () => json(indiscreet(known), { status: 500 }),
          () => json({ metadata: { labels: { [known]: 1 } } }),
          () => json(`<html>${known}`, { status: 502 })
        ]
        for (const call of [create, update]) {
          for (const answer of answers) {
            const exit = yield* Effect.exit(call(yield* connect(answering(answer))))
            expect(Exit.isFailure(exit)).toBe(true)
            expect(leaking([{ how, text: JSON.stringify(exit) }], ...told)).toEqual([])
          }
        }
        const secrets = yield* connect(loseFirst(() => json(indiscreet(known), { status: 500 })), true)
        const exit = yield* exitOf(secrets.create(payload(), { safeRetry: true }))
        expect(Exit.isFailure(exit)).toBe(true)
        const error = Exit.isFailure(exit) && Cause.squash(exit.cause)
        expect(leaking([...print(exit), ...yield* logged([error])], ...told)).toEqual([])
      }))

    it.effect(`that is spelled ${how}, at the cut of a text`, () =>
      Effect.gen(function*() {
        for (const [secret, spelled] of told) {
          // The cut at 4,096 characters is within the spelling, or right after it.
          const padding = "x ".repeat((4096 - Math.min(spelled.length, 40)) / 2)
          const message = `${padding}"${spelled}"`
          const secrets = yield* connect(answering(() => json({ code: 13, message }, { status: 500 })))
          const exit = yield* Effect.exit(secrets.create(payload()))
          expect(Exit.isFailure(exit)).toBe(true)
          expect(leaking([{ how, text: JSON.stringify(exit) }], [secret, spelled])).toEqual([])
        }
      }))
  }
})

describe("a defect", () => {
  /** A transport may die with a platform error, whose request contains the key and the value. */
  const dying = HttpClient.make((request) =>
    Effect.die(
      new HttpClientError.RequestError({ request, reason: "Transport", description: value, cause: new Error(apiKey) })
    )
  )

  it.effect.each(Object.entries({ ...writing, ...reading }))(
    "of a transport keeps its class and frames, in %s",
    ([, call]) =>
      Effect.gen(function*() {
        const { exit, log } = yield* watched(call(yield* connect(dying)))
        expect(leaks(log)).toEqual([])
        expect(Exit.isFailure(exit) && Cause.isDieType(exit.cause)).toBe(true)
        expect(leaks(print(exit))).toEqual([])
        expect(leaks(yield* logged([Exit.isFailure(exit) ? exit.cause : exit]))).toEqual([])
        const defect = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
        expect(defect).toMatchObject({ name: "RequestError" })
        expect((defect as Error).stack).toMatch(/\n +at /)
      })
  )

  it("of a transport keeps its class and frames, as a rejection of a promise and of a stream", async () => {
    const client = makeClient({ apiKey, retry: false, transport: Layer.succeed(HttpClient.HttpClient, dying) })
    const rejected: unknown = await client.create(payload()).catch((error: unknown) => error)
    expect(rejected).toMatchObject({ name: "RequestError" })
    expect(leaks(printed(rejected))).toEqual([])
    const ended: unknown = await client.listAll()[Symbol.asyncIterator]().next().catch((error: unknown) => error)
    expect(ended).toMatchObject({ name: "RequestError" })
    expect(leaks(printed(ended))).toEqual([])
    await client.close()
  })

  const inFlight = () =>
    Metric.unsafeSnapshot(undefined)
      .filter(({ metricKey }) => metricKey.name === "workspace_secrets.client.in_flight")
      .map(({ metricState }) => (metricState as unknown as { readonly value: number }).value)

  it.effect.each([
    ["makes the span of a call", 1, 0],
    ["makes the span of an attempt", 2, 0],
    ["ends the span of an attempt", 0, 1],
    ["ends the span of a call", 0, 2]
  ])(
    "of a tracer that throws when it %s keeps its class and frames, and the call is no longer in flight",
    ([, starts, ends]) =>
      Effect.gen(function*() {
        let made = 0
        let ended = 0
        const throwing = () => {
          throw new RangeError(`${value}${apiKey}`)
        }
        const tracer = Tracer.make({
          span: (name, parent, context, links, startTime, kind) =>
            ++made === starts ? throwing() : {
              _tag: "Span",
              name,
              spanId: "1",
              traceId: "1",
              parent,
              context,
              status: { _tag: "Started", startTime },
              attributes: new Map(),
              links,
              sampled: true,
              kind,
              end: () => ++ended === ends ? throwing() : undefined,
              attribute: () => {},
              event: () => {},
              addLinks: () => {}
            },
          context: (f) => f()
        })
        const before = inFlight()
        const secrets = yield* connect(
          HttpClient.make((request) =>
            Effect.succeed(HttpClientResponse.fromWeb(request, json({ code: 5 }, { status: 404 })))
          )
        )
        const exit = yield* Effect.exit(Effect.withTracer(secrets.get(id), tracer))
        expect(Exit.isFailure(exit) && Cause.isDie(exit.cause)).toBe(true)
        expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toMatchObject({ name: "RangeError" })
        expect(leaks(print(exit))).toEqual([])
        expect(inFlight().filter((count) => count !== 0)).toEqual(before.filter((count) => count !== 0))
      })
  )
})

describe("a value that is wiped during a call", () => {
  it.effect("is masked until the call ends", () =>
    Effect.gen(function*() {
      const sent = payload()
      const secrets = yield* connect(
        loseFirst(() => {
          Redacted.unsafeWipe(sent.spec.value)
          return json({ code: 13, message: `no ${JSON.stringify(value)}` }, { status: 500 })
        }),
        true
      )
      const exit = yield* exitOf(secrets.create(sent, { safeRetry: true }))
      expect(Exit.isFailure(exit) && Cause.failureOption(exit.cause)).toMatchObject({ value: { _tag: "Internal" } })
      expect(leaks(print(exit))).toEqual([])
    }))
})
