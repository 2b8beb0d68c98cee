import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { send } from "../../../src/internal/call/attempt.js"

const request = HttpClientRequest.get("https://example.com")

describe("send", () => {
  it("keeps nothing of the platform's error", async () => {
    const http = HttpClient.make((request) =>
      new HttpClientError.RequestError({ request, reason: "Transport", cause: { code: "ECONNRESET" } })
    )
    const operation = { name: "get", needsBody: true } as const
    const sending = { call: { request }, redact: (text: string) => text, operation, attempts: 3 }
    const error = await Effect.runPromise(Effect.flip(send(http, sending)))
    expect({ ...error }).toEqual({
      _tag: "ConnectionError",
      reason: "ConnectionLost",
      operation: "get",
      isRetryable: true,
      attempts: 3
    })
    expect(error.cause).toBeUndefined()
  })
})
