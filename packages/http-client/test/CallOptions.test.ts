import { describe, expect, it } from "@effect/vitest"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { leaking, printed } from "../../../tools/leaks/sinks.js"
import { client, json } from "./support/memory.js"
import { page, profile, secret } from "./support/samples.js"
import { scripted, status } from "./support/script.js"

const id = WorkspaceSecretId.make("wsec_1")
const payload = { metadata: { name: "a" }, spec: {} }

describe("headers", () => {
  it.effect("are sent with the request of any operation", () =>
    Effect.gen(function*() {
      const headers = { "X-Team": "billing", "user-agent": "deploy/1" }
      const { sent, service } = yield* client(({ request, url }) =>
        json(
          url.pathname.endsWith("whoami") ? profile : url.search === "" && request.method === "GET" ? secret : page([])
        )
      )
      yield* Effect.all([
        Effect.ignore(service.list({ limit: 1 }, { headers })),
        Stream.runDrain(service.stream({ limit: 1 }, { headers })),
        Effect.ignore(service.create(payload, { headers })),
        service.get(id, { headers }),
        Effect.ignore(service.update(id, payload, { headers })),
        service.delete(id, { headers }),
        service.whoami({ headers })
      ])
      expect(sent).toHaveLength(7)
      for (const { request } of sent) {
        expect(request.headers).toMatchObject({
          "x-team": "billing",
          "user-agent": "deploy/1",
          authorization: "Bearer key"
        })
      }
    }))

  it.effect.each([
    [{ Authorization: "Bearer canary" }, "options.headers.authorization"],
    [{ "content-type": "canary" }, "options.headers.content-type"],
    [{ "Content-Length": "1" }, "options.headers.content-length"],
    [{ HOST: "canary" }, "options.headers.host"],
    [{ Cookie: "canary" }, "options.headers.cookie"],
    [{ "proxy-authorization": "canary" }, "options.headers.proxy-authorization"],
    [{ "transfer-encoding": "chunked" }, "options.headers.transfer-encoding"],
    [{ "x-a": "canary\r\nx-b: 1" }, "options.headers.x-a"],
    [{ "x-a": "café" }, "options.headers.x-a"],
    [{ "x-a": 1 }, "options.headers.x-a"],
    [{ "x-a": "1", "X-A": "2" }, "options.headers.x-a"],
    [{ "x-a: canary\r\nx-b": "1" }, "options.headers"],
    [["canary"], "options.headers"],
    ["canary", "options.headers"]
  ])("that no request may have are refused before anything is sent (%$)", ([headers, field]) =>
    Effect.gen(function*() {
      const { sent, service } = yield* client(() => json(secret))
      const error = yield* Effect.flip(service.get(id, { headers } as never))
      expect(error).toMatchObject({ _tag: "InvalidArgument", attempts: 0, fieldViolations: [{ field }] })
      expect(leaking(printed(error), "canary")).toEqual([])
      expect(sent).toHaveLength(0)
    }))
})

describe("invalid options", () => {
  it.effect.each([
    [{ retry: true }, "options.retry"],
    [{ retry: { maxAttempts: 0 } }, "options.retry.maxAttempts"],
    [{ retry: { maxAttempts: 1.5 } }, "options.retry.maxAttempts"],
    [{ retry: { baseDelay: "soon" } }, "options.retry.baseDelay"],
    [{ retry: { writes: 1 } }, "options.retry.writes"],
    [{ retry: { schedule: {} } }, "options.retry.schedule"],
    [{ attemptDeadline: 0 }, "options.attemptDeadline"],
    [{ propagateTrace: "yes" }, "options.propagateTrace"],
    ["now", "options.options"]
  ])("such as %j are refused before anything is sent", ([options, field]) =>
    Effect.gen(function*() {
      const { sent, service } = yield* client(() => json(secret))
      expect(yield* Effect.flip(service.get(id, options as never))).toMatchObject({
        _tag: "InvalidArgument",
        operation: "get",
        attempts: 0,
        fieldViolations: [{ field }]
      })
      expect(sent).toHaveLength(0)
    }))

  it.effect("are all reported for a client", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(scripted([], {
        deadline: 0,
        retry: { maxAttempts: -1 },
        retryBudget: { capacity: -1, ratio: NaN }
      }))
      expect(error._tag === "InvalidClientOptions" && error.violations.map(({ field }) => field)).toEqual([
        "deadline",
        "retry.maxAttempts",
        "retryBudget.ratio",
        "retryBudget.capacity"
      ])
    }))
})

describe("withResponse", () => {
  it.effect("returns the value with status, headers, request id and attempts, for any operation", () =>
    Effect.gen(function*() {
      const { service: { withResponse } } = yield* client(({ request, url }) =>
        json(
          url.pathname.endsWith("whoami")
            ? profile
            : request.method === "GET" && url.pathname.endsWith("s")
            ? page(["a"])
            : secret,
          {
            status: 201,
            headers: { "X-RateLimit-Remaining": "7" }
          }
        )
      )
      const response = {
        status: 201,
        headers: { "content-type": "application/json", "x-ratelimit-remaining": "7", "x-request-id": "req-1" },
        requestId: "req-1",
        attempts: 1
      }
      const all = yield* Effect.all([
        withResponse.list(),
        withResponse.create(payload),
        withResponse.get(id),
        withResponse.update(id, payload),
        withResponse.delete(id),
        withResponse.whoami()
      ])
      expect(all.map((each) => each.response)).toEqual(all.map(() => response))
      expect(all[2].value.metadata.name).toBe("name")
    }))

  it.effect("redacts a key that the server repeats", () =>
    Effect.gen(function*() {
      const { service } = yield* client(() => json(secret, { headers: { "x-echo": "Bearer key1234" } }), {
        apiKey: Redacted.make("key1234")
      })
      expect((yield* service.withResponse.get(id)).response.headers["x-echo"]).toBe("Bearer <redacted>")
    }))

  it.effect("fails as the operation does", () =>
    Effect.gen(function*() {
      const { secrets } = yield* scripted([status(404, 5)])
      expect(yield* Effect.flip(secrets.withResponse.get(id))).toMatchObject({ _tag: "WorkspaceSecretNotFound" })
    }))
})
