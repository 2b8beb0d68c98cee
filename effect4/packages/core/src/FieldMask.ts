/**
 * Field masks: which fields of a secret an update writes (AIP-134, AIP-161; WIRE.md, Update).
 *
 * @since 0.1.0
 */
import * as Equal from "effect/Equal"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import { lowerCamelCase } from "./FieldName.js"
import { type FieldViolation, formatPath } from "./FieldViolation.js"
import { array, Text } from "./internal/schema.js"
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
const parsePath = (path: string, index: number): Result.Result<Path, string> => {
  const camel = lowerCamelCase(path)
  const isBelow = (parent: string) => camel.startsWith(`${parent}.`)
  const ofServer = setByServer.find((field) => camel === field || isBelow(field))
  return isPath(camel)
    ? Result.succeed(camel)
    : Result.fail(
      `path ${index + 1} ` + (
        ofServer !== undefined
          ? `is ${ofServer}, which the server sets`
          : isBelow("metadata.labels")
          ? "is below metadata.labels, which is replaced as a whole"
          : `must be one of ${paths.join(", ")}`
      )
    )
}

const parsePaths = (text: string): Result.Result<ReadonlyArray<Path>, string> =>
  text === ""
    ? Result.succeed([])
    : Result.map(Result.all(text.split(",").map(parsePath)), (parsed) => [...new Set(parsed)])

/**
 * The paths that an update writes. An empty mask means the same as no mask: the update writes its non-empty fields.
 * Encoded as comma-separated paths in lowerCamelCase; the decoder also accepts snake_case.
 *
 * @since 0.1.0
 * @category schemas
 */
export const FieldMask = Text.check(
  Schema.makeFilter((text) =>
    Result.match(parsePaths(text), { onFailure: (issue) => issue, onSuccess: () => undefined })
  )
).pipe(
  Schema.decodeTo(
    array(Schema.Literals(paths).annotate({ message: `Expected one of ${paths.join(", ")}` })).check(
      Schema.isUnique({
        message: "Expected unique paths of a secret",
        identifier: "FieldMask",
        description: "The fields to write, separated by commas"
      })
    ),
    {
      decode: SchemaGetter.transform((text) => Result.getOrElse(parsePaths(text), () => [])),
      encode: SchemaGetter.transform((mask) => mask.join(","))
    }
  )
)

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
export const parse = (text: string): Result.Result<FieldMask, FieldViolation> =>
  Result.mapError(parsePaths(text), (description) => ({ field: "updateMask", description }))

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
  const changed = (key: keyof typeof before) => !Equal.equals(before[key], after[key])
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
