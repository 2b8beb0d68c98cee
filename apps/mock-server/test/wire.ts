import { Status } from "@workspace-secrets/core/Status"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { expect } from "vitest"
import type { Service } from "../src/MockServer.js"

/** A server with its `fetch`, for any transport. */
export type Server = Pick<Service, "url" | "apiKey" | "fetch">

/** A secret on the wire. */
export interface WireSecret {
  readonly metadata: {
    readonly id: string
    readonly name: string
    readonly createdAt: string
    readonly accountId: string
    readonly workspaceId: string
    readonly profileId: string
    readonly externalId?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly updatedAt?: string
  }
  readonly spec: { readonly value?: string }
  readonly info?: unknown
}

/** A page on the wire. */
export interface WirePage {
  readonly items: ReadonlyArray<WireSecret>
  readonly pagination: { readonly nextCursor?: string }
}

/** A response on the wire. */
export interface Answer<A = unknown> {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: A
}

/** Sends a request, with the API key unless there is another `authorization`. */
export const send = async <A = unknown>(server: Server, path: string, init: RequestInit = {}): Promise<Answer<A>> => {
  const headers = new Headers(init.headers)
  if (!headers.has("authorization")) {
    headers.set("authorization", `Bearer ${Redacted.value(server.apiKey)}`)
  }
  const response = await server.fetch(`${server.url}${path}`, { ...init, headers })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text === "" ? undefined as A : JSON.parse(text) as A
  }
}

/** Sends a body as JSON. */
export const sendJson = <A = unknown>(
  server: Server,
  method: string,
  path: string,
  body?: unknown
): Promise<Answer<A>> =>
  send<A>(server, path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } })
  })

const decodeStatus = Schema.decodeUnknownSync(Status)

/** Asserts that a response is a valid error of the API, and returns its google.rpc.Status. */
export const expectError = (answer: Answer, status: number, code: number): Status => {
  expect({ status: answer.status, text: answer.text }).toEqual({ status, text: answer.text })
  expect(answer.headers.get("content-type")).toBe("application/json")
  expect(answer.headers.get("x-request-id")).toMatch(/^req_[0-9A-HJKMNP-TV-Z]{26}$/)
  const decoded = decodeStatus(answer.body)
  expect(Object.keys(answer.body as object)).toEqual(["code", "message", "details"])
  expect(decoded.code).toBe(code)
  expect(decoded.message).not.toBe("")
  return decoded
}
