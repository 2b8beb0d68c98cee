import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { isUnset, unsetFields } from "../UnsetFields.js"
import { isSame } from "./equal.js"
import { hasten, UNSURE, withFast } from "./fast.js"
import { isWellFormed, WELL_FORMED } from "./wellFormed.js"

/*
 * A ParseError of Effect quotes the value it refused. What is refused here may be a secret that was
 * put in the wrong place, so every schema of this package says what was expected and nothing else.
 */

/** The message of a leaf: what was expected, never what was found. */
export const expected = (what: string) => ({
  message: ({ actual }: { readonly actual: unknown }) => ({
    message: isBroken(actual) ? WELL_FORMED : `Expected ${what}`,
    override: true
  })
})

const isBroken = (input: unknown): boolean => typeof input === "string" && !isWellFormed(input)

/** The message of a container: for what is no such container; what is wrong inside keeps its own message and path. */
const expectedShape = (what: string) => ({ message: () => `Expected ${what}` })

const acceptText = (input: unknown) => typeof input === "string" && isWellFormed(input) ? input : UNSURE

/** Any string that UTF-8 can hold. */
export const Text = withFast(
  Schema.String.annotations(expected("a string")).pipe(
    Schema.filter(isWellFormed, { message: () => WELL_FORMED, jsonSchema: {} })
  ),
  { decode: acceptText, encode: acceptText }
)

/** Any string; generated ones are not empty, since a field that is empty is unset. */
export const TextOfField = Text.annotations({ arbitrary: () => (fc) => fc.string({ minLength: 1 }) })

/** Any string but the empty one. */
export const NonEmptyText = Text.pipe(
  Schema.filter((text) => text.length > 0, { ...expected("a non-empty string"), jsonSchema: { minLength: 1 } })
)

/** `true` or `false`. */
export const Flag = Schema.Boolean.annotations(expected("a boolean"))

/** A whole number that is not negative. */
export const Count = Schema.Number.pipe(
  Schema.filter((n) => Number.isInteger(n) && n >= 0, {
    ...expected("a whole number that is not negative"),
    jsonSchema: { type: "integer", minimum: 0 },
    arbitrary: () => (fc) => fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.maxSafeNat())
  })
).annotations(expected("a whole number that is not negative"))

/** A length of time, encoded as Effect does. */
export const Delay = Schema.compose(
  Schema.Duration.annotations(expected("a duration")),
  Schema.DurationFromSelf.annotations(expected("a duration"))
)

const Undefined = Schema.Undefined.annotations(expected("nothing"))

/**
 * An optional field: absent when unset. In a `struct`, `null` is read as absent, and so is the empty value of `unsetFields` (WIRE.md,
 * Transport). A writer may give `undefined`.
 */
export const optional = <S extends Schema.Schema.All>(schema: S) =>
  Schema.optionalWith(Schema.Union(schema, Undefined), { exact: true })

/** An array of any length. */
export const array = <S extends Schema.Schema.Any>(item: S) => Schema.Array(item).annotations(expectedShape("an array"))

const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === "object" && u !== null && !Array.isArray(u)

/** Takes the fields of a model out that are unset. */
const withoutUnset = (model: string) => {
  const fields = model in unsetFields ? Object.keys(unsetFields[model as keyof typeof unsetFields]) : []
  const isWhole = (record: Readonly<Record<string, unknown>>): boolean => {
    for (const key in record) {
      if (record[key] === null) {
        return false
      }
    }
    return fields.every((field) => !isUnset(model, field, record[field]) || record[field] === undefined)
  }
  return (record: Readonly<Record<string, unknown>>) =>
    isWhole(record)
      ? record
      : Object.fromEntries(
        Object.entries(record).filter(([key, value]) => value === undefined || !isUnset(model, key, value))
      )
}

/**
 * `Schema.Struct` that reads unset fields as absent and whose errors do not quote their input. `Schema.optionalWith` with
 * `nullable` reads `null` too, but doubles the time of a decode, and its refusals quote.
 */
export const struct = <Fields extends Schema.Struct.Fields>(
  identifier: string,
  fields: Fields
): Schema.Struct<Fields> => {
  const shape = expectedShape(`an object (${identifier})`)
  const self = Schema.Struct(fields).annotations({ identifier, ...shape })
  // A field that is renamed or has a default makes a transformation of the struct, which keeps the message to itself.
  const sides = AST.isTransformation(self.ast)
    ? new AST.Transformation(
      self.ast.from,
      AST.annotations(self.ast.to, { [AST.MessageAnnotationId]: shape.message }),
      self.ast.transformation,
      self.ast.annotations
    )
    : hasten(self.ast)
  const read = withoutUnset(identifier)
  const accept: ParseResult.DeclarationDecodeUnknown<unknown, never> = (input, _, ast) =>
    isRecord(input) ? ParseResult.succeed(read(input)) : ParseResult.fail(new ParseResult.Type(ast, input))
  const wire = Schema.declare([], {
    decode: () => accept,
    encode: () => ParseResult.succeed
  }, { ...shape, [AST.SurrogateAnnotationId]: Schema.encodedSchema(self).annotations({ identifier }).ast })
  withFast(wire, { decode: (input) => isRecord(input) ? read(input) : UNSURE, encode: (input) => input })
  const ast = new AST.Transformation(wire.ast, sides, AST.composeTransformation, {
    [AST.IdentifierAnnotationId]: identifier
  })
  return class extends self {
    static override ast = ast
  }
}

/** The annotations of a `Schema.Class` whose errors do not quote their input, and that compares all the way down. */
export const classAnnotations = (identifier: string, description: string) => ({
  identifier,
  description,
  equivalence: () => isSame,
  ...expectedShape(`a ${identifier}`)
})

/** What a schema's own refusal says of an error with another `_tag`: the literal of the tag would quote it. */
const expectedTag = (tag: string) => ({
  message: (issue: ParseResult.ParseIssue) => ({
    message: `Expected the error ${tag}`,
    override: issue._tag === "Composite" &&
      [issue.issues].flat().some((inner) => inner._tag === "Pointer" && inner.path === "_tag")
  })
})

/** The annotations of a `Schema.TaggedError` whose errors do not quote their input. */
export const errorAnnotations = <Tag extends string>(tag: Tag) =>
  [expectedTag(tag), expectedTag(tag), expectedTag(tag)] as const
