import { InvalidArgument } from "@workspace-secrets/core/ApiError"
import { CreateWorkspaceSecret } from "@workspace-secrets/core/CreateWorkspaceSecret"
import * as FieldMask from "@workspace-secrets/core/FieldMask"
import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import { ListWorkspaceSecrets } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { UpdateWorkspaceSecret } from "@workspace-secrets/core/UpdateWorkspaceSecret"
import { WorkspaceSecretRef } from "@workspace-secrets/core/WorkspaceSecret"
import { identity } from "effect/Function"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { HttpMethod } from "effect/http/HttpMethod"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { OperationName } from "../ClientError.js"
import { isWellFormed, segment as toSegment, type Target } from "./target.js"
import { weakMemo } from "./weakMemo.js"

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

const encoder = <A, I>(schema: Schema.Codec<A, I>, prepare: (input: unknown) => unknown = identity) => {
  const encode = Schema.encodeUnknownResult(schema, { errors: "all" })
  return (input: unknown): Result.Result<I, Refusal> => {
    try {
      return Result.mapError(encode(prepare(input)), FieldViolation.fromSchemaError)
    } catch {
      // A getter threw, or a Redacted was wiped.
      return Result.fail([{ field: "", description: "Expected a readable object; was a Redacted wiped?" }])
    }
  }
}

/** Removes an empty message of an update. Other types stay, so that the schema refuses them. */
const orNothing = (message: unknown) => Predicate.isObject(message) ? undefined : message

/**
 * Adds the mask of the fields that an update contains, if the caller gave none. Without a mask, servers differ: they
 * write the non-empty fields or, in the first revision, the present ones (WIRE.md, Update). An empty update gets no
 * mask, because a mask cannot be empty.
 */
const withMask = (input: unknown): unknown => {
  if (!Predicate.isObject(input)) {
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

const secretUrl = (target: Target, ref: unknown): Result.Result<string, Refusal> =>
  isPlainId(ref)
    ? Result.succeed(`${target.secrets}/${ref}`)
    : encodeRef(ref).pipe(
      Result.flatMap((text) => Result.mapError(toSegment(text), (description) => [{ field: "", description }])),
      Result.map((segment) => `${target.secrets}/${segment}`),
      Result.mapError((violations) => violations.map(({ description }) => ({ field: "id", description })))
    )

// A copy: the original may be wiped before the response, which is masked with the value.
const valueOf = (payload: CreateWorkspaceSecret | UpdateWorkspaceSecret) =>
  payload.spec?.value === undefined ? [] : [Redacted.make(Redacted.value(payload.spec.value))]

/**
 * Encodes the parameters of a list. Omits empty ones, which mean unset. The result is a copy.
 */
export const query = (params: ListWorkspaceSecrets): Result.Result<Query, InvalidArgument> =>
  encodeQuery(params).pipe(
    Result.flatMap((encoded) => {
      const entries = Object.entries(encoded).filter((entry): entry is [string, string] =>
        entry[1] !== undefined && entry[1] !== ""
      )
      // URLSearchParams would replace lone surrogates with U+FFFD, and the server would search for that.
      const broken = entries.filter(([, value]) => !isWellFormed(value))
      return broken.length === 0
        ? Result.succeed(Object.fromEntries(entries))
        : Result.fail(
          broken.map(([field]) => ({ field, description: "Expected well-formed Unicode: no lone surrogates" }))
        )
    }),
    Result.mapError(refuse("list"))
  )

export const list = (target: Target, query: Query): Call => ({
  request: HttpClientRequest.setUrlParams(request("GET", target.secrets, target), query),
  secrets: [target.apiKey]
})

export const create = (target: Target, payload: CreateWorkspaceSecret): Result.Result<Call, InvalidArgument> =>
  encodeCreate(payload).pipe(
    Result.map((json) => ({
      request: withJson(request("POST", target.secrets, target), json),
      secrets: [target.apiKey, ...valueOf(payload)]
    })),
    Result.mapError(refuse("create"))
  )

const addressed =
  (method: HttpMethod, operation: OperationName) =>
  (target: Target, ref: WorkspaceSecretRef): Result.Result<Call, InvalidArgument> =>
    secretUrl(target, ref).pipe(
      Result.map((url) => ({ request: request(method, url, target), secrets: [target.apiKey] })),
      Result.mapError(refuse(operation))
    )

export const get = addressed("GET", "get")

// `delete` is a reserved word.
export const remove = addressed("DELETE", "delete")

export const update = (
  target: Target,
  ref: WorkspaceSecretRef,
  payload: UpdateWorkspaceSecret
): Result.Result<Call, InvalidArgument> => {
  const url = secretUrl(target, ref)
  const json = encodeUpdate(payload)
  return Result.isSuccess(url) && Result.isSuccess(json)
    ? Result.succeed({
      request: withJson(request("PATCH", url.success, target), json.success),
      secrets: [target.apiKey, ...valueOf(payload)]
    })
    : Result.fail(refuse("update")([...violations(url), ...violations(json)]))
}

const violations = (checked: Result.Result<unknown, Refusal>): Refusal =>
  Result.isFailure(checked) ? checked.failure : []

export const whoami = (target: Target): Call => ({
  request: request("GET", target.whoami, target),
  secrets: [target.apiKey]
})
