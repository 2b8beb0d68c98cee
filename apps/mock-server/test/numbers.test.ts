import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as ControlClient from "../src/control/ControlClient.js"
import * as MockServer from "../src/MockServer.js"
import { maxMillis } from "../src/world/TenantClock.js"
import { cli } from "./bin/command.js"

type TenantOptions = { readonly randomSeed: number } | { readonly journalSize: number }

/** Zero, the least, the greatest, and what lies beyond. */
const edges = [
  0,
  -0,
  Number.MIN_VALUE,
  0.5,
  1,
  1.5,
  100_000,
  100_001,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  maxMillis,
  Number.MAX_SAFE_INTEGER,
  2 ** 53,
  Number.MAX_VALUE,
  Infinity,
  -1,
  -Infinity,
  NaN
]

const isWhole = (from: number, to = Number.MAX_SAFE_INTEGER) => (n: number) =>
  Number.isSafeInteger(n) && n >= from && n <= to

const isBetween = (from: number, to: number) => (n: number) => n >= from && n <= to

/** What a call came to: what it gave, or all that its error says. */
const outcomeOf = (effect: Effect.Effect<unknown, object>) =>
  Effect.map(
    Effect.either(effect),
    Either.mapLeft((error) => `${"message" in error ? String(error.message) : ""} ${JSON.stringify(error)}`)
  )

/** A tenant that was asked once, and its control: in the process of its server, and from outside. */
const controls = Effect.gen(function*() {
  const { fetch, tenant, url } = yield* MockServer.MockServer
  const { apiKey, control, id } = yield* tenant()
  const headers = { authorization: `Bearer ${Redacted.value(apiKey)}` }
  yield* Effect.promise(() => fetch(`${url}/v1/whoami`, { headers }))
  const client = ControlClient.make({ url, fetch })
  return { client, tenant, both: [control, client.tenant(id)] as const }
})

/** Something is honoured, or refused by the name of what is wrong. */
const expectOutcome = (outcome: Either.Either<unknown, string>, isRight: boolean, name: RegExp) => {
  expect(Either.isLeft(outcome) ? outcome.left : "").toMatch(isRight ? /^$/ : name)
}

describe("numbers of a server, in code and from outside", () => {
  it.scopedLive("that a journal is asked with are honoured or refused by name", () =>
    Effect.gen(function*() {
      const { both: [inCode, fromOutside] } = yield* controls
      for (const n of edges) {
        const refused = isWhole(0)(n) ? /expected [^ ]+ requests? with/ : /times: Expected a whole number/
        for (const { journal } of [inCode, fromOutside]) {
          expectOutcome(yield* outcomeOf(journal.expect({}, { times: n })), n === 1, refused)
          expectOutcome(yield* outcomeOf(journal.waitFor({}, { times: n, timeout: 1 })), n === 0 || n === 1, refused)
        }
        expectOutcome(yield* outcomeOf(inCode.journal.waitFor({}, { timeout: n })), n >= 0, /timeout: Expected/)
        expectOutcome(
          yield* outcomeOf(fromOutside.journal.waitFor({}, { timeout: n })),
          isBetween(0, 600_000)(n),
          /timeout(Millis)?: Expected/
        )
      }
    }).pipe(Effect.provide(MockServer.layerInProcess())))

  it.scopedLive("of a clock are honoured or refused by name", () =>
    Effect.gen(function*() {
      const { both } = yield* controls
      const now = Date.now()
      for (const n of edges) {
        for (const { clock } of both) {
          yield* clock.set({ type: "fixed", at: 0 })
          expectOutcome(yield* outcomeOf(clock.advance(n)), isBetween(0, maxMillis)(n), /(duration|millis): Expected/)
          expectOutcome(
            yield* outcomeOf(clock.set({ type: "stepping", at: 0, stepMillis: n })),
            isWhole(0, maxMillis)(n),
            /stepMillis: Expected/
          )
          expectOutcome(
            yield* outcomeOf(clock.set({ type: "real", offsetMillis: n })),
            Number.isSafeInteger(n) && isBetween(0, maxMillis)(now + n),
            /offsetMillis: Expected/
          )
        }
      }
    }).pipe(Effect.provide(MockServer.layerInProcess())))

  it.scopedLive("of a fault are honoured or refused by name", () =>
    Effect.gen(function*() {
      const { both } = yield* controls
      const error = { code: "UNAVAILABLE" } as const
      for (const n of edges) {
        for (const { faults } of both) {
          const expectPut = (rule: Parameters<typeof faults.put>[0][number], isRight: boolean, name: RegExp) =>
            Effect.map(outcomeOf(faults.put([rule])), (outcome) => expectOutcome(outcome, isRight, name))
          yield* expectPut({ nth: n, error }, isWhole(1)(n), /nth: Expected/)
          yield* expectPut({ times: n, error }, isWhole(1)(n), /times: Expected/)
          yield* expectPut({ probability: n, error }, n > 0 && n <= 1, /probability: Expected/)
          yield* expectPut({ delayMillis: n }, isWhole(1, 3_600_000)(n), /delayMillis: Expected/)
          yield* expectPut({ error: { ...error, status: n } }, false, /status: /)
          yield* expectPut({ error: { ...error, retryAfter: n } }, isWhole(0, 2 ** 31 - 1)(n), /retryAfter: Expected/)
        }
      }
    }).pipe(Effect.provide(MockServer.layerInProcess())))

  it.scopedLive("of a new tenant are honoured or refused by name", () =>
    Effect.gen(function*() {
      const { client, tenant } = yield* controls
      for (const n of edges) {
        const inCode = (options: TenantOptions) => Effect.asVoid(Effect.scoped(tenant(options)))
        const fromOutside = (options: TenantOptions) => Effect.asVoid(client.create(options))
        for (const make of [inCode, fromOutside]) {
          expectOutcome(yield* outcomeOf(make({ randomSeed: n })), isWhole(0)(n), /randomSeed: Expected/)
          expectOutcome(yield* outcomeOf(make({ journalSize: n })), isWhole(0, 100_000)(n), /journalSize: Expected/)
        }
      }
    }).pipe(Effect.provide(MockServer.layerInProcess())))
})

it.live("numbers on a command line are honoured or refused by name", () =>
  Effect.gen(function*() {
    for (const n of [...edges, "0x10", "1e3", "١"]) {
      const { errors } = yield* cli(["ready", "--url", "http://127.0.0.1:1", `--timeout=${n}`]).run
      const isRight = /^\d+(\.\d+)?$/.test(String(n)) && Number(n) > 0 && Number(n) <= 86_400
      expect([n, errors.includes("--timeout: expected a number of seconds, more than 0")]).toEqual([n, !isRight])
    }
  }))
