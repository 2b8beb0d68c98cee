import * as C from "../WrongClient.js"
import type { Json } from "../WrongServer.js"

type Row = readonly [status: number, code: number]

/** Replaces one row of the error table by another. */
const takes = (row: Row, { code = row[1], status = row[0] }: { readonly code?: number; readonly status?: number }) =>
  C.answers((came) => {
    const json = JSON.parse(came.body === "" ? "{}" : came.body) as Json
    return came.status === row[0] && json["code"] === row[1]
      ? { status, body: JSON.stringify({ ...json, code }) }
      : {}
  })

/** Clients that confuse errors. */
export const wrongClients: C.WrongClients = {
  "mistakes INVALID_ARGUMENT for FAILED_PRECONDITION": [takes([400, 3], { code: 9 }), "WS-CLIENT-201", "WS-CLIENT-105"],
  "mistakes FAILED_PRECONDITION for INVALID_ARGUMENT": [takes([400, 9], { code: 3 }), "WS-CLIENT-202"],
  "mistakes UNAUTHENTICATED for PERMISSION_DENIED": [
    takes([401, 16], { status: 403, code: 7 }),
    "WS-CLIENT-203",
    "WS-CLIENT-101"
  ],
  "mistakes PERMISSION_DENIED for UNAUTHENTICATED": [
    takes([403, 7], { status: 401, code: 16 }),
    "WS-CLIENT-204",
    "WS-CLIENT-102"
  ],
  "mistakes NOT_FOUND for OUT_OF_RANGE": [takes([404, 5], { code: 11 }), "WS-CLIENT-205", "WS-CLIENT-103"],
  "mistakes UNIMPLEMENTED for INTERNAL": [takes([405, 12], { code: 13 }), "WS-CLIENT-206"],
  "mistakes ALREADY_EXISTS for ABORTED": [takes([409, 6], { code: 10 }), "WS-CLIENT-207", "WS-CLIENT-104"],
  "mistakes ABORTED for ALREADY_EXISTS": [takes([409, 10], { code: 6 }), "WS-CLIENT-208"],
  "mistakes a body that is too large for RESOURCE_EXHAUSTED": [
    takes([413, 3], { status: 429, code: 8 }),
    "WS-CLIENT-209",
    "WS-CLIENT-106"
  ],
  "mistakes a rejected content type for status 400": [takes([415, 3], { status: 400 }), "WS-CLIENT-210"],
  "mistakes RESOURCE_EXHAUSTED for UNAVAILABLE": [takes([429, 8], { status: 503, code: 14 }), "WS-CLIENT-211"],
  "mistakes CANCELLED for UNKNOWN": [takes([499, 1], { code: 2 }), "WS-CLIENT-212"],
  "mistakes INTERNAL for UNAVAILABLE": [takes([500, 13], { code: 14 }), "WS-CLIENT-213"],
  "mistakes UNKNOWN for INTERNAL": [takes([500, 2], { code: 13 }), "WS-CLIENT-214"],
  "mistakes DATA_LOSS for INTERNAL": [takes([500, 15], { code: 13 }), "WS-CLIENT-215"],
  "mistakes an unserved operation for INTERNAL": [takes([501, 12], { status: 500, code: 13 }), "WS-CLIENT-216"],
  "mistakes UNAVAILABLE for INTERNAL": [takes([503, 14], { code: 13 }), "WS-CLIENT-217", "WS-CLIENT-313"],
  "mistakes DEADLINE_EXCEEDED for UNAVAILABLE": [takes([504, 4], { code: 14 }), "WS-CLIENT-218"],
  "mistakes a base URL that does not lead to the API for a server that is down": [
    C.answers(({ body, status }) =>
      status === 404 && !body.includes("secret")
        ? { status: 503, body: JSON.stringify({ code: 14, message: "down" }) }
        : {}
    ),
    "WS-CLIENT-107"
  ]
}
