import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import * as Either from "effect/Either"
import type * as Schema from "effect/Schema"
import type * as AST from "effect/SchemaAST"
import type { Node, ParseError } from "jsonc-parser"
import { getLocation, parse, parseTree, printParseErrorCode } from "jsonc-parser"
import { few } from "./Problems.js"
import { strict } from "./StrictSchema.js"

/** Returns the line and column of an offset, both from 1. */
const positions = (text: string): (offset: number) => string => {
  const starts = [0]
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
    starts.push(at + 1)
  }
  return (offset) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if ((starts[middle] ?? 0) <= offset) {
        low = middle
      } else {
        high = middle - 1
      }
    }
    return `line ${low + 1}, column ${offset - (starts[low] ?? 0) + 1}`
  }
}

/** The names of all fields of a schema, encoded and decoded. */
const namesOf = (schema: Schema.Schema.AnyNoContext): ReadonlySet<string> => {
  const names = new Set<string>()
  const collect = (ast: AST.AST): void => {
    switch (ast._tag) {
      case "TypeLiteral":
        return ast.propertySignatures.forEach(({ name, type }) => {
          names.add(String(name))
          collect(type)
        })
      case "TupleType":
        return [...ast.elements, ...ast.rest].forEach(({ type }) => collect(type))
      case "Union":
        return ast.types.forEach(collect)
      case "Refinement":
        return collect(ast.from)
      case "Transformation":
        collect(ast.from)
        return collect(ast.to)
      case "Declaration":
        return ast.typeParameters.forEach(collect)
      default:
        return
    }
  }
  collect(schema.ast)
  return names
}

/**
 * Describes a JSON syntax error with its position. The path has only names that the schema knows: in invalid JSON, a value can be in the
 * place of a name. Without a position if the text is nested too deeply to parse.
 */
const whyNot = (text: string, names: ReadonlySet<string>): string => {
  const errors: Array<ParseError> = []
  try {
    parse(text, errors, { disallowComments: true })
    const [error] = errors
    if (error === undefined) {
      return "not valid JSON"
    }
    const { path } = getLocation(text, error.offset)
    const unknown = path.findIndex((segment) => typeof segment === "string" && !names.has(segment))
    const field = FieldViolation.formatPath(unknown === -1 ? path : path.slice(0, unknown))
    const what = printParseErrorCode(error.error).replaceAll(/(?<=.)[A-Z]/g, " $&").toLowerCase()
    return `${positions(text)(error.offset)}: ${
      FieldViolation.format({ field, description: `not valid JSON: ${what}` })
    }`
  } catch {
    return "not valid JSON"
  }
}

/** Parses a path in the format of `FieldViolation.formatPath`. */
const segments = (path: string): ReadonlyArray<string | number> =>
  [...path.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g)].map(([, index, quoted, name]) =>
    index !== undefined ? Number(index) : quoted !== undefined ? JSON.parse(quoted) as string : name ?? ""
  )

/** Whether a name is the one of a segment. Long segments are cut. */
const isNamed = (name: unknown, segment: string): boolean =>
  typeof name === "string" && (name === segment || (segment.length >= 100 && name.startsWith(segment)))

/** The offset of a violation: of the value, of the name of an unexpected field, or of the object that lacks a field. */
const offsetOf = (root: Node, { description, field }: FieldViolation.FieldViolation): number => {
  let node = root
  for (const segment of segments(field)) {
    if (typeof segment === "number") {
      const item = node.children?.[segment]
      if (item === undefined) {
        break
      }
      node = item
      continue
    }
    // Of duplicate names, JSON.parse uses the last.
    const [name, value] = node.children?.filter(({ children }) => isNamed(children?.[0]?.value, segment)).at(-1)
      ?.children ?? []
    if (name === undefined || value === undefined) {
      break
    }
    node = description === "Unexpected" ? { ...value, offset: name.offset } : value
  }
  return node.offset
}

const located = (text: string, violations: ReadonlyArray<FieldViolation.FieldViolation>): ReadonlyArray<string> => {
  try {
    const root = parseTree(text)
    if (root !== undefined) {
      const position = positions(text)
      return few(
        violations,
        (violation) => `${position(offsetOf(root, violation))}: ${FieldViolation.format(violation)}`
      )
    }
  } catch {
    // Nested too deeply to parse.
  }
  return few(violations, FieldViolation.format)
}

/**
 * Makes a parser of JSON text with a schema, which rejects unknown fields, and with rules that relate fields. Problems have line, column
 * and field, and do not quote the text.
 */
export const reader = <A, I>(
  schema: Schema.Schema<A, I>,
  rules: (value: A) => ReadonlyArray<FieldViolation.FieldViolation>
): (text: string) => Either.Either<A, ReadonlyArray<string>> => {
  const decode = strict(schema)
  return (text) => {
    let json: unknown
    try {
      json = JSON.parse(text)
    } catch {
      // The parser's error is dropped: it quotes the text.
      return Either.left([whyNot(text, namesOf(schema))])
    }
    return decode(json).pipe(
      Either.flatMap((value) => {
        const violations = rules(value)
        return violations.length === 0 ? Either.right(value) : Either.left(violations)
      }),
      Either.mapLeft((violations) => located(text, violations))
    )
  }
}
