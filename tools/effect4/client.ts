import * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type { HttpMethod } from "@effect/platform/HttpMethod"
import type { ClientLayers } from "@workspace-secrets/contract-tests/Target"
import * as ApiError from "@workspace-secrets/core/ApiError"
import { WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { Profile } from "@workspace-secrets/core/Profile"
import {
  WorkspaceSecret,
  WorkspaceSecretAlreadyExists,
  WorkspaceSecretNotFound
} from "@workspace-secrets/core/WorkspaceSecret"
import * as ClientError from "@workspace-secrets/http-client/ClientError"
import { WorkspaceSecretsClient } from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type ChildProcess, fork } from "node:child_process"
import { fileURLToPath } from "node:url"

/*
 * Wraps the client of the Effect 4 line as a client of the Effect 3 line. Each call runs in a process with Effect 4,
 * which sends its requests through the `HttpClient` of this process.
 */

type Json = Readonly<Record<string, unknown>>

const isJson = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)

/** Encodes Effect's values as JSON with their type. */
const pack = (value: unknown): unknown => {
  if (Redacted.isRedacted(value)) {
    return { $redacted: Redacted.value(value) }
  }
  if (Duration.isDuration(value)) {
    return { $millis: String(Duration.toMillis(value)) }
  }
  if (value === undefined) {
    return { $undefined: true }
  }
  if (value instanceof URL) {
    return value.href
  }
  return Array.isArray(value)
    ? value.map(pack)
    : isJson(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, pack(inner)]))
    : value
}

const unpack = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    return value.map(unpack)
  }
  if (!isJson(value)) {
    return value
  }
  return typeof value["$redacted"] === "string"
    ? Redacted.make(value["$redacted"])
    : typeof value["$millis"] === "string"
    ? Duration.millis(Number(value["$millis"]))
    : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unpack(inner)]))
}

const { ApiError: _union, SCOPE_MISSING: _reason, ...apiErrors } = ApiError
const classes: Readonly<Record<string, unknown>> = {
  ...apiErrors,
  ...ClientError,
  WorkspaceSecretNotFound,
  WorkspaceSecretAlreadyExists
}

/** Makes the error of the same class in this process. */
const revive = (json: Json): unknown => {
  const { _tag, message, name: _, ...fields } = json
  const found = classes[String(_tag)]
  return typeof found === "function"
    ? Reflect.construct(found, [{ ...(unpack(fields) as Json), message }])
    : new Error(`${String(_tag)}: ${String(message)}`)
}

interface Waiting {
  readonly done: (value: unknown) => void
  readonly failed: (error: Json) => void
  readonly item?: (value: unknown) => void
}

export class Bridge {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, Waiting>()
  readonly #transports = new Map<number, (request: HttpClientRequest.HttpClientRequest) => Effect.Effect<Json>>()
  readonly #requests = new Map<unknown, Fiber.RuntimeFiber<unknown, unknown>>()
  #last = 0

  private constructor(child: ChildProcess) {
    this.#child = child
    child.on("message", (message) => {
      if (isJson(message)) {
        this.#receive(message)
      }
    })
  }

  static readonly start = (env: Readonly<Record<string, string>> = {}) =>
    Effect.acquireRelease(
      Effect.async<Bridge, Error>((resume) => {
        const child = fork(fileURLToPath(new URL("../../effect4/bridge/main.mjs", import.meta.url)), [], {
          execPath: process.env["EFFECT4_NODE"] ?? process.execPath,
          execArgv: [],
          env: { ...env }
        })
        const bridge = new Bridge(child)
        child.once("message", () => resume(Effect.succeed(bridge)))
        child.once("exit", (code) => resume(Effect.fail(new Error(`the process ended with ${code}`))))
      }),
      (bridge) =>
        Effect.async<void>((resume) => {
          bridge.#child.once("exit", () => resume(Effect.void))
          bridge.#child.disconnect()
        })
    )

  #receive(message: Json): void {
    const { call, client, error, request, type, value } = message
    const waiting = this.#waiting.get(Number(call))
    if (type === "done") {
      waiting?.done(value)
    } else if (type === "failed") {
      waiting?.failed(error as Json)
    } else if (type === "item") {
      waiting?.item?.(value)
    } else if (type === "abort") {
      const fiber = this.#requests.get(request)
      fiber?.unsafeInterruptAsFork(fiber.id())
    } else if (type === "request") {
      const execute = this.#transports.get(Number(client))
      const own = HttpClientRequest.make(message["method"] as HttpMethod)(String(message["url"]), {
        headers: message["headers"] as Record<string, string>
      })
      const body = Buffer.from(String(message["body"]), "base64").toString("utf8")
      const headers = message["headers"] as Record<string, string>
      const whole = body === "" ? own : HttpClientRequest.setBody(own, HttpBody.text(body, headers["content-type"]))
      if (execute !== undefined) {
        const fiber = Effect.runFork(Effect.map(execute(whole), (answer) => {
          this.#child.send({ type: "response", request, ...answer })
        }))
        this.#requests.set(request, fiber)
        fiber.addObserver(() => this.#requests.delete(request))
      }
    }
  }

  /** Runs a command in the process, and returns its result. */
  ask(message: Json): Effect.Effect<unknown, Json> {
    return Effect.async<unknown, Json>((resume) => {
      const call = ++this.#last
      const end = (effect: Effect.Effect<unknown, Json>) => {
        this.#waiting.delete(call)
        resume(effect)
      }
      this.#waiting.set(call, {
        done: (value) => end(Effect.succeed(value)),
        failed: (error) => end(Effect.fail(error))
      })
      this.#child.send({ ...message, call })
      return Effect.sync(() => {
        this.#waiting.delete(call)
        this.#child.send({ type: "interrupt", call })
      })
    })
  }

  /** The same for a stream; each item is fetched on demand. */
  stream(message: Json): Stream.Stream<unknown, Json> {
    return Stream.unwrapScoped(Effect.gen(this, function*() {
      const call = ++this.#last
      let resume: (effect: Effect.Effect<Option.Option<unknown>, Json>) => void = () => {}
      let isOver = false
      const over = (effect: Effect.Effect<Option.Option<unknown>, Json>) => {
        isOver = true
        resume(effect)
      }
      yield* Effect.acquireRelease(
        Effect.sync(() => {
          this.#waiting.set(call, {
            done: () => over(Effect.succeedNone),
            failed: (error) => over(Effect.fail(error)),
            item: (value) => resume(Effect.succeedSome(value))
          })
          this.#child.send({ ...message, call })
        }),
        () =>
          Effect.sync(() => {
            this.#waiting.delete(call)
            if (!isOver) {
              this.#child.send({ type: "interrupt", call })
            }
          })
      )
      const pull = Effect.async<Option.Option<unknown>, Json>((done) => {
        resume = done
        this.#child.send({ type: "pull", call })
      })
      return Stream.repeatEffectOption(
        Effect.flatMap(
          Effect.mapError(pull, Option.some),
          Option.match({ onNone: () => Effect.fail(Option.none()), onSome: Effect.succeed })
        )
      )
    }))
  }

  /** Makes a client in the process that sends with this `HttpClient`. */
  client(message: Json): Effect.Effect<WorkspaceSecretsClient.Service, unknown, HttpClient.HttpClient> {
    return Effect.gen(this, function*() {
      const http = HttpClient.withTracerPropagation(yield* HttpClient.HttpClient, false)
      const client = ++this.#last
      this.#transports.set(client, (request) =>
        Effect.gen(function*() {
          const response = yield* http.execute(request)
          const body = Buffer.from(yield* response.arrayBuffer)
          return { status: response.status, headers: response.headers, body: body.toString("base64") }
        }).pipe(
          Effect.scoped,
          Effect.catchAll(() => Effect.succeed({ lost: "ECONNRESET" })),
          Effect.withTracerEnabled(false)
        ))
      yield* this.ask({ type: "make", client, ...message })
      return serviceOf(this, client)
    })
  }
}

const secret = Schema.decodeUnknownSync(WorkspaceSecret)
const page = Schema.decodeUnknownSync(WorkspaceSecretPage)
const profile = Schema.decodeUnknownSync(Profile)

const serviceOf = (bridge: Bridge, client: number): WorkspaceSecretsClient.Service => {
  const call =
    <Args extends ReadonlyArray<unknown>, A>(operation: string, decode: (json: unknown) => A) => (...args: Args) =>
      bridge.ask({ type: "call", client, operation, args: pack(args) }).pipe(
        Effect.mapBoth({
          onFailure: (error) => revive(error) as never,
          onSuccess: (outcome) => {
            const { response, value } = outcome as { value: unknown; response: Json }
            return {
              value: decode(value),
              response: { requestId: undefined, ...response } as unknown as WorkspaceSecretsClient.ResponseInfo
            }
          }
        })
      )
  const withResponse: WorkspaceSecretsClient.WithResponse = {
    list: call("list", page),
    create: call("create", secret),
    get: call("get", secret),
    update: call("update", secret),
    delete: call("delete", () => undefined),
    whoami: call("whoami", profile)
  }
  const valueOf = <A>({ value }: { readonly value: A }): A => value
  return {
    withResponse,
    list: (...args) => Effect.map(withResponse.list(...args), valueOf),
    create: (...args) => Effect.map(withResponse.create(...args), valueOf),
    get: (...args) => Effect.map(withResponse.get(...args), valueOf),
    update: (...args) => Effect.map(withResponse.update(...args), valueOf),
    delete: (...args) => Effect.map(withResponse.delete(...args), valueOf),
    whoami: (...args) => Effect.map(withResponse.whoami(...args), valueOf),
    stream: (...args) =>
      bridge.stream({ type: "stream", client, args: pack(args) }).pipe(
        Stream.map(secret),
        Stream.mapError((error) => revive(error) as never)
      )
  }
}

const variables = ["CADENYA_API_KEY", "CADENYA_BASE_URL", "CADENYA_WORKSPACE_ID"] as const

/** The client of the Effect 4 line, in the form that the contract suite needs. */
export const layersOf = (bridge: Bridge): ClientLayers => ({
  layer: (options) =>
    Layer.effect(
      WorkspaceSecretsClient,
      Effect.mapError(
        bridge.client({ options: pack(options) }),
        (error) => new ClientError.InvalidClientOptions({ violations: violationsOf(error) })
      )
    ),
  layerConfig: () =>
    Layer.effect(
      WorkspaceSecretsClient,
      Effect.gen(function*() {
        const found = yield* Effect.forEach(variables, (name) =>
          Effect.map(Effect.option(Config.string(name)), (value) => [name, value] as const))
        const env = Object.fromEntries(found.flatMap(([name, value]) =>
          Option.isSome(value) ? [[name, value.value]] : []
        ))
        return yield* Effect.mapError(
          bridge.client({ env }),
          (error) =>
            ConfigError.InvalidData([], isJson(error) ? String(error["message"]) : "")
        )
      })
    )
})

const violationsOf = (error: unknown) => {
  const decode = Schema.decodeUnknownEither(ClientError.InvalidClientOptions.fields.violations)
  return Either.getOrElse(decode(isJson(error) ? error["violations"] : []), () => [])
}
