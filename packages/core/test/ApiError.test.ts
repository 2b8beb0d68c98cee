import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import {
  Aborted,
  ApiError,
  Internal,
  InvalidArgument,
  NotFound,
  PermissionDenied,
  ResourceExhausted,
  SCOPE_MISSING,
  Unavailable
} from "../src/ApiError.js"
import * as ErrorTable from "../src/ErrorTable.js"
import { badRequest, errorInfo, retryInfo } from "../src/Status.js"
import { refused } from "./refused.js"

describe("an error of the API", () => {
  it("requires a message; the defaults come from its first row", () => {
    const error = new ResourceExhausted({ message: "slow down" })
    expect(error).toMatchObject({
      _tag: "ResourceExhausted",
      status: 429,
      code: 8,
      details: [],
      isRetryable: true
    })
    expect(error.message).toBe("slow down")
    for (const key of ["retryAfter", "requestId", "operation", "attempts"]) {
      expect(error).not.toHaveProperty(key)
    }
  })

  it("is an Error whose name is its tag", () => {
    const error = new Aborted({ message: "try again" })
    expect(error).toBeInstanceOf(Error)
    expect(error.name).toBe("Aborted")
    expect(String(error)).toContain("Aborted: try again")
  })

  it("keeps the fields that it is given", () => {
    const error = new Unavailable({
      message: "down",
      status: 502,
      code: 14,
      details: [retryInfo(Duration.seconds(1))],
      isRetryable: false,
      retryAfter: Duration.seconds(2),
      requestId: "r-1",
      operation: "list",
      attempts: 0
    })
    expect(error).toMatchObject({ status: 502, isRetryable: false, requestId: "r-1", operation: "list", attempts: 0 })
  })

  it.effect("fails an Effect and is caught by its tag", () =>
    Effect.gen(function*() {
      const failing: Effect.Effect<never, Aborted | NotFound> = Effect.fail(new NotFound({ message: "no such route" }))
      const message = yield* failing.pipe(Effect.catchTags({
        NotFound: (error) => Effect.succeed(error.message),
        Aborted: () => Effect.succeed("")
      }))
      expect(message).toBe("no such route")
      const cause = yield* Effect.flip(Effect.sandbox(new NotFound({ message: "no such route" })))
      expect(Cause.pretty(cause)).toContain("NotFound: no such route")
    }))

  it.each([
    ["message: Expected a string", { message: 7 }],
    ["status: Expected a non-negative integer", { status: -1 }],
    ["status: Expected a non-negative integer", { status: 400.5 }],
    ["code: Expected a google.rpc.Code (a whole number)", { code: 0.5 }],
    ["details[0]: Expected a detail: an object with an @type", { details: ["x"] }],
    ["isRetryable: Expected a boolean", { isRetryable: "yes" }],
    ["retryAfter: Expected a duration", { retryAfter: "1 second" }],
    ["requestId: Expected a string", { requestId: 7 }],
    ["attempts: Expected a non-negative integer", { attempts: -1 }],
    ["Expected the error Internal", { _tag: "Aborted" }]
  ])("says %j of %j", (line, wrong) => {
    const body = { _tag: "Internal", message: "m", status: 500, code: 13, details: [], isRetryable: true }
    expect(refused(Internal, body)).toEqual([])
    expect(refused(Internal, { ...body, ...wrong })).toEqual([line])
  })

  it("says which error it expected, without the tag, also if other fields are invalid", () => {
    const wrong = { message: 7, _tag: "quoted" }
    const errors = Either.flip(Schema.decodeUnknownEither(Internal)(wrong, { errors: "all" }))
    const tree = String(Either.getOrThrow(errors))
    expect(tree).toContain("Expected the error Internal")
    expect(tree).not.toContain("quoted")
    expect(refused(Internal, wrong, { errors: "all" })).toEqual(["Expected the error Internal"])
    const fields = { status: 500, code: 0.5, details: [], isRetryable: true }
    expect(refused(Internal, { _tag: "Internal", message: 7, ...fields }, { errors: "all" })).toEqual([
      "message: Expected a string",
      "code: Expected a google.rpc.Code (a whole number)"
    ])
  })

  it("throws if a field has the wrong type", () => {
    const attempts: number = Number("NaN")
    expect(() => new Internal({ message: "m", attempts })).toThrow("Expected a non-negative integer")
  })

  it("accepts an infinite retryAfter", () => {
    const error = new ResourceExhausted({ message: "m", retryAfter: Duration.infinity })
    const encoded = Schema.encodeSync(ResourceExhausted)(error)
    expect(Schema.decodeUnknownSync(ResourceExhausted)(JSON.parse(JSON.stringify(encoded))).retryAfter).toEqual(
      Duration.infinity
    )
  })
})

describe("InvalidArgument", () => {
  const violations = [
    { field: "metadata.name", description: "required" },
    { field: "", description: "Expected an object" }
  ]

  it("lists the first 20 fields, and says how many more there are", () => {
    const many = (length: number) => Array.from({ length }, (_, i) => ({ field: `a[${i}]`, description: "wrong" }))
    const all = InvalidArgument.fromViolations(many(20))
    expect([all.fieldViolations.length, all.message.endsWith("a[19]: wrong")]).toEqual([20, true])
    const some = InvalidArgument.fromViolations(many(100_000))
    expect(some.fieldViolations).toEqual(many(20))
    expect(some.message).toBe(`${all.message}; and 99980 more`)
  })

  it("lists the fields in its message and in its details", () => {
    const error = InvalidArgument.fromViolations(violations)
    expect(error.message).toBe("metadata.name: required; Expected an object")
    expect(error.details).toEqual([badRequest(violations)])
    expect(error.fieldViolations).toEqual(violations)
    expect(error).toMatchObject({ status: 400, code: 3, isRetryable: false })
  })

  it("keeps the operation and the attempts", () => {
    expect(InvalidArgument.fromViolations(violations, { operation: "create", attempts: 0 })).toMatchObject({
      operation: "create",
      attempts: 0
    })
  })

  it("collects the violations of all BadRequest details, and of no other details", () => {
    const [first, second] = violations.map((violation) => badRequest([violation]))
    const details = [...(first ? [first] : []), {}, retryInfo(Duration.zero), ...(second ? [second] : [])]
    expect(new InvalidArgument({ message: "m", details }).fieldViolations).toEqual(violations)
    expect(new InvalidArgument({ message: "m" }).fieldViolations).toEqual([])
  })
})

describe("PermissionDenied", () => {
  const info = (metadata?: Record<string, string>) => errorInfo("SCOPE_MISSING", { domain: "cadenya.com", metadata })

  it("has the required and the granted scopes", () => {
    const error = new PermissionDenied({
      message: "m",
      details: [info({ required_scope: "secrets:manage", granted_scopes: "agents:read, agents:manage" })]
    })
    expect(error.requiredScope).toBe("secrets:manage")
    expect(error.grantedScopes).toEqual(["agents:read", "agents:manage"])
  })

  it("has no scopes if the response has none", () => {
    for (const details of [[], [{}], [info()], [info({ other: "x" })], [retryInfo(Duration.zero)]]) {
      const error = new PermissionDenied({ message: "m", details })
      expect([error.requiredScope, error.grantedScopes]).toEqual([undefined, undefined])
    }
  })

  it("missingScope returns an error with these scopes", () => {
    for (const granted of [[], ["a:b"], ["a:b", "c:d"]]) {
      const error = PermissionDenied.missingScope("secrets:manage", granted)
      expect(error).toMatchObject({ status: 403, code: 7, requiredScope: "secrets:manage", grantedScopes: granted })
      expect(error.details).toMatchObject([{ reason: SCOPE_MISSING }])
    }
  })
})

describe("ApiError", () => {
  it("has every error that does not belong to one resource", () => {
    const tags = ErrorTable.rows.map((row) => row.tag).filter((tag) => !/^(WorkspaceSecret|Profile)/.test(tag))
    expect(ApiError.members.map((member) => member._tag).sort()).toEqual([...new Set(tags)].sort())
  })

  it("decodes each error by its tag, and refuses other tags", () => {
    for (const member of ApiError.members) {
      const encoded = Schema.encodeSync(ApiError)(new member({ message: "m" }))
      expect(Schema.decodeUnknownSync(ApiError)(encoded)).toBeInstanceOf(member)
    }
    expect(refused(ApiError, { _tag: "Other", message: "m" })).toEqual(["Expected an error of the API"])
  })

  it("is discriminated by tag in its type", () => {
    expectTypeOf<Extract<ApiError, { readonly _tag: "Internal" }>>().toEqualTypeOf<Internal>()
    expectTypeOf<Aborted>().not.toExtend<NotFound>()
    expectTypeOf<ApiError["retryAfter"]>().toEqualTypeOf<Duration.Duration | undefined>()
  })
})
