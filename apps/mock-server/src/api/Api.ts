/**
 * The declaration of the API. The dispatcher serves it, and the OpenAPI document is made from it.
 *
 * @since 0.1.0
 */
import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiMiddleware from "@effect/platform/HttpApiMiddleware"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as HttpApiSecurity from "@effect/platform/HttpApiSecurity"
import * as OpenApi from "@effect/platform/OpenApi"
import { CreateWorkspaceSecret } from "@workspace-secrets/core/CreateWorkspaceSecret"
import { ListWorkspaceSecrets, WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { Profile } from "@workspace-secrets/core/Profile"
import { Status } from "@workspace-secrets/core/Status"
import { UpdateWorkspaceSecret } from "@workspace-secrets/core/UpdateWorkspaceSecret"
import { WorkspaceSecret, WorkspaceSecretRef } from "@workspace-secrets/core/WorkspaceSecret"
import * as Schema from "effect/Schema"

const status = (code: number, description: string) =>
  // Sets the identifier again: annotations of a schema drop it.
  Status.annotations({ ...HttpApiSchema.annotations({ status: code, description }), identifier: "Status" })

const badRequestDescription = "INVALID_ARGUMENT, FAILED_PRECONDITION: the request or the state it meets is wrong"

const badRequest = status(400, badRequestDescription)
const unauthenticated = status(401, "UNAUTHENTICATED: no key, a malformed or an unknown one")
const permissionDenied = status(
  403,
  "PERMISSION_DENIED: a workspace that the key has no access to or that is archived; a key without the scope"
)
const notFound = status(404, "NOT_FOUND: no such secret in this workspace")
const alreadyExists = status(
  409,
  "ALREADY_EXISTS, ABORTED: the external id is taken, or another change came in between"
)
const tooLarge = status(413, "INVALID_ARGUMENT: a body over 1 MiB")
const unsupported = status(415, "INVALID_ARGUMENT: a body that is not JSON")

const Deleted = Schema.Struct({}).annotations({ identifier: "Deleted", description: "Nothing more to say" })

const list = <const Path extends HttpApiEndpointPath>(path: Path) =>
  HttpApiEndpoint.get("list", path)
    .setUrlParams(ListWorkspaceSecrets)
    .addSuccess(WorkspaceSecretPage)
    .addError(badRequest)
    .annotate(OpenApi.Summary, "List secrets")
    .annotate(
      OpenApi.Description,
      "The secrets that match all filters, ordered by creation time. `nextCursor` is empty on the last page. Items contain `info` only with `includeInfo=true`."
    )

const create = <const Path extends HttpApiEndpointPath>(path: Path) =>
  HttpApiEndpoint.post("create", path)
    .setPayload(CreateWorkspaceSecret)
    .addSuccess(WorkspaceSecret)
    .addError(badRequest)
    .addError(alreadyExists)
    .addError(tooLarge)
    .addError(unsupported)
    .annotate(OpenApi.Summary, "Create a secret")
    .annotate(
      OpenApi.Description,
      "The server sets ids and times. The response is the whole secret, including its value if the server returns values."
    )

const get = <const Path extends HttpApiEndpointPath>(path: Path) =>
  HttpApiEndpoint.get("get", path)
    .addSuccess(WorkspaceSecret)
    .addError(badRequest)
    .addError(notFound)
    .annotate(OpenApi.Summary, "Get a secret by its id or its external id")
    .annotate(
      OpenApi.Description,
      "The whole secret, including its value if the server returns values."
    )

const update = <const Path extends HttpApiEndpointPath>(path: Path) =>
  HttpApiEndpoint.patch("update", path)
    .setPayload(UpdateWorkspaceSecret)
    .addSuccess(WorkspaceSecret)
    .addError(badRequest)
    .addError(notFound)
    .addError(alreadyExists)
    .addError(tooLarge)
    .addError(unsupported)
    .annotate(OpenApi.Summary, "Update a secret")
    .annotate(
      OpenApi.Description,
      "Writes the fields in `updateMask`. A masked field that is absent or empty in the body is cleared. Without a mask, the fields that are present and not empty are written. Labels are replaced as a whole. An update without anything to write is a 200 and changes nothing."
    )

const remove = <const Path extends HttpApiEndpointPath>(path: Path) =>
  HttpApiEndpoint.del("delete", path)
    .addSuccess(Deleted)
    .addError(badRequest)
    .addError(notFound)
    .annotate(OpenApi.Summary, "Delete a secret")
    .annotate(
      OpenApi.Description,
      "The external id can be used again afterwards. A second delete is NOT_FOUND."
    )

type HttpApiEndpointPath = `/${string}`

const Id = Schema.Struct({ id: WorkspaceSecretRef })
const Workspace = Schema.Struct({
  workspaceId: Schema.String.annotations({ description: "The id of the workspace, or its alias" })
})
const WorkspaceAndId = Schema.Struct({ ...Workspace.fields, ...Id.fields })

/**
 * Declares that every operation needs an API key (WIRE.md, Transport: Auth). The dispatcher checks it.
 *
 * @since 0.1.0
 * @category api
 */
export class Authentication extends HttpApiMiddleware.Tag<Authentication>()(
  "@workspace-secrets/mock-server/Authentication",
  { security: { bearer: HttpApiSecurity.bearer }, failure: unauthenticated }
) {}

const collection = "/v1/workspace_secrets"
const scopedCollection = "/v1/workspaces/:workspaceId/workspace_secrets"

/**
 * The five operations on the workspace of the API key (WIRE.md, Operations).
 *
 * @since 0.1.0
 * @category api
 */
export class WorkspaceSecretsGroup extends HttpApiGroup.make("workspace_secrets")
  .add(list(collection))
  .add(create(collection))
  .add(get(`${collection}/:id`).setPath(Id))
  .add(update(`${collection}/:id`).setPath(Id))
  .add(remove(`${collection}/:id`).setPath(Id))
  .addError(permissionDenied)
  .middleware(Authentication)
  .annotate(OpenApi.Title, "Workspace secrets")
  .annotate(OpenApi.Description, "The secrets of the workspace that the API key belongs to.")
{}

/**
 * The same five operations with the workspace in the path (WIRE.md, Workspace-scoped paths).
 *
 * @since 0.1.0
 * @category api
 */
export class ScopedWorkspaceSecretsGroup extends HttpApiGroup.make("workspaces.workspace_secrets")
  .add(list(scopedCollection).setPath(Workspace))
  .add(create(scopedCollection).setPath(Workspace))
  .add(get(`${scopedCollection}/:id`).setPath(WorkspaceAndId))
  .add(update(`${scopedCollection}/:id`).setPath(WorkspaceAndId))
  .add(remove(`${scopedCollection}/:id`).setPath(WorkspaceAndId))
  .addError(permissionDenied)
  .middleware(Authentication)
  .annotate(OpenApi.Title, "Secrets of a named workspace")
  .annotate(OpenApi.Description, "The same operations, with the workspace in the path.")
{}

/**
 * Returns the profile of the API key (WIRE.md, Operations: whoami).
 *
 * @since 0.1.0
 * @category api
 */
export class ProfilesGroup extends HttpApiGroup.make("profiles")
  .add(
    HttpApiEndpoint.get("whoami", "/v1/whoami")
      .addSuccess(Profile)
      .addError(badRequest)
      .annotate(OpenApi.Summary, "Get the profile of the API key")
      .annotate(
        OpenApi.Description,
        "The profile that the key acts as. New secrets have it as `createdBy`."
      )
  )
  .middleware(Authentication)
  .annotate(OpenApi.Title, "Profiles")
  .annotate(OpenApi.Description, "Users, API keys and the system, as actors in the account.")
{}

const badRequestResponse: OpenApi.OpenApiSpecResponse = {
  description: badRequestDescription,
  content: { "application/json": { schema: { $ref: "#/components/schemas/Status" } } }
}

/** HttpApi declares its own 400 for every endpoint. Here, every error is a google.rpc.Status. */
const withoutDecodeError = (spec: OpenApi.OpenAPISpec): OpenApi.OpenAPISpec => {
  for (const operation of Object.values(spec.paths).flatMap((path) => Object.values(path))) {
    operation.responses[400] = badRequestResponse
  }
  const { HttpApiDecodeError: _error, Issue: _issue, PropertyKey: _key, ...schemas } = spec.components.schemas
  return { ...spec, components: { ...spec.components, schemas } }
}

/**
 * The Workspace Secrets API.
 *
 * @since 0.1.0
 * @category api
 */
export class Api extends HttpApi.make("workspace-secrets")
  .add(WorkspaceSecretsGroup)
  .add(ScopedWorkspaceSecretsGroup)
  .add(ProfilesGroup)
  .annotate(OpenApi.Title, "Workspace Secrets API")
  .annotate(OpenApi.Version, "v1")
  .annotate(OpenApi.Transform, (spec) => withoutDecodeError(spec as OpenApi.OpenAPISpec))
{}
