/** Calls to the server that the page was loaded from. */
import { signal } from "@preact/signals"
import { statusOf, violationsOf } from "./Why.js"
import type { Status, Violation } from "./Wire.js"

/** The control token or API key that the user typed. It is only in this variable, so a reload asks for it again. */
const token = signal<string | undefined>(undefined)

/** Whether the page has access: `unknown` until the first response, `token` if a token is needed, `closed` if no token can help. */
export const access = signal<"unknown" | "open" | "token" | "closed">("unknown")

/** The server's message when it denies access. */
export const refusal = signal("")

/** A request failed. `status` is the HTTP status, or 0 if there was no response. */
export class CallError extends Error {
  readonly status: number
  readonly violations: ReadonlyArray<Violation>

  constructor(status: number, message: string, violations: ReadonlyArray<Violation> = []) {
    super(message)
    this.status = status
    this.violations = violations
  }
}

const unreachable = () => new CallError(0, "The server cannot be reached. Is it still running?")

const failureOf = (status: number, body: unknown): CallError => {
  const error: Status | undefined = statusOf(body)
  return error === undefined
    ? new CallError(status, `The server answered with ${status}, without a message.`)
    : new CallError(status, error.message ?? "", violationsOf(error))
}

/** How often the user has entered a token. */
export const attempts = signal(0)

/** Sets a token for the next call. */
export const enter = (text: string): void => {
  token.value = text
  access.value = "unknown"
  attempts.value++
}

/** Updates `access` after an error. A rejected token is dropped. */
const noteRefusal = (error: CallError): void => {
  if (error.status === 401 || error.status === 403) {
    refusal.value = error.status === 401 && token.value !== undefined
      ? "This is not the token of the server."
      : error.message
    access.value = error.status === 401 ? "token" : "closed"
    token.value = undefined
  }
}

const send = async (path: string, init: RequestInit, key: string | undefined): Promise<Response> => {
  try {
    return await fetch(path, {
      ...init,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      headers: {
        ...(init.headers as Readonly<Record<string, string>> | undefined),
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` })
      }
    })
  } catch {
    // An aborted call is not an unreachable server.
    init.signal?.throwIfAborted()
    throw unreachable()
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const read = async (response: Response): Promise<unknown> => {
  const text = await response.text().catch(() => {
    throw unreachable()
  })
  const body = parse(text)
  if (!response.ok) {
    throw failureOf(response.status, body)
  }
  return body
}

const initOf = (method: string, body: unknown, signal?: AbortSignal): RequestInit => ({
  method,
  ...(signal === undefined ? {} : { signal }),
  ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) })
})

/** Calls the control API. `path` begins below `/_mock`. Throws a `CallError`. */
export const control = async <A>(
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
  signal?: AbortSignal
): Promise<A> => {
  try {
    const value = await read(await send(`/_mock${path}`, initOf(method, body, signal), token.value))
    access.value = "open"
    return value as A
  } catch (error) {
    if (error instanceof CallError) {
      noteRefusal(error)
    }
    throw error
  }
}

/** Opens a stream of the control API. `path` begins below `/_mock`. Throws a `CallError`. */
export const stream = async (path: string, signal: AbortSignal): Promise<Response> => {
  const response = await send(`/_mock${path}`, { signal, headers: { accept: "text/event-stream" } }, token.value)
  if (!response.ok) {
    const error = failureOf(response.status, parse(await response.text()))
    noteRefusal(error)
    throw error
  }
  return response
}

/** The path of a world in the control API, which calls it a tenant. */
export const worldPath = (world: string, rest = ""): string => `/tenants/${encodeURIComponent(world)}${rest}`

/** Calls the API with the key of a world, which is fetched, used once and dropped. `path` begins below `/v1`. Throws a `CallError`. */
export const api = async <A>(
  world: string,
  method: "POST" | "PATCH" | "DELETE",
  path: string,
  body?: unknown
): Promise<A> => {
  const { apiKey } = await control<{ readonly apiKey: string }>("GET", worldPath(world, "/api_key"))
  return await read(await send(`/v1${path}`, initOf(method, body), apiKey)) as A
}

/** The message of an error, for people. */
export const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) {
    return "Something went wrong."
  }
  const { message } = error
  const violations = error instanceof CallError ? error.violations : []
  return violations.length === 0
    ? message
    : violations.map(({ description, field }) => field === "" ? description : `${field}: ${description}`).join("\n")
}
