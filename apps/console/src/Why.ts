/** Explains the result of a request in words, from its journal entry. */
import type { Exchange, Status, Violation } from "./Wire.js"

export interface Reason {
  readonly title: string
  readonly text: string
  /** The invalid fields, and what an ErrorInfo says. */
  readonly fields: ReadonlyArray<Violation>
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const textOf = (value: unknown): string => typeof value === "string" ? value : ""

/** A body as google.rpc.Status, or `undefined` if it is something else. */
export const statusOf = (body: unknown): Status | undefined =>
  isObject(body) && typeof body["code"] === "number" && typeof body["message"] === "string" ? body : undefined

const listOf = (value: unknown): ReadonlyArray<Readonly<Record<string, unknown>>> =>
  Array.isArray(value) ? value.filter(isObject) : []

const detailsOf = ({ details }: Status, type: string) =>
  listOf(details).filter((detail) => textOf(detail["@type"]).endsWith(`google.rpc.${type}`))

/** The invalid fields of an error. */
export const violationsOf = (status: Status): ReadonlyArray<Violation> =>
  detailsOf(status, "BadRequest").flatMap(({ fieldViolations }) =>
    listOf(fieldViolations).map(({ description, field }) => ({
      field: textOf(field),
      description: textOf(description)
    }))
  )

const reason = (title: string, text: string, fields: ReadonlyArray<Violation> = []): Reason => ({ title, text, fields })

const broken = {
  closed: "The connection was closed without a response.",
  cut: "The connection was closed in the middle of the body.",
  html: "The body was replaced with HTML.",
  halfJson: "The body was replaced with half a JSON document.",
  empty: "The body was left empty."
} as const

const codeNames: Readonly<Record<number, string>> = {
  1: "CANCELLED",
  2: "UNKNOWN",
  3: "INVALID_ARGUMENT",
  4: "DEADLINE_EXCEEDED",
  5: "NOT_FOUND",
  6: "ALREADY_EXISTS",
  7: "PERMISSION_DENIED",
  8: "RESOURCE_EXHAUSTED",
  9: "FAILED_PRECONDITION",
  10: "ABORTED",
  11: "OUT_OF_RANGE",
  12: "UNIMPLEMENTED",
  13: "INTERNAL",
  14: "UNAVAILABLE",
  15: "DATA_LOSS",
  16: "UNAUTHENTICATED"
}

/** What a message says beyond the violations that it repeats: how many more there are. */
const beyond = (message: string): string => /(?:^|; )(and \d+ more)$/.exec(message)?.[1] ?? ""

const errorInfoOf = (status: Status): ReadonlyArray<Violation> =>
  detailsOf(status, "ErrorInfo").flatMap(({ metadata, reason }) =>
    [
      { field: "reason", description: textOf(reason) },
      ...Object.entries(isObject(metadata) ? metadata : {}).map(([field, value]) => ({
        field,
        description: textOf(value)
      }))
    ].filter(({ description }) => description !== "")
  )

/** The reasons, the most important first. Empty for a success without a fault. */
export const why = ({ bodiesOmitted, fault, response }: Exchange): ReadonlyArray<Reason> => {
  if (response === undefined) {
    return [reason("No response", "The client closed the connection before the server answered.")]
  }
  const status = statusOf(response.body)
  const violations = status === undefined ? [] : violationsOf(status)
  return [
    ...(fault === undefined
      ? []
      : [
        reason(
          `Fault “${fault}” was applied`,
          response.broken === undefined ? "The response follows from this rule." : broken[response.broken]
        )
      ]),
    ...(status === undefined || response.status < 400
      ? []
      : [
        reason(
          codeNames[status.code ?? 2] ?? `code ${status.code}`,
          violations.length > 0 ? beyond(status.message ?? "") : status.message ?? "",
          [...violations, ...errorInfoOf(status)]
        )
      ]),
    ...(bodiesOmitted === true ? [reason("Bodies not kept", "The journal keeps bodies of at most 64 KiB.")] : [])
  ]
}
