import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { rowOf, type Tag } from "../ErrorTable.js"
import { AnyRpcCode } from "../RpcCode.js"
import { StatusDetail } from "../Status.js"
import { array, Count, Delay, Flag, optional, Text } from "./schema.js"

/**
 * The fields that every error of the API carries, with the status and code of its first row in the table. None of them
 * can hold a request, a response or a SchemaError.
 */
export const errorFields = (tag: Tag) => {
  const row = rowOf(tag)
  return {
    /** What went wrong, in the server's words. */
    message: Text,
    /** The HTTP status. */
    status: Count.pipe(Schema.withConstructorDefault(Effect.succeed(row.status))),
    /** The google.rpc.Code. */
    code: AnyRpcCode.pipe(Schema.withConstructorDefault(Effect.succeed(row.code))),
    /** The details of google.rpc.Status. */
    details: array(StatusDetail).pipe(Schema.withConstructorDefault(Effect.succeed([]))),
    /** Whether the same call, sent again, may succeed. */
    isRetryable: Flag.pipe(Schema.withConstructorDefault(Effect.succeed(row.isRetryable))),
    /** How long the server asked to wait. */
    retryAfter: optional(Delay),
    /** The answer's `x-request-id`. */
    requestId: optional(Text),
    /** The operation that failed: `list`, `create`, `get`, `update`, `delete` or `whoami`. */
    operation: optional(Text),
    /** How many times the request was sent; 0 when it was refused before. */
    attempts: optional(Count)
  }
}
