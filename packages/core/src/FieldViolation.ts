/**
 * Violations: which field of a request or a response is invalid, and why.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import type * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { lowerCamelCase, snakeCase } from "./FieldName.js"
import { cut } from "./internal/cut.js"
import { struct, Text } from "./internal/schema.js"
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
const FieldPath = Schema.transform(Text, Text, {
  strict: true,
  decode: convert(lowerCamelCase),
  encode: convert(snakeCase)
}).annotations({
  identifier: "FieldPath",
  description: "The path of the field, in snake_case",
  arbitrary: () => (fc) =>
    fc.constantFrom("", "metadata.externalId", "items[3].spec", "metadata.labels.a_b", "updateMask")
})

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
 * Converts a parse error of one of this package's schemas to violations. They contain paths and expectations, never the
 * invalid value, which may be a misplaced secret. Never log the `ParseError` itself: it contains the value.
 *
 * A path may contain keys of the input; `mask` redacts secrets in them. `limit` is the maximum number of violations
 * (default: no limit).
 *
 * @since 0.1.0
 * @category conversions
 */
export const fromParseError = (
  error: ParseResult.ParseError,
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

const add = ({ found, limit, mask }: Collector, path: ReadonlyArray<PropertyKey>, description: string): void => {
  if (found.length < limit) {
    found.push({ field: formatPath(path, mask), description })
  }
}

const collect = (issue: ParseResult.ParseIssue, path: ReadonlyArray<PropertyKey>, collector: Collector): void => {
  switch (issue._tag) {
    case "Pointer":
      return collect(issue.issue, path.concat(issue.path), collector)
    case "Composite": {
      const override = overridingMessage(issue)
      if (override !== undefined) {
        return add(collector, path, override)
      }
      const issues = "_tag" in issue.issues ? [issue.issues] : issue.issues
      for (const inner of issues) {
        // The answer of a hostile server may have a million issues.
        if (collector.found.length >= collector.limit) {
          return
        }
        if (isMissing(issue.ast, inner)) {
          add(collector, path.concat(inner.path), MISSING)
        } else if (!isUnset(inner)) {
          collect(inner, path, collector)
        }
      }
      return
    }
    case "Refinement":
    case "Transformation": {
      const override = overridingMessage(issue)
      return override === undefined ? collect(issue.issue, path, collector) : add(collector, path, override)
    }
    case "Missing":
      return add(collector, path, MISSING)
    case "Unexpected":
      return add(collector, path, "Unexpected")
    case "Forbidden":
    case "Type":
      return add(collector, path, describe(issue))
  }
}

const MISSING = "Required, and missing"

/** Whether a required field is `null` (unset). */
const isMissing = (ast: AST.Annotated, issue: ParseResult.ParseIssue): issue is ParseResult.Pointer => {
  if (issue._tag !== "Pointer" || !("actual" in issue.issue) || issue.issue.actual !== null) {
    return false
  }
  const fields = AST.isTypeLiteral(ast as AST.AST) ? (ast as AST.TypeLiteral).propertySignatures : []
  return fields.some(({ isOptional, name }) => !isOptional && name === issue.path)
}

/** An optional field is a union with an unset member. The issue of that member says nothing about the value. */
const isUnset = (issue: ParseResult.ParseIssue): boolean =>
  "ast" in issue && AST.isUndefinedKeyword(AST.typeAST(issue.ast as AST.AST))

const annotatedMessage = (issue: ParseResult.ParseIssue) => {
  const annotation = "ast" in issue ? AST.getMessageAnnotation(issue.ast) : Option.none()
  if (Option.isNone(annotation)) {
    return undefined
  }
  const message = annotation.value(issue)
  return typeof message === "string"
    ? { message, override: false }
    : "message" in message && typeof message.message === "string"
    ? { message: message.message, override: message.override }
    : undefined
}

const overridingMessage = (issue: ParseResult.ParseIssue): string | undefined => {
  const annotated = annotatedMessage(issue)
  return annotated?.override === true ? annotated.message : undefined
}

const describe = (issue: ParseResult.Type | ParseResult.Forbidden): string =>
  annotatedMessage(issue)?.message ?? issue.message ?? `Expected ${String(issue.ast)}`

/**
 * Formats a violation as one line: `metadata.name: Expected a string`.
 *
 * @since 0.1.0
 * @category printing
 */
export const format = (violation: FieldViolation): string =>
  violation.field === "" ? violation.description : `${violation.field}: ${violation.description}`
