/**
 * Field masks: which fields of a secret an update writes (AIP-134, AIP-161; WIRE.md, Update).
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Equal from "effect/Equal"
import * as ParseResult from "effect/ParseResult"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { lowerCamelCase } from "./FieldName.js"
import { type FieldViolation, formatPath } from "./FieldViolation.js"
import { array, expected, Text } from "./internal/schema.js"
import * as Labels from "./Labels.js"
import type { UpdateResourceMetadata } from "./ResourceMetadata.js"
import * as ResourceName from "./ResourceName.js"
import type { WorkspaceSecret, WorkspaceSecretSpec } from "./WorkspaceSecret.js"

/**
 * The fields that an update can write.
 *
 * @since 0.1.0
 * @category constants
 */
export const fields = ["metadata.name", "metadata.externalId", "metadata.labels", "spec.value"] as const

/**
 * A field that an update can write.
 *
 * @since 0.1.0
 * @category models
 */
export type Field = (typeof fields)[number]

/**
 * The paths that a mask may contain: a field, a message (all of its fields), or `*` (everything).
 *
 * @since 0.1.0
 * @category constants
 */
export const paths = [
  "metadata",
  "metadata.name",
  "metadata.externalId",
  "metadata.labels",
  "spec",
  "spec.value",
  "*"
] as const

/**
 * A path that a mask may contain.
 *
 * @since 0.1.0
 * @category models
 */
export type Path = (typeof paths)[number]

const isPath = (path: string): path is Path => (paths as ReadonlyArray<string>).includes(path)

const setByServer = [
  ...["id", "accountId", "createdAt", "profileId", "workspaceId", "updatedAt"].map((field) => `metadata.${field}`),
  "info"
]

// The message does not quote the path: a caller may have put a secret there by mistake.
const parsePath = (path: string, index: number): Either.Either<Path, string> => {
  const camel = lowerCamelCase(path)
  const isBelow = (parent: string) => camel.startsWith(`${parent}.`)
  const ofServer = setByServer.find((field) => camel === field || isBelow(field))
  return isPath(camel)
    ? Either.right(camel)
    : Either.left(
      `path ${index + 1} ` + (
        ofServer !== undefined
          ? `is ${ofServer}, which the server sets`
          : isBelow("metadata.labels")
          ? "is below metadata.labels, which is replaced as a whole"
          : `must be one of ${paths.join(", ")}`
      )
    )
}

/** Parses each different path once and stops at the first invalid one: a mask may have very many paths. */
const parsePaths = (text: string): Either.Either<ReadonlyArray<Path>, string> => {
  const texts = text === "" ? [] : text.split(",")
  const parsed = new Set<Path>()
  for (const path of new Set(texts)) {
    const read = parsePath(path, texts.indexOf(path))
    if (Either.isLeft(read)) {
      return Either.left(read.left)
    }
    parsed.add(read.right)
  }
  return Either.right([...parsed])
}

/**
 * The paths that an update writes. An empty mask means the same as no mask: the update writes its non-empty fields.
 * Encoded as comma-separated paths in lowerCamelCase; the decoder also accepts snake_case.
 *
 * @since 0.1.0
 * @category schemas
 */
export const FieldMask = Schema.transformOrFail(
  Text,
  array(Schema.Literal(...paths).annotations(expected(`one of ${paths.join(", ")}`))).pipe(
    Schema.filter((mask) => new Set(mask).size === mask.length, expected("unique paths of a secret"))
  ),
  {
    strict: true,
    decode: (text, _, ast) => Either.mapLeft(parsePaths(text), (message) => new ParseResult.Type(ast, text, message)),
    encode: (mask) => ParseResult.succeed(mask.join(","))
  }
).annotations({ identifier: "FieldMask", description: "The fields to write, separated by commas" })

/**
 * @since 0.1.0
 * @category schemas
 */
export type FieldMask = ReadonlyArray<Path>

/**
 * Parses a mask. Returns its paths without duplicates, or the violation of the first invalid path.
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (text: string): Either.Either<FieldMask, FieldViolation> =>
  Either.mapLeft(parsePaths(text), (description) => ({ field: "updateMask", description }))

/**
 * Formats a mask for the wire.
 *
 * @since 0.1.0
 * @category printing
 */
export const format = (mask: FieldMask): string => mask.join(",")

/**
 * The body of an update without its mask.
 *
 * @since 0.1.0
 * @category models
 */
export interface Patch {
  readonly metadata?: UpdateResourceMetadata | undefined
  readonly spec?: WorkspaceSecretSpec | undefined
}

/**
 * Returns the mask of the fields that a patch contains. Empty fields count: an update with this mask clears them.
 *
 * @since 0.1.0
 * @category constructors
 */
export const of = (patch: Patch): FieldMask => fields.filter((field) => get(patch, field) !== undefined)

/**
 * Returns the fields that an update writes: those of the mask or, without a mask, the non-empty fields of the patch
 * (WIRE.md, Update).
 *
 * @since 0.1.0
 * @category updating
 */
export const written = (mask: FieldMask | undefined, patch: Patch): ReadonlyArray<Field> =>
  fields.filter(
    mask === undefined || mask.length === 0
      ? (field) => !isEmpty(get(patch, field))
      : (field) => mask.some((path) => path === "*" || path === field || field.startsWith(`${path}.`))
  )

const get = (patch: Patch, field: Field) => {
  switch (field) {
    case "metadata.name":
      return patch.metadata?.name
    case "metadata.externalId":
      return patch.metadata?.externalId
    case "metadata.labels":
      return patch.metadata?.labels
    case "spec.value":
      return patch.spec?.value
  }
}

type Value = ReturnType<typeof get>

const isEmpty = (value: Value): boolean =>
  value === undefined || value === "" ||
  (Redacted.isRedacted(value)
    ? Redacted.value(value) === ""
    : typeof value === "object" && Object.keys(value).length === 0)

const unlessEmpty = <V extends Value>(value: V): V | undefined => isEmpty(value) ? undefined : value

/**
 * Validates the fields that an update writes, and returns the violations. A name cannot be cleared. `metadata` without
 * a name needs a mask without `metadata.name` (WIRE.md, Update; Models: UpdateResourceMetadata). Fields outside the
 * mask are not validated.
 *
 * @since 0.1.0
 * @category updating
 */
export const violations = (mask: FieldMask | undefined, patch: Patch): ReadonlyArray<FieldViolation> =>
  problems(mask, patch).map(({ description, path }) => ({ field: formatPath(path), description }))

/**
 * `violations` with paths as arrays of keys, for a schema's issues.
 *
 * @internal
 */
export const problems = (
  mask: FieldMask | undefined,
  patch: Patch
): ReadonlyArray<{ readonly path: ReadonlyArray<string>; readonly description: string }> => {
  const out: Array<{ readonly path: ReadonlyArray<string>; readonly description: string }> = []
  const fields = written(mask, patch)
  const { labels, name } = patch.metadata ?? {}
  if (name === undefined || name === "") {
    if (fields.includes("metadata.name")) {
      out.push({
        path: ["metadata", "name"],
        description: "a name cannot be cleared; give one, or leave it out of updateMask"
      })
    } else if (patch.metadata !== undefined && (mask === undefined || mask.length === 0)) {
      out.push({ path: ["metadata", "name"], description: "required, unless an updateMask leaves metadata.name out" })
    }
  } else if (fields.includes("metadata.name") && !ResourceName.isResourceName(name)) {
    out.push({
      path: ["metadata", "name"],
      description: `Expected a name of 1 to ${ResourceName.maxLength} characters after trimming`
    })
  }
  if (labels !== undefined && fields.includes("metadata.labels")) {
    for (const [key, value] of Object.entries(labels)) {
      const description = Labels.violation(key, value)
      if (description !== undefined) {
        out.push({ path: ["metadata", "labels", key], description })
      }
    }
  }
  return out
}

type Writable = Pick<WorkspaceSecret, "metadata" | "spec">

const equals = (self: unknown, that: unknown): boolean =>
  Equal.equals(self, that) || (isRecord(self) && isRecord(that) && sameEntries(self, that))

const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === "object" && u !== null && Object.getPrototypeOf(u) === Object.prototype

const sameEntries = (self: Readonly<Record<string, unknown>>, that: Readonly<Record<string, unknown>>) => {
  const keys = Object.keys(self)
  return keys.length === Object.keys(that).length &&
    keys.every((key) => Object.hasOwn(that, key) && self[key] === that[key])
}

/**
 * Applies the masked fields of a patch to a resource. Fields that are absent or empty in the patch are cleared, labels
 * are replaced as a whole, and the name is trimmed. Returns the same object if nothing changes. The patch must have no
 * `violations`; a name is never cleared.
 *
 * @since 0.1.0
 * @category updating
 */
export const apply = <Resource extends Writable>(
  mask: FieldMask | undefined,
  resource: Resource,
  patch: Patch
): Resource | Writable => {
  const { externalId, labels, name, ...metadata } = resource.metadata
  const before = { name, externalId, labels: Labels.orNone(labels), value: resource.spec.value }
  const after = { ...before }
  for (const field of written(mask, patch)) {
    switch (field) {
      case "metadata.name":
        after.name = patch.metadata?.name?.trim() ?? name
        break
      case "metadata.externalId":
        after.externalId = unlessEmpty(patch.metadata?.externalId)
        break
      case "metadata.labels":
        after.labels = unlessEmpty(patch.metadata?.labels)
        break
      case "spec.value":
        after.value = unlessEmpty(patch.spec?.value)
        break
    }
  }
  const changed = (key: keyof typeof before) => !equals(before[key], after[key])
  if (!changed("name") && !changed("externalId") && !changed("labels") && !changed("value")) {
    return resource
  }
  return {
    metadata: {
      ...metadata,
      name: after.name,
      ...(after.externalId === undefined ? {} : { externalId: after.externalId }),
      ...(after.labels === undefined ? {} : { labels: after.labels })
    },
    spec: after.value === undefined ? {} : { value: after.value }
  }
}
