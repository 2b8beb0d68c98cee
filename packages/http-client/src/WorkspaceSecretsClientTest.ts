/**
 * A client for unit tests: it answers from a plain object, without a network.
 *
 * @since 0.1.0
 */
import { codec } from "@workspace-secrets/core/Codec"
import { Cursor, WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { Profile } from "@workspace-secrets/core/Profile"
import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { OperationName } from "./ClientError.js"
import type { Client } from "./promise.js"
import { WorkspaceSecretsClient } from "./WorkspaceSecretsClient.js"

/**
 * The operations that a test expects to be called. `stream` defaults to `list`.
 *
 * @since 0.1.0
 * @category models
 */
export type Answers = Partial<Omit<WorkspaceSecretsClient.Service, "withResponse">>

/**
 * The same for a client of `@workspace-secrets/http-client/promise`. `listAll` defaults to `list`.
 *
 * @since 0.1.0
 * @category models
 */
export type ClientAnswers = Partial<Client.Operations & Pick<Client, "listAll">>

const response = { status: 200, headers: {}, requestId: undefined, attempts: 1 }

const withResponse = <A>(value: A) => ({ value, response })

/** An empty cursor is unset. */
const isCursor = <A extends string>(cursor: A | undefined): cursor is A => cursor !== undefined && cursor !== ""

const noAnswer = (operation: OperationName): Error =>
  new Error(`unexpected call of ${operation}: add ${operation} to the answers of the test client`)

/**
 * Makes a client with these operations. Any other operation dies with an error that names it. `withResponse` has the
 * same operations, with status 200. Operations receive the caller's parameters unchanged: `update` receives the payload
 * without the mask that a real client adds.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (answers: Answers = {}): WorkspaceSecretsClient.Service => {
  const dies = (operation: OperationName) => () => Effect.die(noAnswer(operation))
  const { list = dies("list") } = answers
  const calls = {
    list,
    create: answers.create ?? dies("create"),
    get: answers.get ?? dies("get"),
    update: answers.update ?? dies("update"),
    delete: answers.delete ?? dies("delete"),
    whoami: answers.whoami ?? dies("whoami")
  }
  const stream: WorkspaceSecretsClient.Service["stream"] = (params = {}, options) =>
    Stream.paginateChunkEffect(
      params,
      (params) =>
        Effect.map(list(params, options), ({ items, pagination: { nextCursor } }) => [
          Chunk.fromIterable(items),
          Option.map(Option.liftPredicate(isCursor)(nextCursor), (cursor) => ({ ...params, cursor }))
        ])
    )
  return WorkspaceSecretsClient.of({
    ...calls,
    stream: answers.stream ?? stream,
    withResponse: {
      list: (...args) => Effect.map(calls.list(...args), withResponse),
      create: (...args) => Effect.map(calls.create(...args), withResponse),
      get: (...args) => Effect.map(calls.get(...args), withResponse),
      update: (...args) => Effect.map(calls.update(...args), withResponse),
      delete: (...args) => Effect.map(calls.delete(...args), withResponse),
      whoami: (...args) => Effect.map(calls.whoami(...args), withResponse)
    }
  })
}

/**
 * A layer that provides a client with these operations.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (answers: Answers = {}): Layer.Layer<WorkspaceSecretsClient> =>
  Layer.sync(WorkspaceSecretsClient, () => make(answers))

/**
 * The same for `@workspace-secrets/http-client/promise`. Any other operation is rejected with an error that names it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeClient = (answers: ClientAnswers = {}): Client => {
  const rejects = (operation: OperationName) => () => Promise.reject(noAnswer(operation))
  const { list = rejects("list") } = answers
  const calls: Client.Operations = {
    list,
    create: answers.create ?? rejects("create"),
    get: answers.get ?? rejects("get"),
    update: answers.update ?? rejects("update"),
    delete: answers.delete ?? rejects("delete"),
    whoami: answers.whoami ?? rejects("whoami")
  }
  const listAll: Client["listAll"] = async function*(params = {}, options) {
    for (let next: typeof params | undefined = params; next !== undefined;) {
      const { items, pagination: { nextCursor } }: WorkspaceSecretPage = await list(next, options)
      yield* items
      next = isCursor(nextCursor) ? { ...next, cursor: nextCursor } : undefined
    }
  }
  const close = () => Promise.resolve()
  return {
    ...calls,
    listAll: answers.listAll ?? listAll,
    withResponse: {
      list: (...args) => calls.list(...args).then(withResponse),
      create: (...args) => calls.create(...args).then(withResponse),
      get: (...args) => calls.get(...args).then(withResponse),
      update: (...args) => calls.update(...args).then(withResponse),
      delete: (...args) => calls.delete(...args).then(withResponse),
      whoami: (...args) => calls.whoami(...args).then(withResponse)
    },
    close,
    [Symbol.asyncDispose]: close
  }
}

// Uses the client's decoder, so that unset fields are absent, as in a real client.
const secretCodec = codec(WorkspaceSecret)
const profileCodec = codec(Profile)

/**
 * Makes a secret from a partial JSON object, with defaults for the rest. Throws if the JSON is invalid.
 *
 * @since 0.1.0
 * @category samples
 */
export const secret = (
  json: {
    readonly metadata?: Partial<typeof WorkspaceSecret.Encoded["metadata"]> | undefined
    readonly spec?: typeof WorkspaceSecret.Encoded["spec"] | undefined
    readonly info?: typeof WorkspaceSecret.Encoded["info"] | undefined
  } = {}
): WorkspaceSecret =>
  Either.getOrThrow(secretCodec.decode({
    metadata: {
      id: "wsecret_01JD8X6Q2V5T9RZK3M7N4P0ABC",
      accountId: "account_01JD8X5H3N8G2QW6C1V9B7M4KT",
      createdAt: "2026-01-01T00:00:00.000Z",
      name: "Test",
      profileId: "profile_01JD8X5J4R7Y0D2F6S8A3H5ZWE",
      workspaceId: "workspace_01JD8X5HXM1P6T4K9C3V7N2BQG",
      ...json.metadata
    },
    spec: json.spec ?? {},
    info: json.info
  }))

/**
 * Makes a page of secrets. Without a cursor, it is the last page.
 *
 * @since 0.1.0
 * @category samples
 */
export const page = (
  items: ReadonlyArray<WorkspaceSecret>,
  nextCursor?: string
): WorkspaceSecretPage =>
  new WorkspaceSecretPage({
    items,
    pagination: isCursor(nextCursor) ? { nextCursor: Cursor.make(nextCursor) } : {}
  })

/**
 * Makes a profile from a partial JSON object, with defaults for the rest.
 *
 * @since 0.1.0
 * @category samples
 */
export const profile = (
  json: {
    readonly metadata?: Partial<typeof Profile.Encoded["metadata"]> | undefined
    readonly spec?: Partial<typeof Profile.Encoded["spec"]> | undefined
  } = {}
): Profile =>
  Either.getOrThrow(profileCodec.decode({
    metadata: {
      id: "profile_01JD8X5J4R7Y0D2F6S8A3H5ZWE",
      accountId: "account_01JD8X5H3N8G2QW6C1V9B7M4KT",
      name: "test",
      profileId: "profile_01JD8X5J4R7Y0D2F6S8A3H5ZWE",
      ...json.metadata
    },
    spec: { type: "PROFILE_TYPE_API_KEY", ...json.spec }
  }))
