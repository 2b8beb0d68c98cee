import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import { Validator } from "@seriousme/openapi-schema-validator"
import { CreateWorkspaceSecret } from "@workspace-secrets/core/CreateWorkspaceSecret"
import * as ErrorTable from "@workspace-secrets/core/ErrorTable"
import { ListWorkspaceSecrets, WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { Profile } from "@workspace-secrets/core/Profile"
import { Status } from "@workspace-secrets/core/Status"
import { unsetFields } from "@workspace-secrets/core/UnsetFields"
import { UpdateWorkspaceSecret } from "@workspace-secrets/core/UpdateWorkspaceSecret"
import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import type { ValidateFunction } from "ajv"
import addFormats from "ajv-formats"
import { Ajv2020 } from "ajv/dist/2020.js"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import { format, openApiDocument } from "../../src/documents/OpenApiDocument.js"
import { errorResponses } from "../../src/documents/OpenApiErrors.js"
import { examples } from "../../src/documents/OpenApiExamples.js"
import type {
  ExampleObject,
  OpenApiObject,
  OperationObject,
  Reference,
  ResponseObject,
  SchemaObject
} from "../../src/documents/OpenApiObjects.js"
import { parameters, schemas } from "../../src/documents/OpenApiWords.js"
import * as MockServer from "../../src/MockServer.js"
import * as Seed from "../../src/world/Seed.js"
import type { TenantSettings } from "../../src/world/TenantSettings.js"
import { type Answer, send, sendJson, type Server, type WirePage, type WireSecret } from "../wire.js"

/** As served. */
const document = JSON.parse(format(openApiDocument)) as OpenApiObject

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation }))
)

const resolve = <A extends object>(part: A | Reference): A =>
  "$ref" in part
    ? part.$ref.split("/").slice(1).reduce(
      (inner: unknown, key) => (inner as Record<string, unknown>)[key],
      document
    ) as A
    : part

const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false })
addFormats.default(ajv, ["date-time", "int32", "password"])
ajv.addVocabulary(["openapi", "info", "servers", "tags", "paths", "components"])
ajv.addSchema(document, "openapi")

const validators = new Map<string, ValidateFunction>()

const validator = (schema: SchemaObject): ValidateFunction => {
  const text = JSON.stringify(schema).replaceAll("\"#/", "\"openapi#/")
  const validate = validators.get(text) ?? ajv.compile(JSON.parse(text) as object)
  validators.set(text, validate)
  return validate
}

const expectValid = (schema: SchemaObject, value: unknown) => {
  const validate = validator(schema)
  validate(value)
  expect({ value, errors: validate.errors }).toEqual({ value, errors: null })
}

/** Every schema in the document that describes a value. */
const describedSchemas = (): ReadonlyArray<readonly [string, SchemaObject]> =>
  Object.entries(document.components.schemas).flatMap(([name, schema]) => [
    [name, schema] as const,
    ...Object.entries(schema.properties ?? {}).map(([field, property]) => [`${name}.${field}`, property] as const)
  ])

describe("the OpenAPI document", () => {
  it("is valid OpenAPI 3.1", async () => {
    const { errors, valid } = await new Validator().validate(format(openApiDocument))
    expect({ errors, valid }).toEqual({ errors: undefined, valid: true })
    expect(document.openapi).toBe("3.1.0")
    const broken = await new Validator().validate({ ...document, paths: { "no-slash": {} } })
    expect(broken.valid, "a document that is not").toBe(false)
  })

  it("equals the file of the package", () => {
    expect(readFileSync(new URL("../../openapi.json", import.meta.url), "utf8")).toBe(format(openApiDocument))
  })

  it("has a description for everything in it", () => {
    const described: ReadonlyArray<readonly [string, { readonly description?: string }]> = [
      ["info", document.info],
      ...document.servers.map((server) => [server.url, server] as const),
      ...document.tags.map((tag) => [tag.name, tag] as const),
      ...describedSchemas(),
      ...Object.entries(document.components.headers),
      ...Object.entries(document.components.responses),
      ...Object.entries(document.components.securitySchemes),
      ...operations.flatMap(({ operation }) => [
        [operation.operationId, operation] as const,
        ...operation.parameters.map((parameter) => [`${operation.operationId} ${parameter.name}`, parameter] as const),
        ...Object.entries(operation.responses).map(([status, response]) =>
          [`${operation.operationId} ${status}`, resolve(response)] as const
        )
      ])
    ]
    expect(described.length).toBeGreaterThan(150)
    expect(described.filter(([, { description = "" }]) => !/[.:]$/.test(description)).map(([name]) => name)).toEqual([])
    expect(operations.filter(({ operation }) => operation.summary === "")).toEqual([])
  })

  it("requires the fields that a response always has, and no other optional field", () => {
    const { Pagination, ProfileSpec, ResourceMetadata } = document.components.schemas
    expect(ResourceMetadata?.required).toEqual(expect.arrayContaining(["id", "externalId", "labels"]))
    expect(ProfileSpec?.required).toEqual(["type", "email", "name"])
    expect(Pagination?.required).toEqual(["nextCursor"])
    for (const [model, fields] of Object.entries(unsetFields)) {
      const { properties = {}, required = [] } = document.components.schemas[model] ?? {}
      for (const [field, { isAlwaysPresent }] of Object.entries(fields)) {
        expect([model, field, field in properties, required.includes(field)]).toEqual([
          model,
          field,
          true,
          isAlwaysPresent
        ])
      }
    }
  })

  it("has no schema identifiers that cannot be resolved", () => {
    expect(format(openApiDocument)).not.toContain("\"$id\"")
  })

  it("has no descriptions without a subject", () => {
    const declared = describedSchemas().map(([name]) => name)
    const words = Object.entries(schemas).flatMap(([name, { fields = {} }]) => [
      name,
      ...Object.keys(fields).map((field) => `${name}.${field}`)
    ])
    expect([...words].sort()).toEqual([...declared].sort())
    const named = operations.flatMap(({ operation }) => operation.parameters.map((it) => `${it.in} ${it.name}`))
    expect(Object.keys(parameters).sort()).toEqual([...new Set(named)].sort())
  })

  it("has no dangling references, and no unused components", () => {
    const text = JSON.stringify(document)
    const references = new Set([...text.matchAll(/"\$ref":"#\/components\/([^"]+)"/g)].map(([, name]) => name))
    const has = Object.entries(document.components)
      .filter(([kind]) => kind !== "securitySchemes")
      .flatMap(([kind, parts]) => Object.keys(parts).map((name) => `${kind}/${name}`))
    expect([...references].sort()).toEqual(has.sort())
  })

  it("has all rows of the error table, each in an example of its status", () => {
    const inExamples = Object.values(errorResponses).flatMap(({ examples, status }) =>
      Object.values(examples).map(({ value }) => `${status} ${value.code}`)
    )
    const methodNotAllowed = "405 12"
    expect([...new Set([...inExamples, methodNotAllowed])].sort()).toEqual(
      [...new Set(ErrorTable.rows.map(({ code, status }) => `${status} ${code}`))].sort()
    )
  })

  it("has examples that are valid by its schemas and by those of core", () => {
    const decoders: Record<string, Schema.Schema<never, never>> = {
      WorkspaceSecret,
      WorkspaceSecretPage,
      Profile,
      CreateWorkspaceSecret,
      UpdateWorkspaceSecret,
      Status,
      Deleted: Schema.Struct({})
    } as never
    const contents = [
      ...operations.flatMap(({ operation }) => [
        ...(operation.requestBody === undefined ? [] : [operation.requestBody.content]),
        ...Object.values(operation.responses).map((response) => resolve(response).content)
      ])
    ]
    const shown = new Set<unknown>()
    for (const { "application/json": { examples, schema } } of contents) {
      expect(Object.keys(examples)).not.toEqual([])
      for (const example of Object.values(examples)) {
        const { value } = resolve<ExampleObject>(example)
        shown.add(value)
        expectValid(schema, value)
        const name = schema.$ref?.split("/").at(-1) ?? ""
        expect(Either.isRight(Schema.decodeUnknownEither(decoders[name] as never)(value))).toBe(true)
      }
    }
    expect(shown.size).toBeGreaterThan(30)
    for (const [name, schema] of describedSchemas()) {
      for (const example of schema.examples ?? []) {
        expect([name, validator(schema)(example)]).toEqual([name, true])
      }
    }
    for (const { operation } of operations) {
      for (const { example, name, schema } of operation.parameters) {
        expect([name, example === undefined || validator(schema)(example)]).toEqual([name, true])
      }
    }
  })

  it("has the documented example, as does the seed of `npm start`", () => {
    const seed = JSON.parse(readFileSync(new URL("../../seeds/example.json", import.meta.url), "utf8")) as {
      workspaceSecrets: ReadonlyArray<unknown>
    }
    expect(document.components.examples["documentedSecret"]?.value).toEqual(seed.workspaceSecrets[0])
  })
})

const wrong = FastCheck.oneof(
  FastCheck.constantFrom<unknown>(null, 0, true, "", " ", "a", "é🔑", "a/b", "a.b/c", "-a", "__proto__", [], {}),
  FastCheck.string({ unit: "binary", maxLength: 300 }),
  FastCheck.string({ unit: FastCheck.constantFrom("🔑", " ", "\u00a0", "a"), minLength: 250, maxLength: 260 })
)
const labels = FastCheck.dictionary(
  FastCheck.oneof(
    FastCheck.constantFrom("a", "a.b/c", "a..b/c", "/c", "a/", "-", "constructor", `${"a".repeat(64)}`),
    FastCheck.string()
  ),
  FastCheck.oneof(FastCheck.constantFrom("", "a", "a-b", "-a", "a".repeat(63), "a".repeat(64)), wrong),
  { maxKeys: 3 }
)
const metadata = FastCheck.record(
  { name: wrong, externalId: wrong, labels: FastCheck.oneof(labels, wrong) },
  { requiredKeys: [] }
)
const mask = FastCheck.oneof(
  FastCheck.array(
    FastCheck.constantFrom(
      "metadata.name",
      "metadata.external_id",
      "metadata.externalId",
      "spec",
      "*",
      "info",
      "",
      "spec.value",
      " spec"
    ),
    { maxLength: 3 }
  ).map((paths) => paths.join(",")),
  wrong
)
const body = FastCheck.record(
  {
    metadata: FastCheck.oneof({ weight: 4, arbitrary: metadata }, wrong),
    spec: FastCheck.oneof(FastCheck.record({ value: wrong }, { requiredKeys: [] }), wrong),
    updateMask: mask,
    unknown: wrong
  },
  { requiredKeys: [] }
)

/** Removes nulls: only the text of the document says that null means absent. */
const withoutNulls = (value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
      Object.entries(value).filter(([, inner]) => inner !== null).map(([key, inner]) => [key, withoutNulls(inner)])
    )
    : value

describe("the schemas of requests", () => {
  const takesCreate = validator({ $ref: "#/components/schemas/CreateWorkspaceSecret" })
  const takesUpdate = validator({ $ref: "#/components/schemas/UpdateWorkspaceSecret" })
  const createsIn = Schema.decodeUnknownEither(CreateWorkspaceSecret)
  const updatesIn = Schema.decodeUnknownEither(UpdateWorkspaceSecret)

  it.prop("of create accept the same as the server", [body], ([body]) => {
    const sent = withoutNulls(body)
    expect([sent, takesCreate(sent)]).toEqual([sent, Either.isRight(createsIn(sent))])
  }, { fastCheck: { numRuns: 500 } })

  it.prop("of update reject nothing that the server accepts", [body], ([body]) => {
    const sent = withoutNulls(body)
    expect([sent, takesUpdate(sent) || Either.isLeft(updatesIn(sent))]).toEqual([sent, true])
  }, { fastCheck: { numRuns: 500 } })

  it.each([
    ["metadata.name", true],
    ["metadata.external_id,spec", true],
    ["*", true],
    ["", true],
    ["metadata.id", false],
    ["spec, metadata", false]
  ])("of update, with the mask %j: %j", (updateMask, isTaken) => {
    const update = { metadata: { name: "name" }, spec: {}, updateMask }
    expect([takesUpdate(update), Either.isRight(updatesIn(update))]).toEqual([isTaken, isTaken])
  })

  const query = document.paths["/v1/workspace_secrets"]?.["get"]?.parameters ?? []

  it.each([
    ["limit", ["0", "1", "200", "201", "2147483647"], ["-1", "1.5", "2147483648"]],
    ["labels", ["", "a=", "a=b,c=d", "a=b=c"], ["a", "=b", "a=b,", ","]],
    ["sortOrder", ["asc", "desc"], ["up"]],
    ["includeInfo", ["true", "false"], ["yes"]],
    ["prefix", ["", "a"], []],
    ["query", ["", "a"], []],
    ["cursor", ["", "a"], []]
  ])("of the parameter %s accept the same as the server", (name, taken, refused) => {
    const schema = query.find((parameter) => parameter.name === name)?.schema ?? {}
    const type = resolve<SchemaObject>(schema.$ref === undefined ? schema : { $ref: schema.$ref }).type
    const read = (text: string): unknown => type === "string" || text === "yes" ? text : JSON.parse(text)
    const decode = Schema.decodeUnknownEither(ListWorkspaceSecrets)
    for (const text of [...taken, ...refused]) {
      const isTaken = taken.includes(text)
      expect([text, validator(schema)(read(text))]).toEqual([text, isTaken])
      expect([text, Either.isRight(decode({ [name]: text }))]).toEqual([text, isTaken])
    }
  })
})

const secrets = "/v1/workspace_secrets"
const json = { "content-type": "application/json" }

describe("the server answers as the document says", () => {
  let running: MockServer.RunningServer
  let server: Server

  beforeAll(async () => {
    const seed = await Effect.runPromise(
      Seed.parse(readFileSync(new URL("../../seeds/example.json", import.meta.url), "utf8"))
    )
    running = await MockServer.start({ seed })
    server = { url: running.url, apiKey: Redacted.make(running.apiKey), fetch: globalThis.fetch }
  })
  afterAll(() => running.stop())

  const operation = (id: string): OperationObject => {
    const found = operations.find(({ operation }) => operation.operationId === id)
    return found === undefined ? expect.fail(`no operation ${id}`) : found.operation
  }

  /** Asserts that a response is documented: status, headers and body. */
  const expectDocumented = <A>(answer: Answer<A>, id?: string): Answer<A> => {
    const responses = id === undefined ? {} : operation(id).responses
    const response = resolve<ResponseObject>(
      responses[answer.status] ?? document.components.responses["OtherError"] ?? expect.fail("no response")
    )
    expectValid(response.content["application/json"].schema, answer.body)
    expect(answer.headers.get("content-type")).toBe("application/json")
    const own = [...answer.headers.keys()].filter((name) =>
      !/^(content-|date$|connection$|keep-alive$|cache-control$|x-content-type-options$)/.test(name)
    )
    const documented = Object.entries(response.headers).map(([name, header]) => [name.toLowerCase(), resolve(header)])
    expect(documented.map(([name]) => name)).toEqual(expect.arrayContaining(own))
    for (const [name, header] of Object.entries(response.headers)) {
      const { required = false, schema } = resolve<{ readonly required?: boolean; readonly schema: SchemaObject }>(
        header
      )
      const value = answer.headers.get(name)
      expect([name, value !== null || !required]).toEqual([name, true])
      expect([name, value === null || validator(schema)(value)]).toEqual([name, true])
    }
    return answer
  }

  const exampleOf = (response: keyof typeof errorResponses, name: string) =>
    document.components.responses[response]?.content["application/json"].examples[name]

  it("with the request's base URL as the first server", async () => {
    const { hostname, port } = new URL(running.url)
    expect(hostname).toBe("127.0.0.1")
    const serverOf = async (response: Promise<Response>) =>
      ((await (await response).json()) as OpenApiObject).servers.map(({ url }) => url)
    for (const path of ["/openapi.json", "/_mock/openapi.json"]) {
      const [first] = await serverOf(fetch(`${running.url}${path}`))
      expect(first).toBe(running.url)
      const [byName] = await serverOf(fetch(`http://localhost:${port}${path}`))
      expect(byName).toBe(`http://localhost:${port}`)
      const [inProcess] = await serverOf(running.fetch(`https://secrets.test${path}?a=b`))
      expect(inProcess).toBe("https://secrets.test")
    }
    expect((await serverOf(fetch(`${running.url}/openapi.json`)))[1]).toBe("https://api.cadenya.com")
    const page = await (await fetch(`${running.url}/docs`)).text()
    expect(page).toContain(`<code class="name">${running.url}</code>`)
  })

  it("for each error that can be provoked, word by word", async () => {
    const post = (body: string, headers: Record<string, string> = json) =>
      send(server, secrets, { method: "POST", headers, body })
    const name = JSON.stringify({ metadata: { name: " " }, spec: {} })
    const taken = JSON.stringify({ metadata: { name: "name", externalId: "externalId" }, spec: {} })
    const list = (query: string) => send(server, `${secrets}?${query}`)
    const whoami = (authorization: string) => send(server, "/v1/whoami", { headers: { authorization } })
    const masked = { metadata: {}, updateMask: "metadata.id" }
    const as = async (settings: TenantSettings, path: string) => {
      await using tenant = await running.tenant(settings)
      return await send({ ...server, apiKey: Redacted.make(tenant.apiKey) }, path)
    }
    const answers: ReadonlyArray<
      readonly [string, () => Promise<Answer>, keyof typeof errorResponses, string]
    > = [
      ["workspace_secrets.create", () => post("{"), "InvalidArgument", "notJson"],
      ["workspace_secrets.create", () => post(name), "InvalidArgument", "field"],
      ["workspace_secrets.create", () => post(taken), "Conflict", "externalId"],
      ["workspace_secrets.create", () => post("a".repeat(1024 * 1024 + 1)), "ContentTooLarge", "body"],
      ["workspace_secrets.create", () => post("{}", { "content-type": "text/plain" }), "UnsupportedMediaType", "type"],
      ["workspace_secrets.list", () => list("limit=-1"), "InvalidArgument", "parameter"],
      ["workspace_secrets.list", () => list("limit=1&limit=2"), "InvalidArgument", "repeated"],
      ["workspace_secrets.list", () => list("cursor=x"), "InvalidArgument", "cursor"],
      ["workspace_secrets.update", () => sendJson(server, "PATCH", `${secrets}/id`, masked), "InvalidArgument", "mask"],
      ["workspace_secrets.get", () => send(server, `${secrets}/none`), "NotFound", "secret"],
      [
        "workspaces.workspace_secrets.get",
        () => send(server, `/v1/workspaces/other/workspace_secrets/id`),
        "PermissionDenied",
        "workspace"
      ],
      ["profiles.whoami", () => whoami("Bearer unknown"), "Unauthenticated", "unknownKey"],
      ["profiles.whoami", () => whoami("Basic"), "Unauthenticated", "malformedKey"],
      ["profiles.whoami", () => as({ disabled: true }, "/v1/whoami"), "Unauthenticated", "disabledKey"],
      ["workspace_secrets.list", () => as({ archived: true }, secrets), "PermissionDenied", "archived"],
      ["workspace_secrets.list", () => as({ scopes: [] }, secrets), "PermissionDenied", "scope"]
    ]
    for (const [id, ask, response, example] of answers) {
      const answer = expectDocumented(await ask(), id)
      expect([answer.status, answer.body]).toEqual([
        errorResponses[response].status,
        resolve<ExampleObject>(exampleOf(response, example) ?? expect.fail(`no example ${example}`)).value
      ])
    }
    const elsewhere = document.components.responses["OtherError"]?.content["application/json"].examples ?? {}
    for (
      const [method, path, status, example] of [
        ["PUT", secrets, 405, elsewhere["methodNotAllowed"]],
        ["GET", "/v1/workspace-secrets", 404, elsewhere["missingRoute"]],
        ["GET", "/v1/workspaces/development/agents", 501, exampleOf("Unimplemented", "unserved")]
      ] as const
    ) {
      const answer = expectDocumented(await send(server, path, { method }))
      expect([answer.status, answer.body]).toEqual([
        status,
        resolve<ExampleObject>(example ?? expect.fail("no example")).value
      ])
    }
  })

  it("for the first request of each operation, except for ids and times", async () => {
    const { profile } = examples
    const seed = Seed.parse(JSON.stringify({ profile: profile.value, workspaceAlias: "development" }))
    await using fresh = await MockServer.start({ seed: await Effect.runPromise(seed) })
    const own = { url: fresh.url, apiKey: Redacted.make(fresh.apiKey), fetch: globalThis.fetch }
    const isSet = /"(?:id|accountId|workspaceId|profileId|createdAt|updatedAt|nextCursor)":"[^"]+"/g
    const firstOf = (content: ResponseObject["content"] | undefined): unknown => {
      const [first] = Object.values(content?.["application/json"].examples ?? {})
      return first === undefined ? undefined : resolve<ExampleObject>(first).value
    }
    const order = ["create", "list", "get", "update", "delete", "whoami"]
    const named = operations.map((it) => ({ ...it, name: it.operation.operationId.split(".").at(-1) ?? "" }))
    const sent: Array<string> = []
    for (const tag of document.tags.map(({ name }) => name)) {
      const ofTag = named.filter(({ operation }) => operation.tags.includes(tag))
      for (const { method, operation, path } of ofTag.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))) {
        const { parameters, requestBody, responses } = operation
        const target = path.replace(
          /\{(\w+)\}/g,
          (_, name: string) =>
            encodeURIComponent(String(parameters.find((parameter) => parameter.name === name)?.example))
        )
        const query = parameters.filter((parameter) => parameter.in === "query")
        const search = query.map(({ example, name }) => `${name}=${encodeURIComponent(String(example))}`).join("&")
        const answer = await sendJson(own, method, `${target}${search && `?${search}`}`, firstOf(requestBody?.content))
        const promised = firstOf(resolve<ResponseObject>(responses[200] ?? expect.fail("no 200")).content)
        const plain = (value: unknown) => JSON.parse(JSON.stringify(value).replace(isSet, "\"set\":true")) as unknown
        expect([operation.operationId, answer.status, plain(answer.body)]).toEqual([
          operation.operationId,
          200,
          plain(promised)
        ])
        sent.push(operation.operationId)
      }
    }
    expect(sent.length).toBe(operations.length)
  })

  it("for the requests of its examples", async () => {
    const value = (name: keyof typeof examples) => examples[name].value
    /** Removes ids, times and owners, which differ between runs. */
    const own = (secret: unknown) => {
      const { info: _, metadata, spec } = secret as { info: unknown; metadata: Record<string, unknown>; spec: unknown }
      const { accountId: _a, createdAt: _c, id: _i, profileId: _p, updatedAt: _u, workspaceId: _w, ...rest } = metadata
      return { metadata: rest, spec }
    }
    for (const prefix of ["workspace_secrets", "workspaces.workspace_secrets"]) {
      const base = prefix === "workspace_secrets" ? secrets : "/v1/workspaces/development/workspace_secrets"
      const billing = `${base}/external_id:billing-db`
      const ask = async (operation: string, ...[method, path, body]: readonly [string, string, unknown?]) =>
        expectDocumented<WireSecret>(await sendJson(server, method, path, body), `${prefix}.${operation}`)
      const answers = {
        lastPage: await ask("list", "GET", base),
        documentedSecret: await ask("get", "GET", `${base}/external_id:externalId`),
        createdSecret: await ask("create", "POST", base, value("create")),
        firstPage: await ask("list", "GET", `${base}?limit=1`),
        updatedSecret: await ask("update", "PATCH", billing, value("update")),
        noSecrets: await ask("list", "GET", `${base}?query=nothing&includeInfo=true`)
      }
      const cleared = await ask("update", "PATCH", billing, value("clear"))
      expect(cleared.body).toHaveProperty("metadata.externalId", "")
      const deleted = await ask("delete", "DELETE", `${base}/${cleared.body.metadata.id}`)
      for (const name of ["lastPage", "documentedSecret", "noSecrets", "deleted"] as const) {
        const { body, status } = { ...answers, deleted }[name]
        expect([status, body]).toEqual([200, value(name)])
      }
      for (const name of ["createdSecret", "updatedSecret"] as const) {
        expect(own(answers[name].body)).toEqual(own(value(name)))
      }
      const { items } = answers.firstPage.body as unknown as WirePage
      expect(items.map(own)).toEqual(examples.firstPage.value.items.map(own))
      const bare = await ask("create", "POST", base, value("createBare"))
      const { metadata } = examples.createBare.value
      expect(own(bare.body)).toEqual({ metadata: { ...metadata, externalId: "", labels: {} }, spec: {} })
      await ask("delete", "DELETE", `${base}/${bare.body.metadata.id}`)
    }
    expectDocumented(await send(server, "/v1/whoami"), "profiles.whoami")
  })
})
