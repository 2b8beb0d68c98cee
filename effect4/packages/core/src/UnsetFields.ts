/**
 * The fields that may be unset, and the empty value that means unset (WIRE.md, Transport: Unset fields). Readers,
 * writers, documents and tests all use this table.
 *
 * @since 0.1.0
 */
import type * as Schema from "effect/Schema"
import type * as AST from "effect/SchemaAST"

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

const isEmptyMap = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0

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

/** Follows the encodings of a schema to their end, the encoded form. */
const writer = (ast: AST.AST): Writer => {
  const link = ast.encoding?.at(-1)
  if (link !== undefined) {
    return writer(link.to)
  }
  switch (ast._tag) {
    case "Union":
      // An optional field is a union with `null` and `undefined`.
      return ast.types.map(writer).find((write) => write !== keep) ?? keep
    case "Arrays": {
      const [items] = ast.rest.map(writer)
      return items === undefined || items === keep
        ? keep
        : (encoded) => Array.isArray(encoded) ? encoded.map(items) : encoded
    }
    case "Objects": {
      const model = typeof ast.annotations?.["identifier"] === "string" ? ast.annotations["identifier"] : ""
      const fields = ast.propertySignatures
        .map(({ name, type }) => ({ name: String(name), write: writer(type), unset: table[model]?.[String(name)] }))
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
export const withEmptyValues = (schema: Schema.Constraint): (encoded: unknown) => unknown => writer(schema.ast)
