import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import type { UnsetField } from "../UnsetFields.js"
import { isWellFormed, WELL_FORMED } from "./wellFormed.js"

/*
 * Errors of Effect 4 contain no input unless the caller sets `reportInput`. The messages are those of the package for
 * Effect 3.
 */

/** Any string that UTF-8 can represent. Its arbitrary generates no empty string, because an empty field is unset. */
export const text = (message: string) =>
  Schema.String.annotate({ message }).check(
    Schema.makeFilter(isWellFormed, {
      message: WELL_FORMED,
      toJsonSchema: () => ({}),
      arbitraryConstraint: { minLength: 1, maxLength: 40 }
    })
  )

/** Any string that UTF-8 can represent. */
export const Text = text("Expected a string")

export const Flag = Schema.Boolean.annotate({ message: "Expected a boolean" })

export const Count = Schema.Number.annotate({ message: "Expected a non-negative integer" }).check(
  Schema.isInt({ message: "Expected a non-negative integer" }),
  Schema.isGreaterThanOrEqualTo(0, { message: "Expected a non-negative integer" })
)

/** Bounds the digits of a duration: parsing a very long number is slow. */
const MAX_NANOS = 10n ** 100n

/** A duration, encoded as in Effect 3, so that the errors of both lines have the same JSON. */
export const Delay = Schema.Union([
  Schema.Struct({ _tag: Schema.Literal("Millis"), millis: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)) }),
  Schema.Struct({ _tag: Schema.Literal("Nanos"), nanos: Schema.String.check(Schema.isPattern(/^\d{1,100}$/)) }),
  Schema.Struct({ _tag: Schema.Literal("Infinity") })
]).annotate({ message: "Expected a duration" }).pipe(
  Schema.decodeTo(
    Schema.Duration.annotate({ message: "Expected a duration" }).check(
      Schema.makeFilter(
        (duration) =>
          !Duration.isNegative(duration) &&
          (!Duration.isFinite(duration) || Duration.toNanosUnsafe(duration) < MAX_NANOS),
        { message: "Expected a duration" }
      )
    ),
    {
      decode: SchemaGetter.transform((encoded) =>
        encoded._tag === "Millis"
          ? Duration.millis(encoded.millis)
          : encoded._tag === "Nanos"
          ? Duration.nanos(BigInt(encoded.nanos))
          : Duration.infinity
      ),
      encode: SchemaGetter.transform(({ value }) =>
        value._tag === "Millis"
          ? { _tag: "Millis" as const, millis: value.millis }
          : value._tag === "Nanos"
          ? { _tag: "Nanos" as const, nanos: String(value.nanos) }
          : { _tag: "Infinity" as const }
      )
    }
  )
)

export const array = <S extends Schema.Constraint>(item: S) =>
  Schema.Array(item).annotate({ message: "Expected an array" })

/** Makes the arbitrary follow a pattern, without validating it. */
export const generated = (pattern: string) =>
  Schema.makeFilter<string>(() => true, {
    toJsonSchema: () => ({}),
    arbitraryConstraint: { patterns: [{ source: pattern, flags: "" }] }
  })

/** A map of strings. `rule` returns what is wrong with an entry; the arbitrary follows the patterns. */
export const stringMap = (
  rule: (key: string, value: string) => string | undefined = () => undefined,
  { key = "^[a-z_]{1,12}$", value = "^[ -~]{0,12}$" } = {}
) =>
  // The key schema must accept all keys: a Record skips keys that it refuses.
  Schema.Record(Schema.String.check(generated(key)), Text.check(generated(value)))
    .annotate({ message: "Expected an object of strings" })
    .check(
      Schema.makeFilter(
        (map, _, options) => {
          const issues = Object.entries(map).flatMap(([key, value]) => {
            const issue = isWellFormed(key) ? rule(key, value) : WELL_FORMED
            return issue === undefined ? [] : [{ path: [key], issue }]
          })
          return options.errors === "all" ? issues : issues.slice(0, 1)
        },
        // An empty map means unset.
        { toJsonSchema: () => ({}), arbitraryConstraint: { minProperties: 1, maxProperties: 5 } }
      )
    )

/** An object with these fields. `identifier` names its model in `unsetFields` and JSON Schema. */
export const struct = <const Fields extends Schema.Struct.Fields>(identifier: string, fields: Fields) =>
  Schema.Struct(fields).annotate({ identifier, message: `Expected an object (${identifier})` })

const isEmptyMap = (value: unknown): boolean =>
  Predicate.isObject(value) && Object.getPrototypeOf(value) === Object.prototype && Object.keys(value).length === 0

/** A field with a default for absent and `null`. */
export const withDefault = <S extends Schema.Constraint>(schema: S, value: S["Type"]) =>
  Schema.optionalKey(Schema.NullOr(schema)).pipe(
    Schema.decodeTo(Schema.toType(schema), {
      decode: SchemaGetter.transformOptional((read) => Option.some(Option.getOrUndefined(read) ?? value)),
      encode: SchemaGetter.passthrough()
    })
  )

/**
 * A field that may be unset. Absent, `null` and the field's empty value decode to absent; `undefined` can be encoded
 * (WIRE.md, Transport: Unset fields).
 */
export const optional = <S extends Schema.Constraint>(schema: S, field?: UnsetField) => {
  const members = field?.empty === ""
    ? [Schema.Null, Schema.Undefined, Schema.Literal(""), schema] as const
    : [Schema.Null, Schema.Undefined, schema] as const
  const isSet = field === undefined
    ? Predicate.isNotNullish
    : (value: unknown) => Predicate.isNotNullish(value) && value !== "" && !isEmptyMap(value)
  return Schema.optionalKey(Schema.Union(members)).pipe(
    Schema.decodeTo(Schema.optionalKey(Schema.UndefinedOr(Schema.toType(schema))), {
      decode: SchemaGetter.transformOptional(Option.filter(isSet)),
      encode: SchemaGetter.transformOptional(Option.filter(Predicate.isNotUndefined))
    })
  )
}
