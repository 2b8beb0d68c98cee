import type { LazyArbitrary } from "effect/Arbitrary"
import * as Arr from "effect/Array"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { isSame } from "./equal.js"
import { isWellFormed, WELL_FORMED } from "./wellFormed.js"

export type StringMap = { readonly [key: string]: string }

type Rule = (key: string, value: string) => string | undefined

/*
 * Schema.Record assigns keys one by one, which loses a key named `__proto__`. This schema keeps it.
 */
const violation = (rule: Rule, key: string, value: unknown): string | undefined =>
  typeof value !== "string"
    ? "Expected a string"
    : isWellFormed(key) && isWellFormed(value)
    ? rule(key, value)
    : WELL_FORMED

const copy = (rule: Rule): ParseResult.DeclarationDecodeUnknown<StringMap, never> => (input, options, ast) => {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    return ParseResult.fail(new ParseResult.Type(ast, input, "Expected an object of strings"))
  }
  const entries: Array<readonly [string, string]> = []
  const issues: Array<ParseResult.Pointer> = []
  for (const [key, value] of Object.entries(input)) {
    const wrong = violation(rule, key, value)
    if (wrong === undefined && typeof value === "string") {
      entries.push([key, value])
    } else {
      issues.push(new ParseResult.Pointer(key, input, new ParseResult.Type(Schema.String.ast, value, wrong)))
      if (options.errors !== "all") {
        break
      }
    }
  }
  return Arr.isNonEmptyReadonlyArray(issues)
    ? ParseResult.fail(new ParseResult.Composite(ast, input, issues))
    : ParseResult.succeed(Object.fromEntries(entries))
}

/** The schema of a map of strings. `rule` returns what is wrong with an entry. */
export const stringMap = (
  annotations: {
    readonly identifier?: string
    readonly description: string
    readonly arbitrary: () => LazyArbitrary<StringMap>
  },
  rule: Rule = () => undefined
  // Spelled out: users of the schema cannot import `StringMap`.
): Schema.Schema<{ readonly [key: string]: string }> =>
  Schema.declare([], { decode: () => copy(rule), encode: () => copy(rule) }, {
    ...annotations,
    pretty: () => JSON.stringify,
    equivalence: () => isSame,
    jsonSchema: { type: "object", additionalProperties: { type: "string" } }
  })
