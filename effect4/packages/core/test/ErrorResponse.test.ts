import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as ApiError from "../src/ApiError.js"
import * as ErrorResponse from "../src/ErrorResponse.js"
import * as ErrorTable from "../src/ErrorTable.js"
import { ProfileAlreadyExists, ProfileNotFound } from "../src/Profile.js"
import { badRequest, retryInfo, Status } from "../src/Status.js"
import { WorkspaceSecretAlreadyExists, WorkspaceSecretNotFound } from "../src/WorkspaceSecret.js"

const classes = {
  InvalidArgument: ApiError.InvalidArgument,
  FailedPrecondition: ApiError.FailedPrecondition,
  Unauthenticated: ApiError.Unauthenticated,
  PermissionDenied: ApiError.PermissionDenied,
  WorkspaceSecretNotFound,
  ProfileNotFound,
  NotFound: ApiError.NotFound,
  Unimplemented: ApiError.Unimplemented,
  WorkspaceSecretAlreadyExists,
  ProfileAlreadyExists,
  Aborted: ApiError.Aborted,
  ResourceExhausted: ApiError.ResourceExhausted,
  Cancelled: ApiError.Cancelled,
  Internal: ApiError.Internal,
  Unavailable: ApiError.Unavailable,
  DeadlineExceeded: ApiError.DeadlineExceeded
}
type AnyError = InstanceType<(typeof classes)[keyof typeof classes]>
const tags = Object.keys(classes) as ReadonlyArray<keyof typeof classes>

const status = (code: number, details: Status["details"] = []): Status => ({ code, message: "what happened", details })

/** Converts a response with a single class. */
const readAs = (tag: keyof typeof classes, response: { readonly status: number; readonly body: Status }) =>
  ErrorResponse.fromResponse<AnyError>({ [tag]: classes[tag] } as typeof classes, response)

describe("the classes", () => {
  it("are those with a row, without duplicates", () => {
    expect([...tags].sort()).toEqual([...new Set(ErrorTable.rows.map((row) => row.tag))].sort())
    expect(tags.map((tag) => classes[tag].identifier)).toEqual(tags)
  })

  it.each(tags)("%s is encoded with its first row and decodes to the same class", (tag) => {
    const error = new classes[tag]({ message: "what happened" })
    const response = ErrorResponse.toResponse(error)
    const row = ErrorTable.rowOf(tag)
    expect(response).toEqual({ status: row.status, headers: {}, body: status(row.code) })
    const back = readAs(tag, { status: response.status, body: response.body })
    expect(back).toBeInstanceOf(classes[tag])
    expect(back).toMatchObject({ status: row.status, code: row.code, isRetryable: row.isRetryable, details: [] })
    expect(back?.message).toBe("what happened")
  })
})

describe("the rows", () => {
  it.each(ErrorTable.rows)(
    "$tag with $status and code $code goes both ways",
    ({ code, isRetryable, status: http, tag }) => {
      const error = readAs(tag, { status: http, body: status(code) })
      expect(error).toBeInstanceOf(classes[tag])
      expect(error).toMatchObject({ _tag: tag, status: http, code, isRetryable })
      expect(error && ErrorResponse.toResponse(error)).toEqual({ status: http, headers: {}, body: status(code) })
    }
  )

  it.each(ErrorTable.rows)(
    "$status with code $code is the first matching class among all ($tag has this row)",
    (row) => {
      const first = ErrorTable.rows.find(({ code, status }) => code === row.code && status === row.status)
      const error = ErrorResponse.fromResponse<AnyError>(classes, { status: row.status, body: status(row.code) })
      expect(error?._tag).toBe(first?.tag)
    }
  )
})

describe("toResponse", () => {
  it("has a body encoded by Status, with details", () => {
    const error = ApiError.InvalidArgument.fromViolations([{ field: "metadata.name", description: "required" }])
    const { body, status } = ErrorResponse.toResponse(error)
    expect(status).toBe(400)
    expect(JSON.stringify(Schema.encodeSync(Status)(body))).toBe(
      `{"code":3,"message":"metadata.name: required","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest",`
        + `"fieldViolations":[{"field":"metadata.name","description":"required"}]}]}`
    )
  })

  it("has the status and the code of the error", () => {
    const error = new ApiError.InvalidArgument({ message: "too large", status: 413 })
    expect(ErrorResponse.toResponse(error)).toMatchObject({ status: 413, body: { code: 3 } })
    const dataLoss = new ApiError.Internal({ message: "gone", code: 15, isRetryable: false })
    expect(ErrorResponse.toResponse(dataLoss)).toMatchObject({ status: 500, body: { code: 15 } })
  })

  it.each([
    [Duration.zero, "0"],
    [Duration.nanos(1n), "1"],
    [Duration.millis(1), "1"],
    [Duration.millis(999), "1"],
    [Duration.seconds(1), "1"],
    [Duration.millis(1001), "2"],
    [Duration.minutes(2), "120"],
    [Duration.days(400), "34560000"]
  ])("rounds Retry-After up to whole seconds: %s is %s", (retryAfter, seconds) => {
    const error = new ApiError.ResourceExhausted({ message: "slow down", retryAfter })
    expect(ErrorResponse.toResponse(error).headers).toEqual({ "retry-after": seconds })
  })

  it("has no Retry-After without a delay or with an infinite one", () => {
    for (const retryAfter of [undefined, Duration.infinity]) {
      const error = new ApiError.Unavailable({ message: "down", retryAfter })
      expect(ErrorResponse.toResponse(error).headers).toEqual({})
    }
  })

  it("contains neither request id nor operation nor attempts", () => {
    const error = new ApiError.Internal({ message: "m", requestId: "r-1", operation: "get", attempts: 3 })
    expect(ErrorResponse.toResponse(error)).toEqual({
      status: 500,
      headers: {},
      body: { code: 13, message: "m", details: [] }
    })
  })
})

describe("fromResponse", () => {
  const read = (response: Parameters<typeof ErrorResponse.fromResponse<AnyError>>[1]) =>
    ErrorResponse.fromResponse<AnyError>(classes, response)

  it("keeps the context that the caller passes", () => {
    const error = read({
      status: 404,
      body: status(5),
      requestId: "r-1",
      operation: "get",
      attempts: 2
    })
    expect(error).toMatchObject({ requestId: "r-1", operation: "get", attempts: 2, status: 404, code: 5 })
  })

  it("is retryable if its row is, unless the caller passes false", () => {
    const isRetryable = (status: number, code: number, says: boolean | undefined) =>
      read({ status, body: { code, message: "m", details: [] }, isRetryable: says })?.isRetryable
    expect([undefined, true, false].map((says) => isRetryable(503, 14, says))).toEqual([true, true, false])
    expect([undefined, true, false].map((says) => isRetryable(404, 5, says))).toEqual([false, false, false])
  })

  it("keeps status and code of the response if a proxy changed the status", () => {
    const error = read({ status: 502, body: status(14) })
    expect(error).toMatchObject({ _tag: "Unavailable", status: 502, code: 14, isRetryable: true })
  })

  it("uses the status for a code without a row, and keeps the code", () => {
    expect(read({ status: 429, body: status(99) })).toMatchObject({
      _tag: "ResourceExhausted",
      status: 429,
      code: 99,
      isRetryable: true
    })
  })

  it("tells retryable errors by their code", () => {
    expect(read({ status: 500, body: status(15) })?.isRetryable).toBe(false)
    expect(read({ status: 500, body: status(13) })?.isRetryable).toBe(true)
  })

  it("is undefined if nothing matches", () => {
    expect(read({ status: 418, body: status(99) })).toBeUndefined()
    expect(readAs("Aborted", { status: 409, body: status(6) })).toBeUndefined()
    expect(ErrorResponse.fromResponse<ApiError.Internal>({ Internal: ApiError.Internal }, {
      status: 404,
      body: status(5)
    })).toBeUndefined()
  })

  it("has the delay of the header, else of RetryInfo, else none", () => {
    const details = [badRequest([]), retryInfo(Duration.seconds(7))]
    const secondsOf = (error: AnyError | undefined) => error?.retryAfter && Duration.toSeconds(error.retryAfter)
    expect(secondsOf(read({ status: 429, body: status(8, details), retryAfter: Duration.seconds(3) }))).toBe(3)
    expect(secondsOf(read({ status: 429, body: status(8, details), retryAfter: undefined }))).toBe(7)
    expect(secondsOf(read({ status: 429, body: status(8, details) }))).toBe(7)
    expect(secondsOf(read({ status: 429, body: status(8, details), retryAfter: Duration.zero }))).toBe(0)
    expect(secondsOf(read({ status: 429, body: status(8) }))).toBeUndefined()
  })

  it("keeps the details with the field violations", () => {
    const error = ErrorResponse.fromResponse<ApiError.InvalidArgument>(
      { InvalidArgument: ApiError.InvalidArgument },
      { status: 400, body: status(3, [badRequest([{ field: "f", description: "d" }]), {}]) }
    )
    expect(error?.details).toHaveLength(2)
    expect(error?.fieldViolations).toEqual([{ field: "f", description: "d" }])
  })

  it("returns only the given classes", () => {
    expectTypeOf(
      ErrorResponse.fromResponse<ApiError.Internal | ProfileNotFound>(
        { Internal: ApiError.Internal, ProfileNotFound },
        { status: 404, body: status(5) }
      )
    ).toEqualTypeOf<ApiError.Internal | ProfileNotFound | undefined>()
  })
})
