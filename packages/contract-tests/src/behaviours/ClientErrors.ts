/**
 * Behaviours of the client when a call fails: errors that requests can cause, and every row of the table of errors
 * (WIRE.md, Errors).
 *
 * @since 0.1.0
 */
import { Cursor } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { ErrorRow } from "../Behaviour.js"
import * as A from "../internal/answer.js"
import { calls, canned, client, type ClientWorld, createWith, failsWith, payloadOf } from "../internal/client.js"
import { elsewhere as elsewhereId } from "../internal/every.js"
import { about, holds, same } from "../internal/expect.js"
import { unknownId } from "../internal/ulid.js"
import type { Case } from "../internal/wire.js"

const missing = WorkspaceSecretId.make(unknownId)

const notFound = { status: 404, code: 5 }
const alreadyExists = { tag: "WorkspaceSecretAlreadyExists", status: 409, code: 6 }
const invalidArgument = { tag: "InvalidArgument", status: 400, code: 3 }

/** The tag in operations on one secret; elsewhere it is `tag`. */
const special: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "404/5": {
    get: "WorkspaceSecretNotFound",
    update: "WorkspaceSecretNotFound",
    delete: "WorkspaceSecretNotFound"
  },
  "409/6": { create: "WorkspaceSecretAlreadyExists", update: "WorkspaceSecretAlreadyExists" }
}

const rows: ReadonlyArray<readonly [id: string, row: ErrorRow, name: string, tag: string]> = [
  ["WS-CLIENT-201", A.INVALID_ARGUMENT, "INVALID_ARGUMENT", "InvalidArgument"],
  ["WS-CLIENT-202", [400, 9], "FAILED_PRECONDITION", "FailedPrecondition"],
  ["WS-CLIENT-203", A.UNAUTHENTICATED, "UNAUTHENTICATED", "Unauthenticated"],
  ["WS-CLIENT-204", A.PERMISSION_DENIED, "PERMISSION_DENIED", "PermissionDenied"],
  ["WS-CLIENT-205", A.NOT_FOUND, "NOT_FOUND", "NotFound"],
  ["WS-CLIENT-206", A.METHOD_NOT_ALLOWED, "UNIMPLEMENTED", "Unimplemented"],
  ["WS-CLIENT-207", A.ALREADY_EXISTS, "ALREADY_EXISTS", "UnexpectedResponse"],
  ["WS-CLIENT-208", [409, 10], "ABORTED", "Aborted"],
  ["WS-CLIENT-209", A.TOO_LARGE, "INVALID_ARGUMENT", "InvalidArgument"],
  ["WS-CLIENT-210", A.UNSUPPORTED_TYPE, "INVALID_ARGUMENT", "InvalidArgument"],
  ["WS-CLIENT-211", [429, 8], "RESOURCE_EXHAUSTED", "ResourceExhausted"],
  ["WS-CLIENT-212", [499, 1], "CANCELLED", "Cancelled"],
  ["WS-CLIENT-213", [500, 13], "INTERNAL", "Internal"],
  ["WS-CLIENT-214", [500, 2], "UNKNOWN", "Internal"],
  ["WS-CLIENT-215", [500, 15], "DATA_LOSS", "Internal"],
  ["WS-CLIENT-216", [501, 12], "UNIMPLEMENTED", "Unimplemented"],
  ["WS-CLIENT-217", [503, 14], "UNAVAILABLE", "Unavailable"],
  ["WS-CLIENT-218", [504, 4], "DEADLINE_EXCEEDED", "DeadlineExceeded"]
]

/**
 * The behaviours of the client's errors.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = [
  ...client("errors", [
    {
      id: "WS-CLIENT-101",
      provenance: "P",
      statement: "with an unknown key every operation fails with Unauthenticated",
      rows: [A.UNAUTHENTICATED],
      strain: "asks without a right key, which may count against the caller",
      *check({ clientWith, mine }) {
        const stranger = yield* clientWith({ apiKey: Redacted.make(mine.prefix) })
        for (const [operation, call] of calls(stranger, { mine })) {
          yield* failsWith(operation, call, { tag: "Unauthenticated", status: 401, code: 16 })
        }
      }
    },
    {
      id: "WS-CLIENT-102",
      provenance: "A",
      statement:
        "in a workspace that the key has no access to, every operation except whoami fails with PermissionDenied",
      layouts: ["scoped"],
      rows: [A.PERMISSION_DENIED],
      strain: "asks for what others have, which may count against the caller",
      *check({ clientWith, mine }) {
        const elsewhere = calls(yield* clientWith({ workspaceId: elsewhereId }), { mine })
        for (const [operation, call] of elsewhere.filter(([operation]) => operation !== "whoami")) {
          yield* failsWith(operation, call, { tag: "PermissionDenied", status: 403, code: 7 })
        }
      }
    },
    {
      id: "WS-CLIENT-103",
      provenance: "P",
      statement: "a missing secret fails with WorkspaceSecretNotFound: get, update and delete",
      rows: [A.NOT_FOUND],
      *check({ client }) {
        const error = { tag: "WorkspaceSecretNotFound", ...notFound }
        yield* failsWith("get", client.get(missing), error)
        yield* failsWith("update", client.update(missing, { spec: {} }), error)
        yield* failsWith("delete", client.delete(missing), error)
      }
    },
    {
      id: "WS-CLIENT-104",
      provenance: "A",
      statement: "an externalId in use fails with WorkspaceSecretAlreadyExists: create and update",
      rows: [A.ALREADY_EXISTS],
      *check({ client, mine }) {
        const fields = { name: mine.name(), externalId: mine.externalId() }
        yield* createWith(client, fields)
        const other = yield* createWith(client, { name: mine.name("other") })
        yield* failsWith("create", createWith(client, fields), alreadyExists)
        yield* failsWith("update", client.update(other.metadata.id, payloadOf(fields)), alreadyExists)
      }
    },
    {
      id: "WS-CLIENT-105",
      provenance: "A",
      statement: "a cursor that the server rejects fails with InvalidArgument, which names the field: list and stream",
      rows: [A.INVALID_ARGUMENT],
      *check({ client }) {
        const cursor = Cursor.make("not-a-cursor")
        for (const call of [client.list({ cursor }), Stream.runDrain(client.stream({ cursor }))]) {
          const { fieldViolations } = yield* failsWith("list", call, invalidArgument)
          const fields = Array.isArray(fieldViolations)
            ? fieldViolations.map((violation) => A.at(violation)["field"])
            : []
          yield* same(fields, ["cursor"], "list: the fields that are wrong")
        }
      }
    },
    {
      id: "WS-CLIENT-106",
      provenance: "A",
      statement: "a value over 1 MiB fails with InvalidArgument, status 413: create and update",
      rows: [A.TOO_LARGE],
      strain: "sends bodies of 1 MiB",
      *check({ client, mine }) {
        const value = mine.value("a".repeat(1024 * 1024))
        const made = yield* createWith(client, { name: mine.name() })
        const tooLarge = { tag: "InvalidArgument", status: 413, code: 3 }
        yield* failsWith("create", createWith(client, { name: mine.name(), value }), tooLarge)
        const update = client.update(made.metadata.id, { spec: { value: Redacted.make(value) } })
        yield* failsWith("update", update, tooLarge)
      }
    },
    {
      id: "WS-CLIENT-107",
      provenance: "P",
      statement: "a base URL that is not the API's fails with NotFound: list, create and whoami",
      rows: [A.NOT_FOUND],
      *check({ clientWith, mine, target }) {
        const elsewhere = calls(yield* clientWith({ baseUrl: `${target.baseUrl}/nowhere` }), { mine })
        for (const [operation, call] of elsewhere) {
          const tag = special["404/5"]?.[operation] ?? "NotFound"
          yield* failsWith(operation, call, { tag, ...notFound })
        }
      }
    },
    {
      id: "WS-CLIENT-108",
      provenance: "P",
      statement: "an error has the server's message",
      rows: [A.NOT_FOUND],
      *check({ api, client }) {
        const { message } = yield* A.refused(yield* api.get(unknownId), A.NOT_FOUND)
        const error = yield* failsWith("get", client.get(missing), { tag: "WorkspaceSecretNotFound", ...notFound })
        yield* holds(error["message"] === message, "get: expected the server's message in the error, got another")
      }
    }
  ]),
  ...client(
    "errors",
    rows.map(([id, [status, code], name, tag]): Case<ClientWorld> => ({
      id,
      provenance: "P",
      statement: `status ${status} with code ${code}, ${name}, is ${tag}${
        Object.entries(special[`${status}/${code}`] ?? {}).map(([operation, other]) => `, for ${operation} ${other}`)
          .join("")
      }`,
      rows: [[status, code]],
      *check({ api, mine }) {
        const { client } = yield* canned(api.layout, {
          status,
          body: { code, message: "said the server", details: [] }
        })
        for (const [operation, call] of calls(client, { mine })) {
          const expected = special[`${status}/${code}`]?.[operation] ?? tag
          yield* about(operation)(failsWith(operation, call, { tag: expected, status, code }))
        }
      }
    }))
  )
]
