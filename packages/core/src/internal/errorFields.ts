import * as Schema from "effect/Schema"
import { rowOf, type Tag } from "../ErrorTable.js"
import { AnyRpcCode } from "../RpcCode.js"
import { type StatusDetail, StatusDetail as StatusDetailSchema } from "../Status.js"
import { array, Count, Delay, Flag, optional, Text } from "./schema.js"

/**
 * The fields of every API error, with defaults from the first row of its tag. No field can contain a request, a
 * response or a ParseError, because those print keys and values.
 */
export const errorFields = (tag: Tag) => {
  const row = rowOf(tag)
  return {
    /** The server's error message. */
    message: Text,
    /** The HTTP status. */
    status: Count.pipe(Schema.propertySignature, Schema.withConstructorDefault(() => row.status)),
    /** The google.rpc.Code. */
    code: AnyRpcCode.pipe(Schema.propertySignature, Schema.withConstructorDefault((): number => row.code)),
    /** The details of google.rpc.Status. */
    details: array(StatusDetailSchema).pipe(
      Schema.propertySignature,
      Schema.withConstructorDefault((): ReadonlyArray<StatusDetail> => [])
    ),
    /** Whether a retry of the same call may succeed. */
    isRetryable: Flag.pipe(
      Schema.propertySignature,
      Schema.withConstructorDefault(() => row.isRetryable)
    ),
    /** The delay that the server asked for. */
    retryAfter: optional(Delay),
    /** The `x-request-id` of the response. */
    requestId: optional(Text),
    /** The operation that failed: `list`, `create`, `get`, `update`, `delete` or `whoami`. */
    operation: optional(Text),
    /** How many times the request was sent; 0 if it failed before the first send. */
    attempts: optional(Count)
  }
}
