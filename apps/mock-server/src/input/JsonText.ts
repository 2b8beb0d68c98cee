import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import * as Either from "effect/Either"
import type * as Schema from "effect/Schema"
import type * as AST from "effect/SchemaAST"
import type { Node, ParseError } from "jsonc-parser"
import { getLocation, parse, parseTree, printParseErrorCode } from "jsonc-parser"
import { few } from "./Problems.js"
import { strict } from "./StrictSchema.js"

/** Gives the line and the column of an offset, both from 1. */
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

/** The names of all fields that a schema knows, encoded or not. */
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
 * Where JSON is broken, and how. Of the path, only names that the schema knows are said: in broken JSON, a value can stand where a name
 * should. Nothing for text that is nested too deeply to be looked through.
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

/** The segments of a path as `FieldViolation.formatPath` prints them. */
const segments = (path: string): ReadonlyArray<string | number> =>
  [...path.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g)].map(([, index, quoted, name]) =>
    index !== undefined ? Number(index) : quoted !== undefined ? JSON.parse(quoted) as string : name ?? ""
  )

/** Whether a name is that of a segment, which is cut where it is long. */
const isNamed = (name: unknown, segment: string): boolean =>
  typeof name === "string" && (name === segment || (segment.length >= 100 && name.startsWith(segment)))

/** The offset of what a violation is about: a value, the name of what should not be there, or the object that lacks something. */
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
    // Where a name is there twice, the last is what counts.
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
    // Nested too deeply to be looked through.
  }
  return few(violations, FieldViolation.format)
}

/**
 * Reads text as JSON with a schema that knows every field, and with rules for what fits together. What is wrong is said with line, column and
 * field, and without quoting what is there.
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
      // The parser's own message quotes the text.
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
