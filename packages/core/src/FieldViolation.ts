/**
 * What is wrong with one field of a request or a response.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import type * as ParseResult from "effect/ParseResult"
import * as AST from "effect/SchemaAST"
import { struct, Text } from "./internal/schema.js"

/**
 * One violation of google.rpc.BadRequest: the field's path (`metadata.labels["a b"]`, `items[3].spec`), empty for the
 * whole of the body, and what would be right.
 *
 * @since 0.1.0
 * @category schemas
 */
export const FieldViolation = struct("FieldViolation", {
  field: Text,
  description: Text
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type FieldViolation = typeof FieldViolation.Type

const MAX_KEY = 100

/**
 * Prints a path as protobuf does: `metadata.name`, `items[0]`, `metadata.labels["not an identifier"]`.
 * Keys over 100 characters are cut.
 *
 * @since 0.1.0
 * @category printing
 */
export const formatPath = (path: ReadonlyArray<PropertyKey>): string =>
  path.reduce<string>((out, key) => {
    if (typeof key === "number") {
      return `${out}[${key}]`
    }
    const name = String(key)
    return /^[A-Za-z_$][\w$]*$/.test(name) && name.length <= MAX_KEY
      ? out === "" ? name : `${out}.${name}`
      : `${out}[${JSON.stringify(name.slice(0, MAX_KEY))}]`
  }, "")

/**
 * The violations behind a refusal by one of this package's schemas: where, and what was expected. The value that was
 * found there is left out: it may be a secret in the wrong place. Never log the `ParseError` itself, which holds it.
 *
 * @since 0.1.0
 * @category conversions
 */
export const fromParseError = (error: ParseResult.ParseError): ReadonlyArray<FieldViolation> => collect(error.issue, [])

const collect = (
  issue: ParseResult.ParseIssue,
  path: ReadonlyArray<PropertyKey>
): ReadonlyArray<FieldViolation> => {
  switch (issue._tag) {
    case "Pointer":
      return collect(issue.issue, path.concat(issue.path))
    case "Composite": {
      const override = overridingMessage(issue)
      if (override !== undefined) {
        return [{ field: formatPath(path), description: override }]
      }
      const issues = "_tag" in issue.issues ? [issue.issues] : issue.issues
      const telling = issues.filter((inner) => !("ast" in inner && AST.isUndefinedKeyword(inner.ast as AST.AST)))
      return telling.flatMap((inner) => collect(inner, path))
    }
    case "Refinement":
    case "Transformation": {
      const override = overridingMessage(issue)
      return override === undefined
        ? collect(issue.issue, path)
        : [{ field: formatPath(path), description: override }]
    }
    case "Missing":
      return [{ field: formatPath(path), description: "Required, and missing" }]
    case "Unexpected":
      return [{ field: formatPath(path), description: "Unexpected" }]
    case "Forbidden":
    case "Type":
      return [{ field: formatPath(path), description: describe(issue) }]
  }
}

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
 * A violation in one line: `metadata.name: Expected a string`.
 *
 * @since 0.1.0
 * @category printing
 */
export const format = (violation: FieldViolation): string =>
  violation.field === "" ? violation.description : `${violation.field}: ${violation.description}`
