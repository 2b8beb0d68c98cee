import { snakeCase } from "@workspace-secrets/core/FieldName"
import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import * as Either from "effect/Either"
import type * as Schema from "effect/Schema"
import type * as AST from "effect/SchemaAST"
import { isDeepStrictEqual } from "node:util"

type Path = ReadonlyArray<string>

type Rename = (input: unknown, path: Path, violations: Array<FieldViolation.FieldViolation>) => unknown

const keep: Rename = (input) => input

const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === "object" && u !== null && !Array.isArray(u)

const renamer = (ast: AST.AST): Rename => {
  switch (ast._tag) {
    case "Transformation":
    case "Refinement":
      return renamer(ast.from)
    case "Union":
      // An optional field is a union with `undefined`.
      return ast.types.map(renamer).find((rename) => rename !== keep) ?? keep
    case "TypeLiteral": {
      const fields = ast.propertySignatures
        .map(({ name, type }) => ({ name: String(name), snake: snakeCase(String(name)), rename: renamer(type) }))
        .filter(({ name, rename, snake }) => snake !== name || rename !== keep)
      return fields.length === 0 ? keep : (input, path, violations) => {
        if (!isRecord(input)) {
          return input
        }
        const out: Record<string, unknown> = { ...input }
        for (const { name, rename, snake } of fields) {
          if (snake !== name && Object.hasOwn(out, snake)) {
            if (Object.hasOwn(out, name) && !isDeepStrictEqual(out[name], out[snake])) {
              violations.push({
                field: FieldViolation.formatPath([...path, name]),
                description: `given as ${name} and as ${snake}, with different values; give one of them`
              })
            }
            out[name] = out[snake]
            delete out[snake]
          }
          if (Object.hasOwn(out, name)) {
            out[name] = rename(out[name], [...path, name], violations)
          }
        }
        return out
      }
    }
    default:
      return keep
  }
}

/**
 * Renames the fields of a request from snake_case to lowerCamelCase, the names of its schema (WIRE.md, Transport: Field names in requests).
 * Fails for a field that has both spellings with different values.
 */
export const requestFields = (
  schema: Schema.Schema.All
): (input: unknown) => Either.Either<unknown, ReadonlyArray<FieldViolation.FieldViolation>> => {
  const rename = renamer(schema.ast)
  return rename === keep ? Either.right : (input) => {
    const violations: Array<FieldViolation.FieldViolation> = []
    const renamed = rename(input, [], violations)
    return violations.length === 0 ? Either.right(renamed) : Either.left(violations)
  }
}
