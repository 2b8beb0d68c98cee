/**
 * Behaviours of the client as a reader of errors and of invalid responses (WIRE.md, Errors). The responses are made up,
 * because no server produces them on request.
 *
 * @since 0.1.0
 */
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { at } from "../internal/answer.js"
import { calls, type Canned, canned, client, type ClientWorld, failsWith } from "../internal/client.js"
import { about, holds, same } from "../internal/expect.js"

const id = WorkspaceSecretId.make("id")

const status = (code: number, details: ReadonlyArray<object> = []) => ({ code, message: "said the server", details })

const delayOf = (error: object): unknown =>
  "retryAfter" in error && Duration.isDuration(error.retryAfter) ? Duration.toMillis(error.retryAfter) : undefined

/** Fails unless each operation fails with UnexpectedResponse that does not quote the body. */
const isUnexpected = ({ api, mine }: ClientWorld, what: string, answer: Canned, leaveOut: ReadonlyArray<string> = []) =>
  Effect.gen(function*() {
    const { client } = yield* canned(api.layout, answer)
    for (const [operation, call] of calls(client, { mine })) {
      if (!leaveOut.includes(operation)) {
        const error = yield* failsWith(operation, call, { tag: "UnexpectedResponse", status: answer.status ?? 200 })
        yield* holds(
          !JSON.stringify(error).includes("proxy"),
          `${operation}: expected nothing of the body in the error`
        )
      }
    }
  }).pipe(about(what))

const html = "<html><body>502 of a proxy</body></html>"

/**
 * The behaviours of the client as a reader of errors.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = client("errors", [
  {
    id: "WS-CLIENT-310",
    provenance: "P",
    statement: "an error body of HTML, nothing, truncated JSON or other JSON is an UnexpectedResponse",
    *check(world) {
      const headers = { "content-type": "text/html" }
      yield* isUnexpected(world, "HTML", { status: 502, headers, body: html })
      yield* isUnexpected(world, "nothing", { status: 500, body: "" })
      yield* isUnexpected(world, "half a JSON", { status: 503, body: "{\"code\":14,\"message\":\"a proxy" })
      yield* isUnexpected(world, "an array", { status: 400, body: ["proxy"] })
      yield* isUnexpected(world, "another object", { status: 404, body: { error: "proxy" } })
      yield* isUnexpected(world, "a string as code", { status: 400, body: { code: "proxy", message: "" } })
    }
  },
  {
    id: "WS-CLIENT-311",
    provenance: "A",
    statement: "a success whose body does not decode is an UnexpectedResponse, except for delete",
    *check(world) {
      const headers = { "content-type": "text/html" }
      yield* isUnexpected(world, "HTML", { headers, body: html }, ["delete"])
      yield* isUnexpected(world, "nothing", { body: "" }, ["delete"])
      yield* isUnexpected(world, "another object", { body: { proxy: true } }, ["delete"])
      yield* isUnexpected(world, "no content", { status: 204 }, ["delete"])
    }
  },
  {
    id: "WS-CLIENT-312",
    provenance: "P",
    statement: "google.rpc.BadRequest and RetryInfo are read, and details of other types are ignored",
    *check({ api }) {
      const body = status(3, [
        { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "X", metadata: { a: [1] } },
        {
          "@type": "type.googleapis.com/google.rpc.BadRequest",
          fieldViolations: [{ field: "metadata.name", description: "required" }]
        },
        { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "1.5s" },
        {}
      ])
      const { client } = yield* canned(api.layout, { status: 400, body })
      const error = yield* failsWith("get", client.get(id), { tag: "InvalidArgument", status: 400, code: 3 })
      yield* same(
        { fields: error["fieldViolations"], delay: delayOf(error) },
        { fields: [{ field: "metadata.name", description: "required" }], delay: 1500 },
        "get: the error"
      )
    }
  },
  {
    id: "WS-CLIENT-319",
    provenance: "P",
    statement: "PermissionDenied has the required scope and the scopes of the key, from a google.rpc.ErrorInfo",
    *check({ api }) {
      const body = status(7, [{
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "SCOPE_MISSING",
        domain: "example.com",
        metadata: { required_scope: "secrets:manage", granted_scopes: "agents:manage,tools:manage" }
      }])
      const { client } = yield* canned(api.layout, { status: 403, body })
      const error = yield* failsWith("get", client.get(id), { tag: "PermissionDenied", status: 403, code: 7 })
      yield* same(
        { required: error["requiredScope"], granted: error["grantedScopes"] },
        { required: "secrets:manage", granted: ["agents:manage", "tools:manage"] },
        "get: the scopes in the error"
      )
    }
  },
  {
    id: "WS-CLIENT-320",
    provenance: "P",
    statement:
      "the fields of a google.rpc.BadRequest are read in snake_case and in lowerCamelCase, with the same result",
    *check({ api }) {
      for (const field of ["metadata.external_id", "metadata.externalId"]) {
        const fieldViolations = [{ field, description: "taken" }, {
          field: "metadata.labels.a_b",
          description: "wrong"
        }]
        const body = status(3, [{ "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations }])
        const { client } = yield* canned(api.layout, { status: 400, body })
        const error = yield* failsWith("get", client.get(id), { tag: "InvalidArgument", status: 400, code: 3 })
        const expected = ["metadata.externalId", "metadata.labels.a_b"]
        const violations = error["fieldViolations"]
        const fields = Array.isArray(violations) ? violations.map((violation: unknown) => at(violation)["field"]) : []
        yield* about(field)(same(fields, expected, "get: the fields in the error"))
      }
    }
  },
  {
    id: "WS-CLIENT-313",
    provenance: "A",
    statement: "message and details of an error may be absent",
    *check({ api }) {
      for (const body of [{ code: 14 }, { code: 14, message: "", details: null }, { code: 14, message: null }]) {
        const { client } = yield* canned(api.layout, { status: 503, body })
        yield* failsWith("get", client.get(id), { tag: "Unavailable", status: 503, code: 14 })
      }
    }
  },
  {
    id: "WS-CLIENT-314",
    provenance: "P",
    statement: "Retry-After is read in seconds, with 429 and 503",
    *check({ api }) {
      for (const [httpStatus, code, tag] of [[429, 8, "ResourceExhausted"], [503, 14, "Unavailable"]] as const) {
        const headers = { "retry-after": "7" }
        const { client } = yield* canned(api.layout, { status: httpStatus, headers, body: status(code) })
        const error = yield* failsWith("get", client.get(id), { tag, status: httpStatus, code })
        yield* holds(
          delayOf(error) === 7000,
          `${tag}: expected a retryAfter of 7 s, got ${String(delayOf(error))} ms`
        )
      }
    }
  },
  {
    id: "WS-CLIENT-315",
    provenance: "P",
    statement: "Retry-After is read as an HTTP date",
    *check({ api }) {
      const headers = { "retry-after": "Fri, 31 Dec 2999 23:59:59 GMT" }
      const { client } = yield* canned(api.layout, { status: 429, headers, body: status(8) })
      const error = yield* failsWith("get", client.get(id), { tag: "ResourceExhausted", status: 429, code: 8 })
      const years = Number(delayOf(error)) / Duration.toMillis(Duration.days(365))
      yield* holds(years > 100, `get: expected a retryAfter of centuries, got ${years} years`)
    }
  },
  {
    id: "WS-CLIENT-316",
    provenance: "A",
    statement: "an error keeps its code if a proxy changed the status",
    *check({ api }) {
      const { client } = yield* canned(api.layout, { status: 500, body: status(14) })
      yield* failsWith("get", client.get(id), { tag: "Unavailable", status: 500, code: 14 })
    }
  }
])
