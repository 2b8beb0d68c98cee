import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { rowOf, type Tag } from "../ErrorTable.js"
import { AnyRpcCode } from "../RpcCode.js"
import { StatusDetail } from "../Status.js"
import { array, Count, Delay, Flag, optional, Text } from "./schema.js"

/**
 * The fields of every API error, with defaults from the first row of its tag. No field can contain a request, a
 * response or a SchemaError.
 */
export const errorFields = (tag: Tag) => {
  const row = rowOf(tag)
  return {
    /** The server's error message. */
    message: Text,
    /** The HTTP status. */
    status: Count.pipe(Schema.withConstructorDefault(Effect.succeed(row.status))),
    /** The google.rpc.Code. */
    code: AnyRpcCode.pipe(Schema.withConstructorDefault(Effect.succeed(row.code))),
    /** The details of google.rpc.Status. */
    details: array(StatusDetail).pipe(Schema.withConstructorDefault(Effect.succeed([]))),
    /** Whether a retry of the same call may succeed. */
    isRetryable: Flag.pipe(Schema.withConstructorDefault(Effect.succeed(row.isRetryable))),
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
