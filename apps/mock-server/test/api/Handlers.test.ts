import { describe, expect, it } from "@effect/vitest"
import { CreateWorkspaceSecret } from "@workspace-secrets/core/CreateWorkspaceSecret"
import { ListWorkspaceSecrets } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { UpdateWorkspaceSecret } from "@workspace-secrets/core/UpdateWorkspaceSecret"
import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Handlers from "../../src/api/Handlers.js"
import * as Tenant from "../../src/world/Tenant.js"
import { WorkspaceSecrets } from "../../src/world/WorkspaceSecrets.js"

const wire = Schema.encodeSync(WorkspaceSecret)

const body = Schema.decodeSync(CreateWorkspaceSecret)({ metadata: { name: "name" }, spec: { value: "canary" } })
const renamed = Schema.decodeSync(UpdateWorkspaceSecret)({ metadata: { name: "renamed" } })
const query = Schema.decodeSync(ListWorkspaceSecrets)({ includeInfo: "true" })

const making = Effect.all({ tenant: Tenant.make(), handlers: Handlers.make })

/** Calls a handler with the parts of a request that its endpoint has. The others have type never. */
const call = <Request, A, E>(handler: (request: Request) => Effect.Effect<A, E>, request: Partial<Request>) =>
  handler(request as Request)

describe("Handlers", () => {
  it.effect("leave values out of every response with writeOnlyValues", () =>
    Effect.gen(function*() {
      const { handlers, tenant } = yield* making
      yield* tenant.configure({ writeOnlyValues: true })
      const created = yield* call(handlers.create, { tenant, payload: body })
      const path = { id: created.metadata.id }
      const got = yield* call(handlers.get, { tenant, path })
      const page = yield* call(handlers.list, { tenant, urlParams: query })
      const updated = yield* call(handlers.update, { tenant, path, payload: renamed })
      for (const secret of [created, got, ...page.items, updated]) {
        expect(wire(secret).spec).toEqual({})
        expect(JSON.stringify(wire(secret).info)).toBe(JSON.stringify({ createdBy: wire(created).info?.createdBy }))
        expect(secret).toBeInstanceOf(WorkspaceSecret)
      }
      expect(page.items).toHaveLength(1)
      expect(updated.metadata.name).toBe("renamed")
      // An update without the value has not cleared it.
      yield* tenant.configure({ writeOnlyValues: false })
      const kept = yield* call(handlers.get, { tenant, path })
      expect(wire(kept).spec).toEqual({ value: "canary" })
    }).pipe(Effect.provide(WorkspaceSecrets.Default)))

  it.effect("return values in every response otherwise", () =>
    Effect.gen(function*() {
      const { handlers, tenant } = yield* making
      const created = yield* call(handlers.create, { tenant, payload: body })
      const path = { id: created.metadata.id }
      const got = yield* call(handlers.get, { tenant, path })
      const page = yield* call(handlers.list, { tenant, urlParams: query })
      const updated = yield* call(handlers.update, { tenant, path, payload: renamed })
      for (const secret of [created, got, ...page.items, updated]) {
        expect(wire(secret).spec).toEqual({ value: "canary" })
      }
      expect(page.items).toHaveLength(1)
    }).pipe(Effect.provide(WorkspaceSecrets.Default)))

  it.effect("answer delete with an empty object, and whoami with the profile of the key", () =>
    Effect.gen(function*() {
      const { handlers, tenant } = yield* making
      const created = yield* call(handlers.create, { tenant, payload: body })
      const path = { id: created.metadata.id }
      expect(yield* call(handlers.delete, { tenant, path })).toEqual({})
      const gone = yield* Effect.flip(call(handlers.delete, { tenant, path }))
      expect(gone).toMatchObject({ _tag: "WorkspaceSecretNotFound", status: 404 })
      expect(yield* call(handlers.whoami, { tenant })).toBe(tenant.profile)
    }).pipe(Effect.provide(WorkspaceSecrets.Default)))
})
