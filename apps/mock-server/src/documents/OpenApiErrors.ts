import { RpcCode } from "@workspace-secrets/core/RpcCode"
import { BadRequest, badRequest, errorInfo } from "@workspace-secrets/core/Status"
import * as Schema from "effect/Schema"

interface ErrorExample {
  readonly summary: string
  readonly value: { readonly code: number; readonly message: string; readonly details: ReadonlyArray<unknown> }
}

/** The errors of one HTTP status. */
export interface ErrorResponse {
  readonly status: number
  readonly description: string
  /** Names of response headers, in addition to `x-request-id`. */
  readonly headers?: ReadonlyArray<string>
  readonly examples: Readonly<Record<string, ErrorExample>>
}

const example = (
  summary: string,
  code: keyof typeof RpcCode,
  message: string,
  details: ReadonlyArray<unknown> = []
): ErrorExample => ({ summary, value: { code: RpcCode[code], message, details } })

const encodeBadRequest = Schema.encodeSync(BadRequest)

const violation = (summary: string, field: string, description: string): ErrorExample =>
  example(summary, "INVALID_ARGUMENT", field === "" ? description : `${field}: ${description}`, [
    encodeBadRequest(badRequest([{ field, description }]))
  ])

const retry = (retryDelay: string) => ({ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay })

/** The errors of the operations, by the names of their responses (WIRE.md, Errors). */
export const errorResponses = {
  InvalidArgument: {
    status: 400,
    description:
      "INVALID_ARGUMENT: the body, a field, a parameter, the cursor or the mask is wrong. FAILED_PRECONDITION: the present state does not allow the request.",
    examples: {
      notJson: violation("A body that is not JSON", "", "the body is not valid JSON in UTF-8"),
      parameter: violation("A parameter", "limit", "Expected a whole number from 0 to 2147483647"),
      repeated: violation("A parameter twice", "limit", "given more than once; a parameter has one value"),
      cursor: violation(
        "A cursor",
        "cursor",
        "not a cursor of this list: malformed, or issued for other filters or another order; leave it out to start anew"
      ),
      field: violation(
        "A field of the body",
        "metadata.name",
        "Expected a name of 1 to 255 characters after trimming"
      ),
      mask: violation("A mask", "updateMask", "path 1 is metadata.id, which the server sets"),
      precondition: example("The state", "FAILED_PRECONDITION", "the state of the workspace forbids it")
    }
  },
  Unauthenticated: {
    status: 401,
    description: "UNAUTHENTICATED: the API key is missing, malformed, unknown or disabled.",
    headers: ["WWW-Authenticate"],
    examples: {
      noKey: example("No key", "UNAUTHENTICATED", "no API key; send Authorization: Bearer <key>"),
      malformedKey: example(
        "A malformed key",
        "UNAUTHENTICATED",
        "malformed Authorization header; send Authorization: Bearer <key>"
      ),
      unknownKey: example("An unknown key", "UNAUTHENTICATED", "unknown API key"),
      disabledKey: example("A disabled key", "UNAUTHENTICATED", "this API key is disabled")
    }
  },
  PermissionDenied: {
    status: 403,
    description:
      "PERMISSION_DENIED: the key has no access to the workspace, the workspace is archived, or the key lacks the scope `secrets:manage`.",
    examples: {
      workspace: example("A workspace without access", "PERMISSION_DENIED", "this key has no access to that workspace"),
      archived: example("An archived workspace", "PERMISSION_DENIED", "this workspace is archived"),
      scope: example("A missing scope", "PERMISSION_DENIED", "this key lacks the scope secrets:manage", [
        errorInfo("SCOPE_MISSING", { metadata: { required_scope: "secrets:manage", granted_scopes: "" } })
      ])
    }
  },
  NotFound: {
    status: 404,
    description:
      "NOT_FOUND: the secret never existed, was deleted, or belongs to another workspace. The answer is the same in all three cases.",
    examples: { secret: example("No such secret", "NOT_FOUND", "no such secret in this workspace") }
  },
  Conflict: {
    status: 409,
    description:
      "ALREADY_EXISTS: another secret of the workspace has the external id. ABORTED: there was a concurrent change; read the secret again before a retry.",
    examples: {
      externalId: example(
        "The external id is taken",
        "ALREADY_EXISTS",
        "another secret of this workspace has this externalId"
      ),
      aborted: example("A concurrent change", "ABORTED", "another change came in between")
    }
  },
  ContentTooLarge: {
    status: 413,
    description: "INVALID_ARGUMENT: the body is over 1 MiB.",
    examples: {
      body: example("A large body", "INVALID_ARGUMENT", "the body is larger than 1 MiB (1048576 bytes)")
    }
  },
  UnsupportedMediaType: {
    status: 415,
    description: "INVALID_ARGUMENT: the content type of the body is not JSON in UTF-8.",
    examples: {
      type: example(
        "A body of another type",
        "INVALID_ARGUMENT",
        "the body must be JSON in UTF-8; send content-type: application/json"
      )
    }
  },
  ResourceExhausted: {
    status: 429,
    description: "RESOURCE_EXHAUSTED: the rate limit is reached. Retry after the delay.",
    headers: ["Retry-After"],
    examples: { rate: example("Too many calls", "RESOURCE_EXHAUSTED", "the rate limit is reached", [retry("2s")]) }
  },
  Cancelled: {
    status: 499,
    description: "CANCELLED: the caller cancelled the call.",
    examples: { cancelled: example("A cancelled call", "CANCELLED", "the call was cancelled") }
  },
  Internal: {
    status: 500,
    description:
      "INTERNAL, UNKNOWN: the server failed; a retry may succeed. DATA_LOSS: data is lost; a retry does not help.",
    examples: {
      internal: example("A failure", "INTERNAL", "the server failed unexpectedly"),
      unknown: example("An unknown failure", "UNKNOWN", "the server failed for reasons that it does not know"),
      dataLoss: example("Lost data", "DATA_LOSS", "the data is damaged")
    }
  },
  Unimplemented: {
    status: 501,
    description: "UNIMPLEMENTED: an operation of the API that this server does not serve.",
    examples: {
      unserved: example(
        "An operation that is not served",
        "UNIMPLEMENTED",
        "the mock server does not serve GET /v1/workspaces/{workspaceId}/agents; of this API it serves the workspace secrets and GET /v1/whoami"
      )
    }
  },
  Unavailable: {
    status: 503,
    description: "UNAVAILABLE: the server cannot answer now. Retry, after the delay if there is one.",
    headers: ["Retry-After"],
    examples: { unavailable: example("A short outage", "UNAVAILABLE", "the server cannot answer now", [retry("1.5s")]) }
  },
  DeadlineExceeded: {
    status: 504,
    description: "DEADLINE_EXCEEDED: the server ran out of time. The operation may have been done nevertheless.",
    examples: { deadline: example("Out of time", "DEADLINE_EXCEEDED", "the server ran out of time") }
  }
} satisfies Record<string, ErrorResponse>

/** Errors that belong to no operation. */
export const elsewhere = {
  description:
    "Any other error, as google.rpc.Status. 405 UNIMPLEMENTED: the path does not support the method; `Allow` lists the methods that it supports. 404 NOT_FOUND with `x-mock-missing-route`: there is no such path.",
  headers: ["Allow", "Retry-After", "x-mock-missing-route"],
  examples: {
    methodNotAllowed: example("405: another method", "UNIMPLEMENTED", "this path takes GET, HEAD, POST"),
    missingRoute: example(
      "404: no such route",
      "NOT_FOUND",
      "no such route: the API has nothing at this path; the nearest is GET /v1/workspace_secrets"
    )
  }
}

export const headers = {
  "x-request-id": {
    description: "The id of the request, for logs and support. Every response has one.",
    required: true,
    schema: { type: "string", examples: ["req_01JD8X6QC3J9N5B7F1W4K8T2YV"] }
  },
  "Retry-After": {
    description: "When to retry: in seconds, or as an HTTP date.",
    schema: { type: "string", pattern: "^(?:\\d+|[A-Za-z]{3}, .* GMT)$", examples: ["2"] }
  },
  Allow: {
    description: "The methods that the path supports, separated by commas.",
    schema: { type: "string", examples: ["GET, HEAD, POST"] }
  },
  "WWW-Authenticate": {
    description: "How to authenticate.",
    schema: { type: "string", examples: ["Bearer"] }
  },
  "x-mock-missing-route": {
    description: "`true` if the path does not exist. A 404 for a missing secret does not have it.",
    schema: { type: "string", enum: ["true"] }
  }
}
