/**
 * The fields that may be unset, and the empty value that means unset (WIRE.md, Transport: Unset fields). Readers,
 * writers, documents and tests all use this table.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { isEmptyMap, UnsetFieldId } from "./internal/unset.js"

/**
 * The empty value of a field: an empty string or an empty object.
 *
 * @since 0.1.0
 * @category models
 */
export type EmptyValue = "" | Readonly<Record<string, never>>

/**
 * A field that may be unset. For a reader, an absent field, `null` and `empty` all mean unset. In a response, an unset
 * field has the `empty` value if `isAlwaysPresent`; otherwise it is absent.
 *
 * @since 0.1.0
 * @category models
 */
export interface UnsetField {
  readonly empty: EmptyValue
  readonly isAlwaysPresent: boolean
}

const present = (empty: EmptyValue): UnsetField => ({ empty, isAlwaysPresent: true })
const absent = (empty: EmptyValue): UnsetField => ({ empty, isAlwaysPresent: false })

/**
 * The fields by model and name. Any other optional field is unset if it is absent or `null`.
 *
 * @since 0.1.0
 * @category constants
 */
export const unsetFields = {
  ResourceMetadata: { externalId: present(""), labels: present({}), updatedAt: absent("") },
  AccountResourceMetadata: { externalId: present(""), labels: present({}), createdAt: absent("") },
  ProfileSpec: { email: present(""), name: present("") },
  Pagination: { nextCursor: present("") },
  WorkspaceSecretSpec: { value: absent("") },
  WorkspaceSecretInfo: { lastUsedAt: absent("") },
  CreateResourceMetadata: { externalId: absent(""), labels: absent({}) },
  UpdateResourceMetadata: { name: absent(""), externalId: absent(""), labels: absent({}) },
  ErrorInfo: { domain: absent("") }
} as const satisfies Readonly<Record<string, Readonly<Record<string, UnsetField>>>>

const table: Readonly<Record<string, Readonly<Record<string, UnsetField>> | undefined>> = unsetFields

/**
 * Whether the JSON value of a model's field means unset.
 *
 * @since 0.1.0
 * @category rules
 */
export const isUnset = (model: string, field: string, value: unknown): boolean => {
  if (value === undefined || value === null) {
    return true
  }
  const empty = table[model]?.[field]?.empty
  return empty !== undefined && (empty === "" ? value === "" : isEmptyMap(value))
}

type Writer = (encoded: unknown) => unknown

const keep: Writer = (encoded) => encoded

const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === "object" && u !== null && !Array.isArray(u)

const unsetField = (type: AST.AST): UnsetField | undefined =>
  Option.getOrUndefined(AST.getAnnotation<UnsetField>(type, UnsetFieldId))

const writer = (ast: AST.AST): Writer => {
  switch (ast._tag) {
    case "Transformation":
    case "Refinement":
      return writer(ast.from)
    case "Union":
      // An optional field is a union with `undefined`.
      return ast.types.map(writer).find((write) => write !== keep) ?? keep
    case "TupleType": {
      const [items] = ast.rest.map(({ type }) => writer(type))
      return items === undefined || items === keep
        ? keep
        : (encoded) => Array.isArray(encoded) ? encoded.map(items) : encoded
    }
    case "TypeLiteral": {
      const fields = ast.propertySignatures
        .map(({ name, type }) => ({ name: String(name), write: writer(type), unset: unsetField(type) }))
      return fields.every(({ unset, write }) => write === keep && unset?.isAlwaysPresent !== true) ?
        keep :
        (encoded) => {
          if (!isRecord(encoded)) {
            return encoded
          }
          // Fields are written in the order of the schema.
          const out: Record<string, unknown> = {}
          for (const { name, unset, write } of fields) {
            if (encoded[name] !== undefined) {
              out[name] = write(encoded[name])
            } else if (unset?.isAlwaysPresent === true) {
              out[name] = unset.empty
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
 * Returns a function that adds the empty values of unset fields to the encoded form of a schema, at every depth. The
 * API's responses have them in every field that `isAlwaysPresent`.
 *
 * @since 0.1.0
 * @category conversions
 */
export const withEmptyValues = (schema: Schema.Schema.All): (encoded: unknown) => unknown => writer(schema.ast)
