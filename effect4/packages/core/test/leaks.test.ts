import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { format as formatText, inspect } from "node:util"
import { InvalidArgument } from "../src/ApiError.js"
import { format, fromSchemaError } from "../src/FieldViolation.js"
import { sample } from "./generated.js"
import { type AnySchema, schemas } from "./schemas.js"

const canary = "c4n4ry-s3cr3t"

const isContainer = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === "object" && u !== null && !Redacted.isRedacted(u) && !DateTime.isDateTime(u) && !Duration.isDuration(u)

/** Copies of a value in each of which another place holds something else. Of a list the first item stands for all. */
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

/** The largest of a few generated values. */
const richest = (schema: AnySchema): unknown => {
  const size = (value: unknown) => JSON.stringify(Schema.encodeUnknownSync(schema)(value)).length
  return sample(schema, 12).reduce((best, value) => size(value) > size(best) ? value : best)
}

/** What a refusal says, in every way of printing. */
const printed = (error: unknown): string =>
  [
    String(error),
    JSON.stringify(error),
    inspect(error, { depth: Infinity, showHidden: true, getters: true }),
    formatText("%s %o %O %j", error, error, error, error),
    error instanceof Error ? `${error.message} ${error.stack}` : "",
    Cause.pretty(Cause.fail(error)),
    Cause.pretty(Cause.die(error)),
    inspect(Cause.fail(error), { depth: Infinity }),
    ...[Logger.formatSimple, Logger.formatLogFmt, Logger.formatJson].map((logger) => logged(logger, error))
  ].join("\n")

const logged = (logger: Logger.Logger<unknown, string>, error: unknown): string => {
  let text = ""
  const collect = Logger.make((options) => {
    text += logger.log(options)
  })
  Effect.runSync(
    Effect.all([Effect.logError(error), Effect.logError("failed", Cause.fail(error))]).pipe(
      Effect.provide(Logger.layer([collect]))
    )
  )
  return text
}

const refusals = (
  parse: (input: unknown) => Result.Result<unknown, Schema.SchemaError>,
  inputs: ReadonlyArray<unknown>
) => inputs.flatMap((input) => Result.match(parse(input), { onFailure: (error) => [error], onSuccess: () => [] }))

// The keys of a map are places: they are named.
const wrongs: ReadonlyArray<unknown> = [canary, [{ value: canary }], Redacted.make({ bare: canary }), new Error(canary)]

describe("a misplaced value is not quoted", () => {
  it.each(schemas)("by %s, wherever it is", (_, schema) => {
    const value = richest(schema)
    const wire: unknown = JSON.parse(JSON.stringify(Schema.encodeUnknownSync(schema)(value)))
    const decoding = refusals(
      Schema.decodeUnknownResult(schema, { errors: "all" }),
      wrongs.flatMap((wrong) => swapped(wire, wrong))
    )
    const encoding = refusals(
      Schema.encodeUnknownResult(schema, { errors: "all" }),
      wrongs.flatMap((wrong) => swapped(value, wrong))
    )
    expect(decoding.length).toBeGreaterThan(0)
    expect(encoding.length).toBeGreaterThan(0)
    for (const error of [...decoding, ...encoding]) {
      expect(printed(error).includes(canary)).toBe(false)
      expect(printed(InvalidArgument.fromViolations(fromSchemaError(error))).includes(canary)).toBe(false)
    }
  })

  it("and would be seen by this test where it is", () => {
    const [error] = refusals(Schema.decodeUnknownResult(Schema.Struct({ a: Schema.Number }), { reportInput: true }), [
      { a: canary }
    ])
    expect(printed(error).split(canary).length).toBeGreaterThan(8)
  })

  it("by violations, even where a caller asks a schema to report its input", () => {
    for (const [, schema] of schemas) {
      const wire: unknown = JSON.parse(JSON.stringify(Schema.encodeUnknownSync(schema)(richest(schema))))
      for (
        const error of refusals(
          Schema.decodeUnknownResult(schema, { errors: "all", reportInput: true }),
          wrongs.flatMap((wrong) => swapped(wire, wrong))
        )
      ) {
        expect(fromSchemaError(error).map(format).join("\n").includes(canary)).toBe(false)
      }
    }
  })
})

describe("a secret that was read", () => {
  it("is not printed by anything that holds it", () => {
    for (const [, schema] of schemas) {
      const value = richest(schema)
      const held: Array<string> = []
      const look = (u: unknown): void => {
        if (Redacted.isRedacted(u)) {
          held.push(String(Redacted.value(u)))
        } else if (isContainer(u) || Array.isArray(u)) {
          Object.values(u).forEach(look)
        }
      }
      look(value)
      for (const secret of held.filter((text) => text.length > 6)) {
        expect(printed(value).includes(secret)).toBe(false)
      }
    }
  })
})
