/**
 * The codes of google.rpc.Code.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { expected } from "./internal/schema.js"

/**
 * The number of each google.rpc.Code by its name.
 *
 * @since 0.1.0
 * @category constants
 */
export const RpcCode = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16
} as const

/**
 * A known google.rpc.Code.
 *
 * @since 0.1.0
 * @category models
 */
export type RpcCode = (typeof RpcCode)[keyof typeof RpcCode]

/**
 * The name of a google.rpc.Code.
 *
 * @since 0.1.0
 * @category models
 */
export type RpcCodeName = keyof typeof RpcCode

const names = Object.keys(RpcCode) as ReadonlyArray<RpcCodeName>

/**
 * Returns the name of a code, or `undefined` if google.rpc does not define it.
 *
 * @since 0.1.0
 * @category mapping
 */
export const nameOf = (code: number): RpcCodeName | undefined => names.find((name) => RpcCode[name] === code)

/**
 * A code in a response. Every integer is valid, because unknown enum values are kept (WIRE.md, Transport).
 *
 * @since 0.1.0
 * @category schemas
 */
export const AnyRpcCode = Schema.Int.annotations({
  ...expected("a google.rpc.Code (a whole number)"),
  identifier: "RpcCode",
  description: "google.rpc.Code",
  arbitrary: () => (fc) => fc.constantFrom(...Object.values(RpcCode))
})
