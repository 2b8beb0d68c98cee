/**
 * The objects of an OpenAPI 3.1 document that this server uses. They have the names of the specification.
 *
 * @since 0.1.0
 */

/**
 * A reference to a part of the document, such as `#/components/schemas/WorkspaceSecret`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Reference {
  readonly $ref: string
}

/**
 * A schema. JSON Schema 2020-12 allows fields beside `$ref`.
 *
 * @since 0.1.0
 * @category models
 */
export interface SchemaObject {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly description?: string
  readonly enum?: ReadonlyArray<unknown>
  readonly default?: unknown
  readonly examples?: ReadonlyArray<unknown>
  readonly minLength?: number
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: SchemaObject
  readonly anyOf?: ReadonlyArray<SchemaObject>
  readonly properties?: Readonly<Record<string, SchemaObject>>
  readonly required?: ReadonlyArray<string>
  readonly propertyNames?: SchemaObject
  readonly additionalProperties?: SchemaObject
}

/**
 * An example with a summary.
 *
 * @since 0.1.0
 * @category models
 */
export interface ExampleObject {
  readonly summary: string
  readonly value: unknown
}

/**
 * A body in JSON.
 *
 * @since 0.1.0
 * @category models
 */
export interface Content {
  readonly "application/json": {
    readonly schema: SchemaObject
    readonly examples: Readonly<Record<string, ExampleObject | Reference>>
  }
}

/**
 * A parameter in the path or in the query.
 *
 * @since 0.1.0
 * @category models
 */
export interface ParameterObject {
  readonly name: string
  readonly in: string
  readonly required: boolean
  readonly description: string
  readonly schema: SchemaObject
  readonly example?: unknown
}

/**
 * A header of a response.
 *
 * @since 0.1.0
 * @category models
 */
export interface HeaderObject {
  readonly description: string
  readonly required?: boolean
  readonly schema: SchemaObject
}

/**
 * A response.
 *
 * @since 0.1.0
 * @category models
 */
export interface ResponseObject {
  readonly description: string
  readonly headers: Readonly<Record<string, Reference>>
  readonly content: Content
}

/**
 * An operation.
 *
 * @since 0.1.0
 * @category models
 */
export interface OperationObject {
  readonly tags: ReadonlyArray<string>
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly security: ReadonlyArray<Readonly<Record<string, ReadonlyArray<string>>>>
  readonly parameters: ReadonlyArray<ParameterObject>
  readonly requestBody?: { readonly description: string; readonly required: boolean; readonly content: Content }
  /** By HTTP status, or `default`. */
  readonly responses: Readonly<Record<string, ResponseObject | Reference>>
}

/**
 * The document.
 *
 * @since 0.1.0
 * @category models
 */
export interface OpenApiObject {
  readonly openapi: string
  readonly info: {
    readonly title: string
    readonly version: string
    readonly summary: string
    readonly description: string
    readonly license: { readonly name: string; readonly identifier: string }
  }
  readonly servers: ReadonlyArray<{ readonly url: string; readonly description: string }>
  readonly tags: ReadonlyArray<{ readonly name: string; readonly description: string }>
  /** By path, then by method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, SchemaObject>>
    readonly responses: Readonly<Record<string, ResponseObject>>
    readonly headers: Readonly<Record<string, HeaderObject>>
    readonly examples: Readonly<Record<string, ExampleObject>>
    readonly securitySchemes: Readonly<
      Record<string, { readonly type: string; readonly scheme: string; readonly description: string }>
    >
  }
}
