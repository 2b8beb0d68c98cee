import { describe, expect, it } from "@effect/vitest"
import type { UpdateWorkspaceSecret } from "@workspace-secrets/core/UpdateWorkspaceSecret"
import { type WorkspaceSecret, WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Fetch from "../src/fetch.js"
import { makeClient, type Plain } from "../src/promise.js"
import { layer, WorkspaceSecretsClient } from "../src/WorkspaceSecretsClient.js"
import * as ClientTest from "../src/WorkspaceSecretsClientTest.js"
import { secret } from "./support/samples.js"
import { type Received, serve } from "./support/server.js"

interface Fields {
  readonly name?: string
  readonly externalId?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly value?: string
}

interface Body {
  readonly metadata?: Omit<Fields, "value">
  readonly spec?: Pick<Fields, "value">
  readonly updateMask?: string
}

const isEmpty = (value: unknown) =>
  value === undefined || value === "" || (typeof value === "object" && Object.keys(value ?? {}).length === 0)

const without = <A extends object>(fields: A, drop: (value: unknown) => boolean) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => !drop(value))) as Partial<A>

const before: Fields = { name: "name", externalId: "a/b", labels: { env: "prod" }, value: "value" }

/** The fields that an update without a mask writes, in the first and second revision of the contract. */
const rules = {
  "the fields that are there": (value: unknown) => value !== undefined,
  "the fields that are not empty": (value: unknown) => !isEmpty(value)
}

/** A server with one secret that follows one of these rules. A mask has the same meaning in both: its fields are written or cleared. */
const serveOne = (isWritten: (value: unknown) => boolean) =>
  Effect.gen(function*() {
    let stored = before
    const reply = ({ body }: Received) => {
      const { metadata = {}, spec = {}, updateMask = "" } = JSON.parse(body) as Body
      const given: Fields = { ...metadata, ...spec }
      if (updateMask === "" && "metadata" in (JSON.parse(body) as Body) && metadata.name === undefined) {
        return { status: 400, body: { code: 3, message: "metadata.name is required without a mask" } }
      }
      const masked = updateMask.split(",").map((path) => path.split(".").at(-1))
      stored = updateMask === ""
        ? { ...stored, ...without(given, (value) => !isWritten(value)) }
        : without(
          { ...stored, ...Object.fromEntries(masked.map((field = "") => [field, Reflect.get(given, field)])) },
          isEmpty
        )
      const { value, ...kept } = stored
      const { externalId: _, labels: __, ...rest } = secret.metadata
      return { body: { ...secret, metadata: { ...rest, ...kept }, spec: { value } } }
    }
    return { ...yield* serve(reply), stored: () => stored }
  })

type Payload = Plain<UpdateWorkspaceSecret>

const wrap = (payload: Payload) =>
  (typeof payload.spec?.value === "string"
    ? { ...payload, spec: { value: Redacted.make(payload.spec.value) } }
    : payload) as UpdateWorkspaceSecret

const id = WorkspaceSecretId.make("wsec_1")
const apiKey = Redacted.make("key")

const connect = (baseUrl: string) =>
  layer({ apiKey, baseUrl }).pipe(
    Layer.provide(Fetch.layer()),
    Layer.build,
    Effect.map(Context.get(WorkspaceSecretsClient))
  )

const connectPromise = (baseUrl: string) =>
  Effect.acquireRelease(
    Effect.sync(() => makeClient({ apiKey, baseUrl })),
    (client) => Effect.promise(() => client.close())
  )

/** Each way to call `update`. */
const entries: Readonly<
  Record<string, (url: string, payload: Payload) => Effect.Effect<WorkspaceSecret, unknown, Scope.Scope>>
> = {
  "the client": (url, payload) => Effect.flatMap(connect(url), (secrets) => secrets.update(id, wrap(payload))),
  "withResponse": (url, payload) =>
    Effect.flatMap(
      connect(url),
      ({ withResponse }) => Effect.map(withResponse.update(id, wrap(payload)), ({ value }) => value)
    ),
  "the client of promises": (url, payload) =>
    Effect.flatMap(connectPromise(url), (secrets) => Effect.tryPromise(() => secrets.update(id, payload))),
  "withResponse of promises": (url, payload) =>
    Effect.flatMap(
      connectPromise(url),
      ({ withResponse }) => Effect.tryPromise(() => withResponse.update(id, payload).then(({ value }) => value))
    )
}

const nothing = [
  {},
  { metadata: {} },
  { spec: {} },
  { metadata: {}, spec: {}, updateMask: [] },
  { metadata: { name: undefined, externalId: undefined, labels: undefined }, spec: { value: undefined } },
  { metadata: undefined, spec: undefined, updateMask: undefined }
] satisfies ReadonlyArray<Payload>

const { externalId: _, ...unaddressed } = before
const { labels: __, ...unlabelled } = before
const { value: ___, ...valueless } = before

const updates: ReadonlyArray<readonly [what: string, payload: Payload, mask: string | undefined, after: Fields]> = [
  ["a field", { metadata: { name: "b" } }, "metadata.name", { ...before, name: "b" }],
  [
    "all fields",
    { metadata: { name: "b", externalId: "c", labels: { team: "core" } }, spec: { value: "two" } },
    "metadata.name,metadata.externalId,metadata.labels,spec.value",
    {
      name: "b",
      externalId: "c",
      labels: { team: "core" },
      value: "two"
    }
  ],
  ["metadata without a name", { metadata: { labels: { team: "core" } } }, "metadata.labels", {
    ...before,
    labels: { team: "core" }
  }],
  ["an empty external id", { metadata: { externalId: "" } }, "metadata.externalId", unaddressed],
  ["empty labels", { metadata: { labels: {} } }, "metadata.labels", unlabelled],
  ["an empty value", { spec: { value: "" } }, "spec.value", valueless],
  [
    "a name and all else empty",
    { metadata: { name: "b", externalId: "", labels: {} }, spec: { value: "" } },
    "metadata.name,metadata.externalId,metadata.labels,spec.value",
    { name: "b" }
  ],
  ["an empty mask", { spec: { value: "two" }, updateMask: [] }, "spec.value", { ...before, value: "two" }],
  [
    "a mask of its own, which wins",
    { metadata: { name: "b" }, spec: { value: "two" }, updateMask: ["spec.value"] },
    "spec.value",
    {
      ...before,
      value: "two"
    }
  ],
  ["a mask of its own, which clears", { updateMask: ["metadata.labels", "spec.value"] }, "metadata.labels,spec.value", {
    name: "name",
    externalId: "a/b"
  }],
  ...nothing.map((payload) => [`nothing: ${JSON.stringify(payload)}`, payload, undefined, before] as const)
]

describe.each(Object.entries(rules))("an update, to a server that writes %s without a mask,", (_, isWritten) => {
  describe.each(Object.entries(entries))("by %s", (_, update) => {
    it.scopedLive.each(updates)("writes the same: %s", ([_, payload, mask, after]) =>
      Effect.gen(function*() {
        const { received, stored, url } = yield* serveOne(isWritten)
        const { metadata, spec } = yield* update(url, payload)
        expect(stored()).toEqual(after)
        expect(without({ ...metadata, ...spec }, isEmpty)).toMatchObject(
          without({ ...after, value: undefined }, isEmpty)
        )
        expect(spec.value && Redacted.value(spec.value)).toBe(after.value)
        expect(received).toHaveLength(1)
        const body = JSON.parse(received[0]?.body ?? "") as Body
        expect(body.updateMask).toBe(mask)
        if (mask === undefined) {
          expect(received[0]?.body).toBe("{}")
        }
      }))
  })
})

describe("an update of the test client", () => {
  it.effect("receives the caller's payload, without a mask", () =>
    Effect.gen(function*() {
      const given: Array<unknown> = []
      const secrets = ClientTest.make({
        update: (_, payload) => Effect.sync(() => (given.push(payload), ClientTest.secret()))
      })
      const client = ClientTest.makeClient({
        update: (_, payload) => Promise.resolve((given.push(payload), ClientTest.secret()))
      })
      const payloads = updates.map(([, payload]) => payload)
      for (const payload of payloads) {
        yield* secrets.update(id, wrap(payload))
        yield* secrets.withResponse.update(id, wrap(payload))
        yield* Effect.promise(() => client.update(id, payload))
        yield* Effect.promise(() => client.withResponse.update(id, payload))
      }
      expect(given).toEqual(payloads.flatMap((payload) => [wrap(payload), wrap(payload), payload, payload]))
    }))
})
