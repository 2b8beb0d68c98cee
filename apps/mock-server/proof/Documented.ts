/** Sends requests that are generated from the OpenAPI document, valid and with one fault, and checks that the responses are documented. */
import type { ValidateFunction } from "ajv"
import addFormats from "ajv-formats"
import { Ajv2020 } from "ajv/dist/2020.js"
import { createGeneratorSync, type JsonSchema } from "json-schema-faker"
import type {
  OpenApiObject,
  OperationObject,
  Reference,
  ResponseObject,
  SchemaObject
} from "../src/documents/OpenApiObjects.js"
import { startInProcess } from "../src/MockServer.js"

/** The number of requests, the seed, and the server. */
export interface Options {
  readonly seed: number
  /** The number of valid requests per operation. */
  readonly rounds: number
  /** Changes the server under test. Default: the correct server. */
  readonly between?: ((right: typeof fetch) => typeof fetch) | undefined
}

/** The result. */
export interface Result {
  readonly valid: number
  readonly invalid: number
  /** Counts of valid requests by operation and status. */
  readonly answers: ReadonlyMap<string, number>
  /** The problems of responses. None quotes a key or a value. */
  readonly problems: ReadonlyArray<string>
}

type Json = Readonly<Record<string, unknown>>

const isObject = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)

type Path = ReadonlyArray<string>

/** One fault: its place, its name, and the value with it. */
interface Mutation {
  readonly path: Path
  readonly what: string
  readonly value: unknown
}

/** Texts of which at least one is invalid for each pattern. */
const wrongTexts = ["", " ", "-", ",", "=", "a b", "metadata.id", "x".repeat(300)]

const wrongTypes: Readonly<Record<string, ReadonlyArray<unknown>>> = {
  string: [7, true, [], {}],
  object: ["text", 7, []],
  integer: ["many", 1.5],
  boolean: ["yes"]
}

/** A parsed OpenAPI document. */
class Document {
  readonly #document: OpenApiObject
  readonly #ajv = new Ajv2020({ allErrors: true, strict: false })
  readonly #validators = new Map<string, ValidateFunction>()
  readonly #generator

  constructor(document: OpenApiObject, seed: number) {
    this.#document = document
    addFormats.default(this.#ajv, ["date-time", "int32", "password"])
    this.#ajv.addSchema(document, "openapi")
    let values = 0
    this.#generator = createGeneratorSync({
      seed,
      optionalsProbability: 0.6,
      // Unique in a request: wherever it is found, it is a leak.
      formats: { password: () => `canary-value-${seed}-${values++}` }
    })
  }

  get operations(): ReadonlyArray<Documented> {
    return Object.entries(this.#document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation }))
    )
  }

  resolve<A extends object>(part: A | Reference): A {
    return "$ref" in part && typeof part.$ref === "string"
      ? this.resolve(
        part.$ref.split("/").slice(1).reduce<unknown>(
          (inner, key) => (inner as Json)[key],
          this.#document
        ) as A
      )
      : part as A
  }

  /** The problem of a value, without the value. */
  errors(schema: SchemaObject, value: unknown): ReadonlyArray<string> {
    const text = JSON.stringify(schema).replaceAll("\"#/", "\"openapi#/")
    const validate = this.#validators.get(text) ?? this.#ajv.compile(JSON.parse(text) as object)
    this.#validators.set(text, validate)
    validate(value)
    return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath}: ${keyword}`)
  }

  /** A valid value. */
  generate(schema: SchemaObject): unknown {
    const { components } = this.#document
    return this.#withNames(
      schema,
      this.#generator.generate(JSON.parse(JSON.stringify({ ...schema, components })) as JsonSchema)
    )
  }

  /** Adds additional properties, which the generator leaves out. */
  #withNames(schema: SchemaObject, value: unknown): unknown {
    const { additionalProperties, properties = {}, propertyNames = { type: "string" } } = this.resolve(schema)
    if (!isObject(value)) {
      return value
    }
    const known = Object.entries(value).map(([key, inner]) => [key, this.#withNames(properties[key] ?? {}, inner)])
    const name = () => this.generate({ type: "string", ...propertyNames })
    return additionalProperties === undefined
      ? Object.fromEntries(known)
      : Object.fromEntries([...known, ...[1, 2].map(() => [name(), this.generate(additionalProperties)])])
  }

  /** All single faults of a value. */
  mutations(schema: SchemaObject, value: unknown): ReadonlyArray<Mutation> {
    return this.#mutate(schema, value, []).filter((mutation) => this.errors(schema, mutation.value).length > 0)
  }

  #mutate(schema: SchemaObject, value: unknown, path: Path): ReadonlyArray<Mutation> {
    const {
      additionalProperties,
      enum: members,
      minimum,
      pattern,
      minLength,
      properties = {},
      propertyNames,
      required,
      type = ""
    } = this.resolve(schema)
    const here = (what: string, values: ReadonlyArray<unknown>) => values.map((value) => ({ path, what, value }))
    const inside = isObject(value)
      ? [
        ...(required ?? []).map((key) => {
          const { [key]: _, ...rest } = value
          return { path: [...path, key], what: "missing", value: rest }
        }),
        ...Object.entries(value).flatMap(([key, inner]) =>
          this.#mutate(properties[key] ?? additionalProperties ?? {}, inner, [...path, key])
            .map((mutation) => ({ ...mutation, value: { ...value, [key]: mutation.value } }))
        ),
        ...(propertyNames === undefined ? [] : wrongTexts.map((name) => ({
          path,
          what: `a name: ${JSON.stringify(name)}`,
          value: { ...value, [name]: "a" }
        })))
      ]
      : []
    return [
      ...here("of another type", wrongTypes[type] ?? []),
      ...(members === undefined ? [] : here("none of its members", ["neither"])),
      ...(minimum === undefined ? [] : here("below the minimum", [minimum - 1])),
      ...(pattern === undefined && minLength === undefined ? [] : here("against its pattern", wrongTexts)),
      ...inside
    ]
  }
}

interface Documented {
  readonly path: string
  readonly method: string
  readonly operation: OperationObject
}

interface Asked {
  readonly parameters: Readonly<Record<string, unknown>>
  readonly body: unknown
}

const textOf = (value: unknown): string => typeof value === "string" ? value : JSON.stringify(value)

const snakeCase = (path: string): string => path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Whether an error names a field or its parent. */
const tellsOf = (body: unknown, path: Path): boolean => {
  const wrong = snakeCase(path.join("."))
  const details = isObject(body) && Array.isArray(body["details"]) ? body["details"] as ReadonlyArray<unknown> : []
  const fields = details.flatMap((detail) =>
    isObject(detail) && Array.isArray(detail["fieldViolations"])
      ? (detail["fieldViolations"] as ReadonlyArray<Json>).map(({ field }) => String(field))
      : []
  )
  return fields.some((field) => field === wrong || (path[1] === "labels" && field.startsWith("metadata.labels")))
}

/** Sends the requests of a document. Returns the problems of the responses. */
export const check = async ({ between = (right) => right, rounds, seed }: Options): Promise<Result> => {
  const server = await startInProcess()
  const problems: Array<string> = []
  const answers = new Map<string, number>()
  let [valid, invalid] = [0, 0]
  const fetch = between(server.fetch)
  try {
    const own = await server.fetch(`${server.url}/openapi.json`)
    const document = new Document(await own.json() as OpenApiObject, seed)

    const send = async ({ method, operation, path }: Documented, { body, parameters }: Asked, key = server.apiKey) => {
      const query = new URLSearchParams()
      let target = path
      for (const { in: where, name } of operation.parameters) {
        const value = parameters[name]
        if (where === "path") {
          target = target.replace(`{${name}}`, encodeURIComponent(textOf(value)))
        } else if (value !== undefined) {
          query.set(name, textOf(value))
        }
      }
      const response = await fetch(`${server.url}${target}${query.size === 0 ? "" : `?${query.toString()}`}`, {
        method,
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        ...(operation.requestBody === undefined ? {} : { body: body === undefined ? "" : JSON.stringify(body) })
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, body: JSON.parse(text) as unknown }
    }

    /** Sends a request, and checks the response against the document. */
    const ask = async (documented: Documented, asked: Asked, what: string, key?: string) => {
      const { operation } = documented
      const say = (problem: string) => problems.push(`seed ${seed}, ${operation.operationId}, ${what}: ${problem}`)
      const answer = await send(documented, asked, key).catch(() => undefined)
      if (answer === undefined) {
        say("no answer in JSON")
        return undefined
      }
      const { body, headers, status } = answer
      const listed = operation.responses[status]
      if (status >= 500 || listed === undefined) {
        say(`${status}, which ${listed === undefined ? "is not listed" : "no request should be answered with"}`)
        return answer
      }
      const response = document.resolve<ResponseObject>(listed)
      for (const error of document.errors(response.content["application/json"].schema, body)) {
        say(`${status}, and its body is not as listed at ${error}`)
      }
      for (const name of Object.keys(response.headers)) {
        if (name !== "Retry-After" && !headers.has(name)) {
          say(`${status} without ${name}`)
        }
      }
      return answer
    }

    /** Sends a request that must be rejected. */
    const refuse = async (
      documented: Documented,
      asked: Asked,
      what: string,
      expected: { readonly status: number; readonly path?: Path; readonly key?: string }
    ) => {
      invalid++
      const answer = await ask(documented, asked, what, expected.key)
      if (answer === undefined || answer.status !== expected.status) {
        problems.push(`seed ${seed}, ${documented.operation.operationId}, ${what}: not ${expected.status}`)
      } else if (expected.path !== undefined && !tellsOf(answer.body, expected.path)) {
        problems.push(`seed ${seed}, ${documented.operation.operationId}, ${what}: does not tell of it`)
      }
    }

    const create = document.operations.find(({ operation }) => operation.operationId === "workspace_secrets.create")
    if (create === undefined) {
      throw new Error("the document has no workspace_secrets.create")
    }

    for (const documented of document.operations) {
      const { operation } = documented
      const schema = operation.requestBody?.content["application/json"].schema
      const seen = new Set<string>()
      for (let round = 0; round < rounds; round++) {
        const made = await send(create, { parameters: {}, body: { metadata: { name: "a" }, spec: {} } })
        const { id } = (made.body as { readonly metadata?: { readonly id?: unknown } }).metadata ?? {}
        const workspaces = ["development", server.workspaceId]
        const parameters = Object.fromEntries(
          operation.parameters.flatMap(({ in: where, name, required, schema }, i) => {
            // A cursor that no page returned is rejected.
            const isThere = required || (name !== "cursor" && (round >> i) % 2 === 1)
            const value = where !== "path" ? document.generate(schema) : name === "id" ? id : workspaces[round % 2]
            return isThere ? [[name, value]] : []
          })
        )
        const asked = { parameters, body: schema === undefined ? undefined : document.generate(schema) }
        valid++
        const answer = await ask(documented, asked, "a valid request")
        const kind = `${operation.operationId} ${answer?.status ?? "none"}`
        answers.set(kind, (answers.get(kind) ?? 0) + 1)
        await refuse(documented, asked, "an unknown key", { status: 401, key: "key-of-nobody" })
        for (const { in: where, name, schema: schemaOfParameter } of operation.parameters) {
          if (where === "path") {
            // Problems of the body are reported first.
            const body = schema !== undefined && document.errors(schema, {}).length === 0 ? {} : asked.body
            const other = { ...parameters, [name]: document.generate(schemaOfParameter) }
            const status = name === "id" ? 404 : 403
            await refuse(documented, { body, parameters: other }, `another ${name}`, { status })
            continue
          }
          for (const { what, value } of document.mutations(schemaOfParameter, document.generate(schemaOfParameter))) {
            const other = { ...parameters, [name]: value }
            const mutated = `${name} ${what}`
            // The text of a wrong value can be valid: every text is, for a string parameter.
            const isText = document.resolve(schemaOfParameter).type === "string"
            const text = textOf(value)
            if (!seen.has(mutated) && document.errors(schemaOfParameter, isText ? text : read(text)).length > 0) {
              seen.add(mutated)
              await refuse(documented, { body: undefined, parameters: other }, mutated, { status: 400, path: [name] })
            }
          }
        }
        if (schema !== undefined) {
          await refuse(documented, { parameters, body: undefined }, "no body", { status: 400, path: [] })
          for (const { path, value, what } of document.mutations(schema, asked.body)) {
            const mutated = `${path.join(".")} ${what}`
            // Each fault a few times, in different bodies.
            if (round < 3 || !seen.has(mutated)) {
              seen.add(mutated)
              await refuse(documented, { parameters, body: value }, mutated, { status: 400, path })
            }
          }
        }
      }
    }
    return { valid, invalid, answers, problems }
  } finally {
    await server.stop()
  }
}

/** Parses the text of a parameter. */
const read = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
