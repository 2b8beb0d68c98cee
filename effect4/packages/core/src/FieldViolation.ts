/**
 * Violations: which field of a request or a response is invalid, and why.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import * as SchemaGetter from "effect/SchemaGetter"
import * as SchemaIssue from "effect/SchemaIssue"
import { lowerCamelCase, snakeCase } from "./FieldName.js"
import { cut } from "./internal/cut.js"
import { generated, struct, Text } from "./internal/schema.js"
import type { Mask } from "./Redaction.js"

/** Converts the field names in a path. The key after `labels` keeps its spelling. */
const convert = (convertName: (name: string) => string) => (path: string): string => {
  let isKey = false
  return path.replace(/\["(?:[^"\\]|\\.)*"\]|[^.[\]]+/g, (segment) => {
    const out = isKey || segment.startsWith("[") ? segment : convertName(segment)
    isKey = segment === "labels"
    return out
  })
}

/**
 * The path of a field, in lowerCamelCase. It is encoded in snake_case: `metadata.external_id` for
 * `metadata.externalId`. The decoder accepts both (WIRE.md, Errors).
 */
const FieldPath = Text.pipe(
  Schema.decodeTo(
    Text.check(generated("^(metadata\\.(externalId|name)|items\\[3\\]\\.spec|updateMask)$")).annotate({
      identifier: "FieldPath",
      description: "The path of the field, in snake_case"
    }),
    {
      decode: SchemaGetter.transform(convert(lowerCamelCase)),
      encode: SchemaGetter.transform(convert(snakeCase))
    }
  )
)

/**
 * One violation of google.rpc.BadRequest: the path of the field (`metadata.labels["a b"]`, `items[3].spec`; empty for
 * the whole body) and what was expected. The path is in lowerCamelCase, and encoded in snake_case (WIRE.md, Errors).
 *
 * @since 0.1.0
 * @category schemas
 */
export const FieldViolation = struct("FieldViolation", {
  field: FieldPath,
  description: Text
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type FieldViolation = typeof FieldViolation.Type

const MAX_KEY = 100

/**
 * Formats a path as protobuf does: `metadata.name`, `items[0]`, `metadata.labels["not an identifier"]`. Each key is
 * masked, then cut to 100 characters.
 *
 * @since 0.1.0
 * @category printing
 */
export const formatPath = (path: ReadonlyArray<PropertyKey>, mask: Mask = unmasked): string =>
  path.reduce<string>((out, key) => {
    if (typeof key === "number") {
      return `${out}[${key}]`
    }
    const name = String(key)
    return /^[A-Za-z_$][\w$]{0,99}$/.test(name) && mask(name) === name
      ? out === "" ? name : `${out}.${name}`
      : `${out}[${JSON.stringify(cut(mask, name, MAX_KEY))}]`
  }, "")

const unmasked: Mask = (text) => text

/**
 * Converts a schema error of one of this package's schemas to violations. They contain paths and expectations, never
 * the invalid value, which may be a misplaced secret, not even with `reportInput`.
 *
 * A path may contain keys of the input; `mask` redacts secrets in them. `limit` is the maximum number of violations
 * (default: no limit).
 *
 * @since 0.1.0
 * @category conversions
 */
export const fromSchemaError = (
  error: Schema.SchemaError,
  options: { readonly mask?: Mask | undefined; readonly limit?: number | undefined } = {}
): ReadonlyArray<FieldViolation> => {
  const collector = { found: [], mask: options.mask ?? unmasked, limit: options.limit ?? Infinity }
  collect(error.issue, [], collector)
  return collector.found
}

interface Collector {
  readonly found: Array<FieldViolation>
  readonly mask: Mask
  readonly limit: number
}

const collect = (issue: SchemaIssue.Issue, path: ReadonlyArray<PropertyKey>, collector: Collector): void => {
  const { found, limit, mask } = collector
  if (found.length >= limit) {
    return
  }
  const add = (description: string): void => {
    found.push({ field: formatPath(path, mask), description })
  }
  switch (issue._tag) {
    case "Pointer":
      return collect(issue.issue, [...path, ...issue.path], collector)
    case "Encoding":
      return collect(issue.issue, path, collector)
    case "Composite":
      return issue.issues.forEach((inner) => collect(inner, path, collector))
    case "Filter": {
      const message = messageOf(issue.filter.annotations)
      return message === undefined ? collect(issue.issue, path, collector) : add(message)
    }
    case "AnyOf": {
      const message = messageOf(issue.ast.annotations)
      return message === undefined && issue.issues.length > 0
        ? issue.issues.forEach((inner) => collect(inner, path, collector))
        : add(message ?? describe(issue.ast))
    }
    case "OneOf":
    case "InvalidType":
      return add(describe(issue.ast))
    case "MissingKey":
      return add("Required, and missing")
    case "UnexpectedKey":
      return add("Unexpected")
    case "Forbidden":
    case "InvalidValue":
      return add(messageOf(issue.annotations) ?? "Expected another value")
  }
}

const messageOf = (annotations: Schema.Annotations.Annotations | undefined): string | undefined =>
  typeof annotations?.["message"] === "string"
    ? annotations["message"]
    : typeof annotations?.["expected"] === "string"
    ? `Expected ${annotations["expected"]}`
    : undefined

/** The message of a schema; for an optional field, that of its set member. */
const describe = (ast: AST.AST): string =>
  ast.encoding !== undefined
    ? describe(ast.encoding[ast.encoding.length - 1]?.to ?? AST.unknown)
    : messageOf(ast.annotations) ??
      (AST.isUnion(ast) ? ast.types.filter((type) => !isUnset(type)).map(describe)[0] : undefined) ??
      // Drops the input that the issue may contain.
      SchemaIssue.defaultLeafHook(new SchemaIssue.InvalidType(ast))

const isUnset = (ast: AST.AST): boolean =>
  AST.isNull(ast) || AST.isUndefined(ast) || (AST.isLiteral(ast) && ast.literal === "")

/**
 * Formats a violation as one line: `metadata.name: Expected a string`.
 *
 * @since 0.1.0
 * @category printing
 */
export const format = (violation: FieldViolation): string =>
  violation.field === "" ? violation.description : `${violation.field}: ${violation.description}`
