import { describe, expect, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as LogLevel from "effect/LogLevel"
import type * as ParseResult from "effect/ParseResult"
import * as Pretty from "effect/Pretty"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { leaking, levels, logged, loggerNames, type Print, printed } from "../../../tools/leaks/sinks.js"
import { spellings } from "../../../tools/leaks/spellings.js"
import * as ApiError from "../src/ApiError.js"
import { CreateWorkspaceSecret } from "../src/CreateWorkspaceSecret.js"
import * as ErrorResponse from "../src/ErrorResponse.js"
import { format, fromParseError } from "../src/FieldViolation.js"
import { ListWorkspaceSecrets, WorkspaceSecretPage } from "../src/ListWorkspaceSecrets.js"
import { Status } from "../src/Status.js"
import { applyTo, UpdateWorkspaceSecret } from "../src/UpdateWorkspaceSecret.js"
import { SecretValue, WorkspaceSecret, WorkspaceSecretNotFound, WorkspaceSecretSpec } from "../src/WorkspaceSecret.js"
import example from "./fixtures/documented-example.json" with { type: "json" }
import { schemas } from "./schemas.js"

const canary = "c4n4ry-s3cr3t-\"<é>/\n&"

/** The sinks that print the canary. */
const leaks = (prints: ReadonlyArray<Print>): ReadonlyArray<string> => leaking(prints, canary)

/*
 * In a browser the pretty logger hands the errors of a cause to the console as objects, and with a ParseError its
 * issue, which holds what was refused. No schema can help that: a ParseError is not to be logged as a cause there, nor
 * printed by its properties.
 */
const outsideOfBrowsers = loggerNames.filter((logger) => !logger.includes("browser"))
const printedFailure = (error: unknown) => printed(error, { properties: false })

/** The log output of failures, and of errors made from their violations. */
const logFailures = (
  errors: ReadonlyArray<ParseResult.ParseError>,
  at: ReadonlyArray<LogLevel.LogLevel> = [LogLevel.Error]
) =>
  Effect.zipWith(
    logged(errors, { levels: at, loggers: outsideOfBrowsers }),
    logged(errors.map((error) => ApiError.InvalidArgument.fromViolations(fromParseError(error))), {
      levels: [LogLevel.Error]
    }),
    (own, converted) => [...own, ...converted]
  )

/** A failure and its formatted violations. */
const prints = (error: ParseResult.ParseError): ReadonlyArray<Print> => [
  ...printedFailure(error),
  { how: "its violations", text: fromParseError(error).map(format).join("\n") },
  ...printed(ApiError.InvalidArgument.fromViolations(fromParseError(error)))
]

const isContainer = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === "object" && u !== null && !Redacted.isRedacted(u) && !DateTime.isDateTime(u) && !Duration.isDuration(u)

/**
 * Copies of a value, each with one part replaced, starting with the value itself. Only the first item of an array is
 * replaced.
 */
const swapped = (value: unknown, other: unknown): ReadonlyArray<unknown> => {
  if (Array.isArray(value)) {
    const [first, ...rest] = value as ReadonlyArray<unknown>
    return [other, ...(value.length === 0 ? [] : swapped(first, other).map((child) => [child, ...rest]))]
  }
  return isContainer(value)
    ? [
      other,
      ...Object.keys(value).flatMap((key) => swapped(value[key], other).map((child) => ({ ...value, [key]: child })))
    ]
    : [other]
}

const wrongs: ReadonlyArray<unknown> = [
  canary,
  [canary],
  { [canary]: canary },
  { value: canary },
  { value: { value: [canary] } },
  Redacted.make({ bare: canary }),
  new Error(canary),
  Symbol.for(canary),
  () => canary
]

const thrownBy = (f: () => unknown): unknown => {
  try {
    return { returned: f() }
  } catch (error) {
    return error
  }
}

/** The largest of a few generated values. */
const richest = (schema: Schema.Schema<unknown, unknown>) => {
  const sample = FastCheck.sample(Arbitrary.make(schema), { numRuns: 12, seed: 7 })
  const size = (value: unknown) => JSON.stringify(Schema.encodeSync(schema)(value)).length
  return sample.reduce((best, value) => size(value) > size(best) ? value : best)
}

/** The failures of a schema for the given inputs, with a violation for every invalid field. */
const failures = (
  parse: (input: unknown, options: { readonly errors: "all" }) => Either.Either<unknown, ParseResult.ParseError>,
  inputs: ReadonlyArray<unknown>
): ReadonlyArray<ParseResult.ParseError> =>
  inputs.flatMap((input) => Either.match(parse(input, { errors: "all" }), { onLeft: (e) => [e], onRight: () => [] }))

/** The failures whose message or violations contain the canary. */
const quotes = (errors: ReadonlyArray<ParseResult.ParseError>): ReadonlyArray<string> =>
  errors.flatMap((error) => [error.message, ...fromParseError(error).map(format)])
    .filter((text) => text.includes(canary))

/** An error as Effect's schemas print it by default. */
const chatty = (value: string) =>
  failures(Schema.decodeUnknownEither(Schema.Struct({ value: Schema.Number })), [{ value }])

describe("this test", () => {
  it.effect.each(Object.entries(spellings))(
    "sees what Effect's own refusals quote, spelled %s, in every way of printing",
    (
      [, spell]
    ) =>
      Effect.gen(function*() {
        const spelled = spell(canary)
        const errors = chatty(spelled)
        const all = [...errors.flatMap((error) => printed(error)), ...(yield* logged(errors))]
        expect(all.length).toBeGreaterThan(50)
        expect(leaking(all, [canary, spelled])).toEqual(all.map(({ how }) => how))
      })
  )

  it("replaces every part of a value", () => {
    expect(swapped({ a: 1, b: [{ c: 2 }, { c: 3 }] }, 0)).toEqual([
      0,
      { a: 0, b: [{ c: 2 }, { c: 3 }] },
      { a: 1, b: 0 },
      { a: 1, b: [0, { c: 3 }] },
      { a: 1, b: [{ c: 0 }, { c: 3 }] }
    ])
  })
})

describe("a misplaced value is not quoted", () => {
  // The keys of a map appear in paths.
  const strings = [canary, [{ value: canary }]]

  it.each(schemas)("by %s, wherever it is", (_, schema) => {
    const value = richest(schema)
    const wire: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(schema)(value)))
    const decoding = failures(Schema.decodeUnknownEither(schema), strings.flatMap((wrong) => swapped(wire, wrong)))
    const encoding = failures(Schema.encodeUnknownEither(schema), strings.flatMap((wrong) => swapped(value, wrong)))
    expect(decoding.length).toBeGreaterThan(0)
    expect(encoding.length).toBeGreaterThan(0)
    expect(quotes([...decoding, ...encoding])).toEqual([])
  })

  it.each(schemas)("by %s in any sink, as the whole input", (_, schema) => {
    const decoding = failures(Schema.decodeUnknownEither(schema), wrongs)
    const encoding = failures(Schema.encodeUnknownEither(schema), wrongs)
    expect(leaks([...decoding.slice(0, 1), ...encoding.slice(0, 1)].flatMap(prints))).toEqual([])
    expect(quotes([...decoding, ...encoding])).toEqual([])
  })

  const metadata = (change: object) => ({ ...example, metadata: { ...example.metadata, ...change } })
  const places: ReadonlyArray<readonly [place: string, body: unknown]> = [
    ["the whole body", canary],
    ["the whole body in a list", [canary]],
    ["spec", { ...example, spec: canary }],
    ["spec as a list", { ...example, spec: [canary] }],
    ["value in an object", { ...example, spec: { value: { value: canary } } }],
    ["value in a list", { ...example, spec: { value: [canary] } }],
    ["metadata", { ...example, metadata: canary }],
    ["id", metadata({ id: [canary] })],
    ["name", metadata({ name: { [canary]: canary } })],
    ["createdAt", metadata({ createdAt: canary })],
    ["updatedAt", metadata({ updatedAt: canary })],
    ["labels", metadata({ labels: canary })],
    ["a label", metadata({ labels: { team: [canary] } })],
    ["externalId", metadata({ externalId: { canary } })],
    ["info", { ...example, info: canary }],
    ["lastUsedAt", { ...example, info: { lastUsedAt: canary } }],
    ["createdBy", { ...example, info: { createdBy: canary } }],
    ["a profile's type", { ...example, info: { createdBy: { ...example.info.createdBy, spec: { type: [canary] } } } }]
  ]

  it.effect.each(places)("by any logger, as %s of a secret", ([place, body]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Schema.decodeUnknown(WorkspaceSecret)(body))
      expect(leaks(prints(error))).toEqual([])
      expect(leaks(yield* logFailures([error], place === "spec" ? levels : undefined))).toEqual([])
    }))

  it.effect("by any logger, in each part of a page, of a create, of an update or of a query", () =>
    Effect.gen(function*() {
      const errors = [
        ...failures(Schema.decodeUnknownEither(WorkspaceSecretPage), [
          canary,
          { items: canary, pagination: {} },
          { items: [example, { ...example, spec: canary }], pagination: {} },
          { items: [], pagination: canary },
          { items: [], pagination: { nextCursor: [canary] } }
        ]),
        ...failures(Schema.decodeUnknownEither(CreateWorkspaceSecret), [
          { metadata: { name: "n" }, spec: canary },
          { metadata: canary, spec: {} },
          { metadata: { name: canary.repeat(50), labels: { team: `${canary} ` } }, spec: {} }
        ]),
        ...failures(Schema.decodeUnknownEither(UpdateWorkspaceSecret), [
          canary,
          { spec: canary },
          { updateMask: canary },
          { updateMask: `spec,metadata.labels.${canary},info.${canary}` },
          { updateMask: `metadata.labels.${canary}` },
          { updateMask: `info.${canary}` },
          { metadata: { name: canary.repeat(50), labels: { team: `${canary} ` } } }
        ]),
        ...failures(Schema.decodeUnknownEither(ListWorkspaceSecrets), [
          canary,
          { limit: canary, labels: canary, sortOrder: canary, includeInfo: canary },
          { labels: `a=1,a=${canary}` },
          { labels: `a=1,${canary}` }
        ])
      ]
      expect(errors).toHaveLength(19)
      expect(leaks(errors.flatMap(prints))).toEqual([])
      expect(leaks(yield* logFailures(errors))).toEqual([])
    }))

  it.effect.each(Object.entries(spellings))("by any logger, spelled %s", ([, spell]) =>
    Effect.gen(function*() {
      const spelled = spell(canary)
      const errors = [
        ...failures(Schema.decodeUnknownEither(WorkspaceSecret), [{ ...example, spec: { value: [spelled] } }]),
        ...failures(Schema.decodeUnknownEither(ListWorkspaceSecrets), [{ limit: spelled }])
      ]
      expect(errors).toHaveLength(2)
      expect(leaking([...errors.flatMap(prints), ...(yield* logFailures(errors))], [canary, spelled])).toEqual([])
    }))

  it.effect("by any logger, if a plain string is encoded as a Redacted", () =>
    Effect.gen(function*() {
      const spec = { value: canary }
      const secret = Schema.decodeUnknownSync(WorkspaceSecret)(example)
      const errors = [
        ...failures(Schema.encodeUnknownEither(WorkspaceSecretSpec), [spec]),
        ...failures(Schema.encodeUnknownEither(CreateWorkspaceSecret), [{ metadata: { name: "n" }, spec }]),
        ...failures(Schema.encodeUnknownEither(UpdateWorkspaceSecret), [{ spec }]),
        ...failures(Schema.encodeUnknownEither(WorkspaceSecret), [{ ...secret, spec }, { ...secret, spec: canary }]),
        ...failures(Schema.encodeUnknownEither(WorkspaceSecretPage), [{ items: [{ ...secret, spec }], pagination: {} }])
      ]
      expect(errors).toHaveLength(6)
      expect(leaks(errors.flatMap(prints))).toEqual([])
      expect(leaks(yield* logFailures(errors))).toEqual([])
    }))

  it.effect("by a constructor, nor by an Effect that dies with its error", () =>
    Effect.gen(function*() {
      const { metadata } = Schema.decodeUnknownSync(WorkspaceSecret)(example)
      const bare: unknown = canary
      for (const spec of [{ value: bare }, bare, { value: Redacted.make({ bare }) }]) {
        const props = { metadata, spec: spec as WorkspaceSecretSpec }
        const make = () => new WorkspaceSecret(props)
        for (const thrown of [thrownBy(make), thrownBy(() => Effect.runSync(Effect.sync(make)))]) {
          expect(leaks(printedFailure(thrown))).toEqual([])
          expect(leaks(yield* logged([thrown], { levels: [LogLevel.Error], loggers: outsideOfBrowsers }))).toEqual([])
          expect(thrown).toHaveProperty("message", expect.stringContaining("Expected"))
        }
      }
    }))
})

describe("a valid value is not printed", () => {
  const spec = { value: canary }
  const body = { ...example, spec }
  const holders: ReadonlyArray<readonly [name: string, value: unknown]> = [
    ["a secret", Schema.decodeUnknownSync(WorkspaceSecret)(body)],
    ["a spec", Schema.decodeUnknownSync(WorkspaceSecretSpec)(spec)],
    ["a value", Schema.decodeUnknownSync(SecretValue)(canary)],
    ["a page", Schema.decodeUnknownSync(WorkspaceSecretPage)({ items: [body, body], pagination: {} })],
    ["a create", Schema.decodeUnknownSync(CreateWorkspaceSecret)({ metadata: { name: "n" }, spec })],
    ["an update", Schema.decodeUnknownSync(UpdateWorkspaceSecret)({ spec })]
  ]

  it.effect.each(holders)("with %s, by any logger at any level", ([_, value]) =>
    Effect.gen(function*() {
      expect(leaks(printed(value))).toEqual([])
      const log = yield* logged([value], { levels })
      expect(leaks(log)).toEqual([])
      expect(log.filter(({ text }) => text.includes("<redacted>")).length).toBeGreaterThan(levels.length)
    }))

  it("by Pretty, nor by the error of a secret with another invalid field", () => {
    const secret = Schema.decodeUnknownSync(WorkspaceSecret)(body)
    expect(Pretty.make(WorkspaceSecret)(secret)).not.toContain(canary)
    const wrong = failures(Schema.decodeUnknownEither(WorkspaceSecret), [
      { ...body, metadata: {} },
      { ...body, info: 7 },
      { spec }
    ])
    expect(wrong).toHaveLength(3)
    expect(leaks(wrong.flatMap(prints))).toEqual([])
  })

  it.effect("with an update that is applied or refused", () =>
    Effect.gen(function*() {
      const secret = Schema.decodeUnknownSync(WorkspaceSecret)(example)
      const after = applyTo(secret, Schema.decodeUnknownSync(UpdateWorkspaceSecret)({ spec }))
      expect(after.spec.value && Redacted.value(after.spec.value)).toBe(canary)
      expect(leaks([...printed(after), ...(yield* logged([after], { levels: [LogLevel.Info] }))])).toEqual([])
    }))
})

describe("an error of the API", () => {
  it.effect("keeps nothing of an invalid detail", () =>
    Effect.gen(function*() {
      const details = [
        { "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: canary },
        { "@type": "type.googleapis.com/google.rpc.DebugInfo", detail: canary, stackEntries: [canary] },
        { value: canary }
      ]
      const body = Schema.decodeUnknownSync(Status)({ code: 5, message: "no such secret", details })
      const error = ErrorResponse.fromResponse<WorkspaceSecretNotFound>({ WorkspaceSecretNotFound }, {
        status: 404,
        body
      })
      expect(error).toBeInstanceOf(WorkspaceSecretNotFound)
      expect(leaks([...printed(error), ...(yield* logged([error], { levels: [LogLevel.Error] }))])).toEqual([])
    }))
})
