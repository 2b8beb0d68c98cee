/**
 * The handlers of the API. Each makes one call to a service.
 *
 * @since 0.1.0
 */
import type * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import type * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import type * as ApiError from "@workspace-secrets/core/ApiError"
import type { WireError } from "@workspace-secrets/core/ErrorResponse"
import { WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Tenant } from "../world/Tenant.js"
import { WorkspaceSecrets } from "../world/WorkspaceSecrets.js"
import type { ProfilesGroup, WorkspaceSecretsGroup } from "./Api.js"

type Endpoint = HttpApiGroup.HttpApiGroup.Endpoints<typeof WorkspaceSecretsGroup | typeof ProfilesGroup>

/**
 * A decoded request to an endpoint, with its tenant.
 *
 * @since 0.1.0
 * @category models
 */
export interface Request<E extends HttpApiEndpoint.HttpApiEndpoint.Any> {
  readonly tenant: Tenant
  readonly path: HttpApiEndpoint.HttpApiEndpoint.PathParsed<E>
  readonly urlParams: HttpApiEndpoint.HttpApiEndpoint.UrlParams<E>
  readonly payload: HttpApiEndpoint.HttpApiEndpoint.Payload<E>
}

/**
 * One handler per endpoint, by the endpoint's name. Both path layouts share them; the dispatcher has already checked the workspace in the
 * path. A synchronous handler returns an `Either`, which the dispatcher runs without a fiber.
 *
 * @since 0.1.0
 * @category models
 */
export type Handlers = {
  readonly [E in Endpoint as HttpApiEndpoint.HttpApiEndpoint.Name<E>]: (
    request: Request<E>
  ) => Effect.Effect<HttpApiEndpoint.HttpApiEndpoint.Success<E>, ApiError.ApiError | WireError>
}

/**
 * Makes the handlers.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<Handlers, never, WorkspaceSecrets> = Effect.map(
  WorkspaceSecrets,
  (secrets) => {
    const show = ({ settings }: Tenant) => (secret: WorkspaceSecret) =>
      settings.writeOnlyValues === true ? new WorkspaceSecret({ ...secret, spec: {} }, true) : secret
    return {
      list: ({ tenant, urlParams }) =>
        Either.map(
          secrets.list(tenant, urlParams),
          ({ items, pagination }) => new WorkspaceSecretPage({ items: items.map(show(tenant)), pagination }, true)
        ),
      create: ({ payload, tenant }) => Either.map(secrets.create(tenant, payload), show(tenant)),
      get: ({ path, tenant }) => Either.map(secrets.get(tenant, path.id), show(tenant)),
      update: ({ path, payload, tenant }) => Either.map(secrets.update(tenant, path.id, payload), show(tenant)),
      delete: ({ path, tenant }) => Either.map(secrets.delete(tenant, path.id), () => ({})),
      whoami: ({ tenant }) => Either.right(tenant.profile)
    }
  }
)
