import * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type { HttpMethod } from "@effect/platform/HttpMethod"
import { InvalidArgument } from "@workspace-secrets/core/ApiError"
import { codec } from "@workspace-secrets/core/Codec"
import { CreateWorkspaceSecret } from "@workspace-secrets/core/CreateWorkspaceSecret"
import * as FieldMask from "@workspace-secrets/core/FieldMask"
import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import { ListWorkspaceSecrets } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { UpdateWorkspaceSecret } from "@workspace-secrets/core/UpdateWorkspaceSecret"
import { WorkspaceSecretRef } from "@workspace-secrets/core/WorkspaceSecret"
import * as Either from "effect/Either"
import { identity } from "effect/Function"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import type { OperationName } from "../../ClientError.js"
import { weakMemo } from "../weakMemo.js"
import { isWellFormed, segment as toSegment, type Target } from "./target.js"

/** A request and its secrets, which errors must not contain. */
export interface Call {
  readonly request: HttpClientRequest.HttpClientRequest
  readonly secrets: ReadonlyArray<Redacted.Redacted<string>>
}

/** The encoded query of a list. */
export type Query = Readonly<Record<string, string>>

type Refusal = ReadonlyArray<FieldViolation.FieldViolation>

const refuse = (operation: OperationName) => (violations: Refusal): InvalidArgument =>
  InvalidArgument.fromViolations(violations, { operation, attempts: 0 })

const encoder = <A, I>(schema: Schema.Schema<A, I>, prepare: (input: unknown) => unknown = identity) => {
  const { encode } = codec(schema, { errors: "all" })
  return (input: unknown): Either.Either<I, Refusal> => {
    try {
      return Either.mapLeft(encode(prepare(input)), FieldViolation.fromParseError)
    } catch {
      // A getter threw, or a Redacted was wiped.
      return Either.left([{ field: "", description: "Expected a readable object; was a Redacted wiped?" }])
    }
  }
}

/** Removes an empty message of an update. Other types stay, so that the schema refuses them. */
const orNothing = (message: unknown) => Predicate.isRecord(message) ? undefined : message

/**
 * Adds the mask of the fields that an update contains, if the caller gave none. Without a mask, servers differ: they
 * write the non-empty fields or, in the first revision, the present ones (WIRE.md, Update). An empty update gets no
 * mask, because a mask cannot be empty.
 */
const withMask = (input: unknown): unknown => {
  if (!Predicate.isRecord(input)) {
    return input
  }
  const { metadata, spec, updateMask } = input as UpdateWorkspaceSecret
  if (updateMask !== undefined && !(Array.isArray(updateMask) && updateMask.length === 0)) {
    return input
  }
  const held = FieldMask.of({ metadata, spec })
  return held.length === 0
    ? { metadata: orNothing(metadata), spec: orNothing(spec) }
    : { metadata, spec, updateMask: held }
}

const encodeQuery = encoder(ListWorkspaceSecrets)
const encodeCreate = encoder(CreateWorkspaceSecret)
const encodeUpdate = encoder(UpdateWorkspaceSecret, withMask)
const encodeRef = encoder(WorkspaceSecretRef)

// The common part of a client's requests, made once.
const common = weakMemo(({ apiKey }: Target) =>
  HttpClientRequest.setHeaders(HttpClientRequest.get(""), {
    accept: "application/json",
    authorization: `Bearer ${Redacted.value(apiKey)}`
  })
)

const request = (method: HttpMethod, url: string, target: Target) => {
  const self = HttpClientRequest.setUrl(common(target), url)
  return method === "GET" ? self : HttpClientRequest.setMethod(self, method)
}

const withJson = (self: HttpClientRequest.HttpClientRequest, json: unknown) =>
  HttpClientRequest.setBody(self, HttpBody.text(JSON.stringify(json), "application/json"))

/** An id that needs no percent-encoding, such as those of the API. */
const isPlainId = (ref: unknown): ref is string => typeof ref === "string" && /^\w+$/.test(ref)

const secretUrl = (target: Target, ref: unknown): Either.Either<string, Refusal> =>
  isPlainId(ref)
    ? Either.right(`${target.secrets}/${ref}`)
    : encodeRef(ref).pipe(
      Either.flatMap((text) => Either.mapLeft(toSegment(text), (description) => [{ field: "", description }])),
      Either.map((segment) => `${target.secrets}/${segment}`),
      Either.mapLeft((violations) => violations.map(({ description }) => ({ field: "id", description })))
    )

// A copy: the original may be wiped before the response, which is masked with the value.
const valueOf = (payload: CreateWorkspaceSecret | UpdateWorkspaceSecret) =>
  payload.spec?.value === undefined ? [] : [Redacted.make(Redacted.value(payload.spec.value))]

/**
 * Encodes the parameters of a list. Omits empty ones, which mean unset. The result is a copy.
 */
export const query = (params: ListWorkspaceSecrets): Either.Either<Query, InvalidArgument> =>
  encodeQuery(params).pipe(
    Either.flatMap((encoded) => {
      const entries = Object.entries(encoded).filter((entry): entry is [string, string] =>
        entry[1] !== undefined && entry[1] !== ""
      )
      // URLSearchParams would replace lone surrogates with U+FFFD, and the server would search for that.
      const broken = entries.filter(([, value]) => !isWellFormed(value))
      return broken.length === 0
        ? Either.right(Object.fromEntries(entries))
        : Either.left(
          broken.map(([field]) => ({ field, description: "Expected well-formed Unicode: no lone surrogates" }))
        )
    }),
    Either.mapLeft(refuse("list"))
  )

export const list = (target: Target, query: Query): Call => ({
  request: HttpClientRequest.setUrlParams(request("GET", target.secrets, target), query),
  secrets: [target.apiKey]
})

export const create = (target: Target, payload: CreateWorkspaceSecret): Either.Either<Call, InvalidArgument> =>
  encodeCreate(payload).pipe(
    Either.map((json) => ({
      request: withJson(request("POST", target.secrets, target), json),
      secrets: [target.apiKey, ...valueOf(payload)]
    })),
    Either.mapLeft(refuse("create"))
  )

const addressed =
  (method: HttpMethod, operation: OperationName) =>
  (target: Target, ref: WorkspaceSecretRef): Either.Either<Call, InvalidArgument> =>
    secretUrl(target, ref).pipe(
      Either.map((url) => ({ request: request(method, url, target), secrets: [target.apiKey] })),
      Either.mapLeft(refuse(operation))
    )

export const get = addressed("GET", "get")

// `delete` is a reserved word.
export const remove = addressed("DELETE", "delete")

export const update = (
  target: Target,
  ref: WorkspaceSecretRef,
  payload: UpdateWorkspaceSecret
): Either.Either<Call, InvalidArgument> => {
  const url = secretUrl(target, ref)
  const json = encodeUpdate(payload)
  return Either.isRight(url) && Either.isRight(json)
    ? Either.right({
      request: withJson(request("PATCH", url.right, target), json.right),
      secrets: [target.apiKey, ...valueOf(payload)]
    })
    : Either.left(refuse("update")([...violations(url), ...violations(json)]))
}

const violations = (checked: Either.Either<unknown, Refusal>): Refusal => Either.isLeft(checked) ? checked.left : []

export const whoami = (target: Target): Call => ({
  request: request("GET", target.whoami, target),
  secrets: [target.apiKey]
})
