import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { ClientClosed, ConnectionError, InvalidClientOptions, UnexpectedResponse } from "../src/ClientError.js"

const errors = [
  {
    schema: ConnectionError,
    error: new ConnectionError({ reason: "TimedOut", operation: "list", attempts: 2 }),
    message: "list failed: the transport timed out"
  },
  {
    schema: UnexpectedResponse,
    error: new UnexpectedResponse({
      operation: "get",
      status: 502,
      contentType: "text/html",
      violations: [{ field: "", description: "Expected JSON" }, { field: "spec", description: "Expected an object" }],
      retryAfter: Duration.seconds(7),
      isRetryable: true,
      attempts: 1
    }),
    message: "get got an unexpected response, HTTP status 502: Expected JSON; spec: Expected an object"
  },
  {
    schema: ClientClosed,
    error: new ClientClosed({ operation: "get" }),
    message: "get failed: the client is closed"
  },
  {
    schema: InvalidClientOptions,
    error: new InvalidClientOptions({ violations: [{ field: "apiKey", description: "Expected a key" }] }),
    message: "apiKey: Expected a key"
  }
]

describe.each(errors)("$error._tag", ({ error, message, schema }) => {
  it("has a message", () => {
    expect(error.message).toBe(message)
    expect(String(error)).toContain(message)
  })

  it("survives JSON", () => {
    const codec = schema as unknown as Schema.Schema<unknown>
    const json = JSON.stringify(Schema.encodeSync(codec)(error))
    const back = Schema.decodeUnknownSync(codec)(JSON.parse(json))
    expect(back).toBeInstanceOf(schema)
    expect(JSON.stringify(back)).toBe(JSON.stringify(error))
  })
})
