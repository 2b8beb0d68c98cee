/**
 * google.rpc.Status, the body of every error response (WIRE.md, Errors).
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import { FieldViolation } from "./FieldViolation.js"
import { array, optional, stringMap, struct, Text, withDefault } from "./internal/schema.js"
import { AnyRpcCode } from "./RpcCode.js"
import { unsetFields } from "./UnsetFields.js"

const NANOS_PER_SECOND = 1_000_000_000n
const PATTERN = /^(\d{1,12})(?:\.(\d{1,9}))?s$/
const MAX_SECONDS = 315_576_000_000n

/**
 * google.protobuf.Duration in JSON, such as `"1.5s"`: 0 to 9 fractional digits, at most 10,000 years. Negative
 * durations are refused: they make no sense as a delay.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ProtobufDuration = Text.check(
  Schema.isPattern(PATTERN, { message: "Expected a duration in seconds such as 1.5s" })
).pipe(
  Schema.decodeTo(
    Schema.Duration.annotate({ message: "Expected a finite duration of at most 10,000 years" }).check(
      Schema.makeFilter(
        (duration) =>
          Duration.isFinite(duration) && !Duration.isNegative(duration) &&
          Duration.toSeconds(duration) <= Number(MAX_SECONDS),
        { message: "Expected a finite duration of at most 10,000 years", identifier: "ProtobufDuration" }
      )
    ),
    {
      decode: SchemaGetter.transform((text) => {
        const match = PATTERN.exec(text)
        return Duration.nanos(BigInt(match?.[1] ?? "0") * NANOS_PER_SECOND + BigInt((match?.[2] ?? "").padEnd(9, "0")))
      }),
      encode: SchemaGetter.transform((duration) => {
        const nanos = Duration.toNanosUnsafe(duration)
        const fraction = (nanos % NANOS_PER_SECOND).toString().padStart(9, "0").replace(/0+$/, "")
        return `${nanos / NANOS_PER_SECOND}${fraction === "" ? "" : `.${fraction}`}s`
      })
    }
  )
)

/**
 * google.rpc.BadRequest: the invalid fields of a request.
 *
 * @since 0.1.0
 * @category details
 */
export const BadRequest = struct("BadRequest", {
  "@type": Schema.Literal("type.googleapis.com/google.rpc.BadRequest").annotate({
    message: "Expected the type of BadRequest"
  }),
  fieldViolations: array(FieldViolation)
})

/**
 * @since 0.1.0
 * @category details
 */
export type BadRequest = typeof BadRequest.Type

/**
 * google.rpc.RetryInfo: how long to wait before trying again.
 *
 * @since 0.1.0
 * @category details
 */
export const RetryInfo = struct("RetryInfo", {
  "@type": Schema.Literal("type.googleapis.com/google.rpc.RetryInfo").annotate({
    message: "Expected the type of RetryInfo"
  }),
  retryDelay: ProtobufDuration
})

/**
 * @since 0.1.0
 * @category details
 */
export type RetryInfo = typeof RetryInfo.Type

/**
 * google.rpc.ErrorInfo: a machine-readable reason, such as `SCOPE_MISSING`, its domain, and more metadata (WIRE.md,
 * Errors).
 *
 * @since 0.1.0
 * @category details
 */
export const ErrorInfo = struct("ErrorInfo", {
  "@type": Schema.Literal("type.googleapis.com/google.rpc.ErrorInfo").annotate({
    message: "Expected the type of ErrorInfo"
  }),
  reason: Text,
  domain: optional(Text, unsetFields.ErrorInfo.domain),
  metadata: optional(stringMap().annotate({ description: "More about the error" }))
})

/**
 * @since 0.1.0
 * @category details
 */
export type ErrorInfo = typeof ErrorInfo.Type

/**
 * A detail of another type, or an invalid detail of a known type. Only its type is kept, so that its content never
 * reaches a log.
 *
 * @since 0.1.0
 * @category details
 */
export const UnknownDetail = struct("UnknownDetail", { "@type": optional(Text) })

/**
 * @since 0.1.0
 * @category details
 */
export type UnknownDetail = typeof UnknownDetail.Type

/**
 * One entry of `details`.
 *
 * @since 0.1.0
 * @category details
 */
export const StatusDetail = Schema.Union([BadRequest, RetryInfo, ErrorInfo, UnknownDetail]).annotate({
  message: "Expected a detail: an object with an @type",
  identifier: "StatusDetail"
})

/**
 * @since 0.1.0
 * @category details
 */
export type StatusDetail = typeof StatusDetail.Type

/**
 * google.rpc.Status in JSON. `message` defaults to `""` and `details` to `[]`: protobuf omits empty fields.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Status = struct("Status", {
  code: AnyRpcCode,
  message: withDefault(Text, ""),
  details: withDefault(array(StatusDetail), [])
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type Status = typeof Status.Type

/**
 * Makes a BadRequest detail.
 *
 * @since 0.1.0
 * @category constructors
 */
export const badRequest = (fieldViolations: ReadonlyArray<FieldViolation>): BadRequest => ({
  "@type": "type.googleapis.com/google.rpc.BadRequest",
  fieldViolations
})

/**
 * Makes a RetryInfo detail.
 *
 * @since 0.1.0
 * @category constructors
 */
export const retryInfo = (retryDelay: Duration.Duration): RetryInfo => ({
  "@type": "type.googleapis.com/google.rpc.RetryInfo",
  retryDelay
})

/**
 * Makes an ErrorInfo detail.
 *
 * @since 0.1.0
 * @category constructors
 */
export const errorInfo = (
  reason: string,
  { domain, metadata }: Pick<ErrorInfo, "domain" | "metadata"> = {}
): ErrorInfo => ({
  "@type": "type.googleapis.com/google.rpc.ErrorInfo",
  reason,
  ...domain === undefined ? {} : { domain },
  ...metadata === undefined ? {} : { metadata }
})

/**
 * Whether a detail is a valid BadRequest.
 *
 * @since 0.1.0
 * @category guards
 */
export const isBadRequest: (detail: StatusDetail) => detail is BadRequest = Schema.is(BadRequest)

/**
 * Whether a detail is a valid RetryInfo.
 *
 * @since 0.1.0
 * @category guards
 */
export const isRetryInfo: (detail: StatusDetail) => detail is RetryInfo = Schema.is(RetryInfo)

/**
 * Whether a detail is a valid ErrorInfo.
 *
 * @since 0.1.0
 * @category guards
 */
export const isErrorInfo: (detail: StatusDetail) => detail is ErrorInfo = Schema.is(ErrorInfo)
