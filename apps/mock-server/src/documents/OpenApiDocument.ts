/**
 * The OpenAPI 3.1 document of the API: the declaration `Api`, completed with descriptions, constraints, examples and errors.
 *
 * @since 0.1.0
 */
import * as OpenApi from "@effect/platform/OpenApi"
import { type UnsetField, unsetFields } from "@workspace-secrets/core/UnsetFields"
import { Api } from "../api/Api.js"
import { elsewhere, type ErrorResponse, errorResponses, headers } from "./OpenApiErrors.js"
import { examples, examplesOf } from "./OpenApiExamples.js"
import type {
  Content,
  OpenApiObject,
  OperationObject,
  ParameterObject,
  Reference,
  ResponseObject,
  SchemaObject
} from "./OpenApiObjects.js"
import { portable } from "./OpenApiSchema.js"
import { parameters, schemas } from "./OpenApiWords.js"

const description = `Create, find, read, update and delete the secrets of a workspace.

Every operation needs an API key: \`Authorization: Bearer <key>\`. Bodies are JSON in UTF-8, at most 1 MiB. Timestamps are RFC 3339 in UTC.

Fields of responses that this document calls required are always there. Without a value they are empty: \`externalId\` and \`nextCursor\` are \`""\`, \`labels\` is \`{}\`. Other fields without a value are absent. In a request, absent, \`null\` and empty mean the same: not set. Unknown fields are ignored. Field names may be in lowerCamelCase or snake_case.

Every error is a google.rpc.Status: \`code\` is the kind of error, \`details\` name the fields that are wrong. Every response has an \`x-request-id\`.

The five operations on secrets exist at two paths: for the workspace of the key, and with the workspace in the path. Both do the same.`

const without = <A extends object, K extends keyof A>(self: A, ...keys: ReadonlyArray<K>): Omit<A, K> =>
  Object.fromEntries(Object.entries(self).filter(([key]) => !keys.includes(key as K))) as Omit<A, K>

/** Looks up a required entry. Throws for a new schema, field or parameter that has none yet. */
const wordsOf = <A>(table: Readonly<Record<string, A>>, name: string): A => {
  const words = table[name]
  if (words === undefined) {
    throw new Error(`the OpenAPI document has no words for ${name}`)
  }
  return words
}

const unset: Readonly<Record<string, Readonly<Record<string, UnsetField>> | undefined>> = unsetFields

/** The fields that a response always has, empty if unset (WIRE.md, Transport: Unset fields in responses). */
const alwaysPresent = (model: string): ReadonlyArray<string> =>
  Object.entries(unset[model] ?? {}).flatMap(([field, { isAlwaysPresent }]) => isAlwaysPresent ? [field] : [])

const describeSchema = (name: string, declared: SchemaObject): SchemaObject => {
  const { fields = {}, schema } = wordsOf(schemas, name)
  const properties = Object.entries(declared.properties ?? {})
  // Unknown fields are ignored everywhere, so no schema is closed, and an empty schema means any object.
  const { additionalProperties, properties: _properties, required: declaredRequired = [], type, ...rest } = declared
  const required = [...declaredRequired, ...alwaysPresent(name)]
  const all: SchemaObject = {
    ...type === undefined ? {} : { type },
    ...rest,
    ...typeof additionalProperties === "object" ? { additionalProperties } : {},
    ...required.length === 0 ? {} : { required },
    ...properties.length === 0
      ? {}
      : {
        properties: Object.fromEntries(
          properties.map(([field, property]) => [field, { ...property, ...wordsOf(fields, field) }])
        )
      },
    ...schema
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

const describeParameter = ({ in: place, name, required, schema }: OpenApi.OpenAPISpecParameter): ParameterObject => {
  const words = wordsOf(parameters, `${place} ${name}`)
  const { description: _, ...rest } = schema as SchemaObject
  return { name, in: place, required, ...words, schema: { ...rest, ...words.schema } }
}

const reference = (kind: keyof OpenApiObject["components"], name: string): Reference => ({
  $ref: `#/components/${kind}/${name}`
})

const headersOf = (names: ReadonlyArray<string> = []): Readonly<Record<string, Reference>> =>
  Object.fromEntries(["x-request-id", ...names].map((name) => [name, reference("headers", name)]))

const json = (schema: SchemaObject, examples: Content["application/json"]["examples"]): Content => ({
  "application/json": { schema, examples }
})

const named = (names: ReadonlyArray<keyof typeof examples> = []) =>
  Object.fromEntries(names.map((name) => [name, reference("examples", name)]))

const errorResponse = ({ description, examples, headers }: Omit<ErrorResponse, "status">): ResponseObject => ({
  description,
  headers: headersOf(headers),
  content: json(reference("schemas", "Status"), examples)
})

/** Errors that every operation can return, declared or not. */
const anytime = [
  "ResourceExhausted",
  "Cancelled",
  "Internal",
  "Unimplemented",
  "Unavailable",
  "DeadlineExceeded"
] as const

const describeOperation = (declared: OpenApi.OpenAPISpecOperation): OperationObject => {
  const { operationId, responses, security, summary = "", tags } = declared
  const own = wordsOf(examplesOf, operationId.slice(operationId.lastIndexOf(".") + 1))
  const schemaIn = (content: OpenApi.OpenApiSpecContent | undefined): SchemaObject =>
    without(content?.["application/json"]?.schema as SchemaObject, "description")
  const success = wordsOf(responses, "200")
  const failures = Object.entries(errorResponses)
    .filter(([name, { status }]) => status in responses || (anytime as ReadonlyArray<string>).includes(name))
    .map(([name, { status }]) => [status, reference("responses", name)] as const)
  return {
    tags,
    operationId,
    summary,
    description: declared.description ?? "",
    security,
    parameters: declared.parameters.map(describeParameter),
    ...declared.requestBody === undefined ? {} : {
      requestBody: {
        description: "JSON in UTF-8, at most 1 MiB.",
        required: true,
        content: json(schemaIn(declared.requestBody.content), named(own.request))
      }
    },
    responses: {
      200: {
        description: `${success.description.replace(/\.$/, "")}.`,
        headers: headersOf(),
        content: json(schemaIn(success.content), named(own.response))
      },
      ...Object.fromEntries(failures),
      default: reference("responses", "OtherError")
    }
  }
}

const mapValues = <A, B>(record: Readonly<Record<string, A>>, f: (value: A, key: string) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value, key)]))

const serversAt = (url: string): OpenApiObject["servers"] => [
  { url, description: "The server that this document was read from." },
  { url: "https://api.cadenya.com", description: "The public service." }
]

/** Inlines the schemas of strings and numbers without a description of their own. */
const inPlace = (value: unknown, declared: Readonly<Record<string, SchemaObject>>): unknown => {
  if (Array.isArray(value)) {
    return value.map((item) => inPlace(item, declared))
  }
  if (typeof value !== "object" || value === null) {
    return value
  }
  const { $ref } = value as SchemaObject
  const name = $ref?.slice($ref.lastIndexOf("/") + 1) ?? ""
  const target = name in schemas ? undefined : declared[name]
  return target !== undefined && target.type !== "object"
    ? target
    : mapValues(value as Readonly<Record<string, unknown>>, (inner) => inPlace(inner, declared))
}

const componentsOf = (declared: Readonly<Record<string, SchemaObject>>): Readonly<Record<string, SchemaObject>> => {
  const used = Object.entries(declared).filter(([name, { type }]) => name in schemas || type === "object")
  return mapValues(
    Object.fromEntries(used),
    (schema, name) => describeSchema(name, inPlace(portable(schema), declared) as SchemaObject)
  )
}

const make = (): OpenApiObject => {
  const declared = OpenApi.fromApi(Api)
  return {
    openapi: "3.1.0",
    info: {
      title: declared.info.title,
      version: declared.info.version,
      summary: "Secrets of a workspace",
      description,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" }
    },
    servers: serversAt("/"),
    tags: declared.tags.map(({ description = "", name }) => ({ name, description })),
    paths: mapValues(declared.paths, (item) => mapValues(item, describeOperation)),
    components: {
      schemas: componentsOf(declared.components.schemas as Record<string, SchemaObject>),
      responses: { ...mapValues(errorResponses, errorResponse), OtherError: errorResponse(elsewhere) },
      headers,
      examples,
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "The API key. The client reads it from `CADENYA_API_KEY`."
        }
      }
    }
  }
}

/**
 * The document in the file `openapi.json` of the package. Its first server is `/`, the server that the document was read from.
 *
 * @since 0.1.0
 * @category constants
 */
export const openApiDocument: OpenApiObject = make()

/**
 * Makes the document that `/openapi.json` serves, with the base URL of the server, such as `http://127.0.0.1:8080`. Clients that are
 * generated from it call that server.
 *
 * @since 0.1.0
 * @category constructors
 */
export const at = (baseUrl: string): OpenApiObject => ({ ...openApiDocument, servers: serversAt(baseUrl) })

/**
 * The document as JSON text, with a line break at the end.
 *
 * @since 0.1.0
 * @category printing
 */
export const format = (document: OpenApiObject): string => `${JSON.stringify(document, undefined, 2)}\n`
