import * as HttpClient from "@effect/platform/HttpClient"
import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import type { InvalidArgument } from "@workspace-secrets/core/ApiError"
import type { ListWorkspaceSecrets } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import type {
  CallTimeout,
  ConnectionError,
  CreateError,
  DeleteError,
  GetError,
  ListError,
  UnexpectedResponse,
  UpdateError,
  WhoamiError
} from "../src/ClientError.js"
import { layerConfig, make, WorkspaceSecretsClient } from "../src/WorkspaceSecretsClient.js"
import { client, json, transport } from "./support/memory.js"
import { secret } from "./support/samples.js"

const id = WorkspaceSecretId.make("wsec_1")

describe("calls", () => {
  it.effect("with invalid arguments are not sent", () =>
    Effect.gen(function*() {
      const { sent, service } = yield* client(() => json(secret))
      const plain = { metadata: { name: "a" }, spec: { value: "plain" } } as never
      const errors = yield* Effect.all([
        Effect.flip(service.list({ sortOrder: "up" } as unknown as ListWorkspaceSecrets)),
        Effect.flip(service.create(plain)),
        Effect.flip(service.get(".." as WorkspaceSecretId)),
        Effect.flip(service.update(id, plain)),
        Effect.flip(service.delete("\ud800" as WorkspaceSecretId))
      ])
      expect(errors.map(({ _tag, attempts, operation }) => [_tag, operation, attempts])).toEqual(
        ["list", "create", "get", "update", "delete"].map((operation) => ["InvalidArgument", operation, 0])
      )
      expect(sent).toHaveLength(0)
    }))

  it.effect("are sent each time they are run", () =>
    Effect.gen(function*() {
      const { sent, service } = yield* client(() => json(secret))
      const get = service.get(id)
      expect(sent).toHaveLength(0)
      yield* get
      yield* get
      expect(sent).toHaveLength(2)
    }))

  it.effect("read a Retry-After date relative to Effect's Clock", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.parse("2026-11-22T10:00:00Z"))
      const headers = { "retry-after": "Sun, 22 Nov 2026 10:00:42 GMT" }
      const { service } = yield* client(() => json({ code: 8 }, { status: 429, headers }))
      const { retryAfter } = yield* service.whoami().pipe(
        Effect.flip,
        Effect.filterOrDieMessage((error) => error._tag === "ResourceExhausted", "another error")
      )
      expect(retryAfter && Duration.toSeconds(retryAfter)).toBe(42)
    }))

  it.effect("read the response of a transport that fails for error statuses", () =>
    Effect.gen(function*() {
      const { http } = transport(() => json({ code: 5, message: "gone" }, { status: 404 }))
      const service = yield* make({ apiKey: Redacted.make("key") }).pipe(
        Effect.provideService(HttpClient.HttpClient, HttpClient.filterStatusOk(http))
      )
      const error = yield* service.get(id).pipe(Effect.catchTag("WorkspaceSecretNotFound", Effect.succeed))
      expect(error).toMatchObject({ _tag: "WorkspaceSecretNotFound", message: "gone" })
    }))
})

describe("make", () => {
  it.effect("fails with all violations of the options", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(client(() => json(secret), { baseUrl: "http://example.com", workspaceId: "" }))
      expect(error._tag).toBe("InvalidClientOptions")
      expect(error.violations.map(({ field }) => field)).toEqual(["baseUrl", "workspaceId"])
    }))
})

describe("layerConfig", () => {
  const connect = (env: Record<string, string>, config?: Parameters<typeof layerConfig>[0]) =>
    Effect.gen(function*() {
      const { http, sent } = transport(() => json(secret))
      const secrets = yield* WorkspaceSecretsClient.pipe(
        Effect.provide(layerConfig(config)),
        Effect.provideService(HttpClient.HttpClient, http),
        Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(env))))
      )
      yield* secrets.get(id)
      return `${sent[0]?.url.href} ${sent[0]?.request.headers.authorization}`
    })

  it.effect("reads the key from CADENYA_API_KEY, and uses defaults for the rest", () =>
    Effect.gen(function*() {
      expect(yield* connect({ CADENYA_API_KEY: "k" })).toBe(
        "https://api.cadenya.com/v1/workspace_secrets/wsec_1 Bearer k"
      )
    }))

  it.effect("accepts a key with inner spaces", () =>
    Effect.gen(function*() {
      expect(yield* connect({ CADENYA_API_KEY: "My API  Key" })).toBe(
        "https://api.cadenya.com/v1/workspace_secrets/wsec_1 Bearer My API  Key"
      )
    }))

  it.effect("reads the base URL from CADENYA_BASE_URL and the workspace from CADENYA_WORKSPACE_ID", () =>
    Effect.gen(function*() {
      const env = { CADENYA_API_KEY: "k", CADENYA_BASE_URL: "http://localhost:8080/", CADENYA_WORKSPACE_ID: "dev" }
      expect(yield* connect(env)).toBe("http://localhost:8080/v1/workspaces/dev/workspace_secrets/wsec_1 Bearer k")
    }))

  it.effect("uses another Config instead of a variable", () =>
    Effect.gen(function*() {
      const env = { CADENYA_API_KEY: "k", OTHER_KEY: "o", OTHER_URL: "http://api.internal" }
      const config = {
        apiKey: Config.redacted("OTHER_KEY"),
        baseUrl: Config.string("OTHER_URL"),
        workspaceId: Config.succeed("dev"),
        allowInsecureHttp: Config.succeed(true)
      }
      expect(yield* connect(env, config)).toBe(
        "http://api.internal/v1/workspaces/dev/workspace_secrets/wsec_1 Bearer o"
      )
    }))

  it.effect("uses the default if the other Config is unset", () =>
    Effect.gen(function*() {
      const config = { baseUrl: Config.string("OTHER_URL"), allowInsecureHttp: Config.boolean("OTHER_INSECURE") }
      expect(yield* connect({ CADENYA_API_KEY: "k" }, config)).toContain("https://api.cadenya.com/v1/")
    }))

  it.effect("treats an empty variable as unset", () =>
    Effect.gen(function*() {
      const env = { CADENYA_API_KEY: "k", CADENYA_BASE_URL: "", CADENYA_WORKSPACE_ID: "" }
      expect(yield* connect(env)).toBe("https://api.cadenya.com/v1/workspace_secrets/wsec_1 Bearer k")
      const config = {
        baseUrl: Config.string("OTHER_URL"),
        workspaceId: Config.nested(Config.string("ID"), "OTHER"),
        allowInsecureHttp: Config.boolean("OTHER_INSECURE")
      }
      expect(yield* connect({ ...env, OTHER_URL: "", "OTHER.ID": "", OTHER_INSECURE: "" }, config)).toBe(
        "https://api.cadenya.com/v1/workspace_secrets/wsec_1 Bearer k"
      )
    }))

  it.effect("reports an empty key as missing", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(connect({ CADENYA_API_KEY: "" }))
      expect(error).toMatchObject({ _op: "MissingData", path: ["CADENYA_API_KEY"] })
    }))

  it.effect.each([
    { env: {}, names: ["CADENYA_API_KEY"] },
    { env: { CADENYA_API_KEY: "a b " }, names: ["CADENYA_API_KEY"] },
    { env: { CADENYA_API_KEY: "k", CADENYA_WORKSPACE_ID: ".." }, names: ["CADENYA_WORKSPACE_ID"] },
    { env: { CADENYA_API_KEY: "k", CADENYA_BASE_URL: "http://example.com" }, names: ["CADENYA_BASE_URL"] },
    {
      env: { CADENYA_BASE_URL: "x", CADENYA_WORKSPACE_ID: ".." },
      names: [
        "CADENYA_API_KEY",
        "CADENYA_BASE_URL",
        "CADENYA_WORKSPACE_ID"
      ]
    }
  ])("names what is missing or wrong: $names", ({ env, names }) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(connect(env as Record<string, string>))
      expect(ConfigError.isConfigError(error)).toBe(true)
      expect(JSON.stringify(error).match(/CADENYA_\w+/g)).toEqual(names)
    }))
})

describe("types", () => {
  type ErrorOf<F> = F extends (...args: never) => Effect.Effect<unknown, infer E> ? E : never
  type Service = WorkspaceSecretsClient.Service

  it("list exactly the errors of each operation", () => {
    expectTypeOf<ErrorOf<Service["list"]>>().toEqualTypeOf<ListError>()
    expectTypeOf<ErrorOf<Service["create"]>>().toEqualTypeOf<CreateError>()
    expectTypeOf<ErrorOf<Service["get"]>>().toEqualTypeOf<GetError>()
    expectTypeOf<ErrorOf<Service["update"]>>().toEqualTypeOf<UpdateError>()
    expectTypeOf<ErrorOf<Service["delete"]>>().toEqualTypeOf<DeleteError>()
    expectTypeOf<ErrorOf<Service["whoami"]>>().toEqualTypeOf<WhoamiError>()
    expectTypeOf<ReturnType<Service["stream"]>>().toExtend<Stream.Stream<unknown, ListError>>()

    type Common =
      | "InvalidArgument"
      | "FailedPrecondition"
      | "Unauthenticated"
      | "PermissionDenied"
      | "Unimplemented"
      | "Aborted"
      | "ResourceExhausted"
      | "Cancelled"
      | "Internal"
      | "Unavailable"
      | "DeadlineExceeded"
      | "ConnectionError"
      | "CallTimeout"
      | "UnexpectedResponse"
    expectTypeOf<ListError["_tag"]>().toEqualTypeOf<Common | "NotFound">()
    expectTypeOf<CreateError["_tag"]>().toEqualTypeOf<Common | "NotFound" | "WorkspaceSecretAlreadyExists">()
    expectTypeOf<GetError["_tag"]>().toEqualTypeOf<Common | "WorkspaceSecretNotFound">()
    expectTypeOf<UpdateError["_tag"]>().toEqualTypeOf<
      Common | "WorkspaceSecretNotFound" | "WorkspaceSecretAlreadyExists"
    >()
    expectTypeOf<DeleteError["_tag"]>().toEqualTypeOf<Common | "WorkspaceSecretNotFound">()
    expectTypeOf<WhoamiError["_tag"]>().toEqualTypeOf<Common | "NotFound">()
  })

  it("let catchTag name only the errors of an operation", () => {
    const program = Effect.gen(function*() {
      const secrets = yield* WorkspaceSecretsClient
      yield* secrets.get(id).pipe(Effect.catchTag("WorkspaceSecretNotFound", () => Effect.void))
      // @ts-expect-error list has no such error
      yield* secrets.list().pipe(Effect.catchTag("WorkspaceSecretNotFound", () => Effect.void))
      // @ts-expect-error get has no such error
      yield* secrets.get(id).pipe(Effect.catchTag("WorkspaceSecretAlreadyExists", () => Effect.void))
    })
    expectTypeOf(program).toExtend<Effect.Effect<void, unknown, WorkspaceSecretsClient>>()
  })

  it("have the fields that a caller needs in every error", () => {
    type All = ListError | CreateError | UpdateError
    expectTypeOf<All["isRetryable"]>().toEqualTypeOf<boolean>()
    expectTypeOf<All["attempts"]>().toEqualTypeOf<number | undefined>()
    expectTypeOf<Exclude<All, ConnectionError | CallTimeout>["retryAfter"]>().toEqualTypeOf<
      Duration.Duration | undefined
    >()
    expectTypeOf<UnexpectedResponse["violations"]>().toEqualTypeOf<InvalidArgument["fieldViolations"]>()
  })
})
