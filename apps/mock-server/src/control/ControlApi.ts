/**
 * The declaration of the control API under `/_mock`: control operations over HTTP, for tests in another process than the server.
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
import { AccountId } from "@workspace-secrets/core/AccountId"
import { ListWorkspaceSecrets, WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { Status } from "@workspace-secrets/core/Status"
import { WorkspaceId } from "@workspace-secrets/core/WorkspaceId"
import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Schema from "effect/Schema"
import { portable } from "../documents/OpenApiSchema.js"
import { array, expected, NonEmptyText, number, struct } from "../input/StrictSchema.js"
import { FaultRule, FaultStatus } from "../world/Fault.js"
import { JournalEntry, JournalMatch, JournalPage, membersIn, RequestPage } from "../world/Journal.js"
import { Seed } from "../world/Seed.js"
import { Snapshot } from "../world/Snapshot.js"
import { ClockSetting } from "../world/TenantClock.js"
import { TenantSettings } from "../world/TenantSettings.js"

const status = (code: number, description: string) =>
  // Sets the identifier again: annotations of a schema drop it.
  Status.annotations({ ...HttpApiSchema.annotations({ status: code, description }), identifier: "Status" })

const badRequest = status(
  400,
  "INVALID_ARGUMENT, FAILED_PRECONDITION: the request is invalid, or an expectation is not met"
)
const unauthenticated = status(
  401,
  "UNAUTHENTICATED: the token is missing or wrong. The token is the control token of the server; without one, the API key that it was started with"
)
const permissionDenied = status(
  403,
  "PERMISSION_DENIED: without a control token and without an API key that it was started with, a server accepts programs on its own machine only"
)
const notFound = status(404, "NOT_FOUND: no such tenant")
const alreadyExists = status(409, "ALREADY_EXISTS: another tenant has the key or the id")
const timedOut = status(504, "DEADLINE_EXCEEDED: the requests did not come within the timeout")

/**
 * An empty response.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Done = Schema.Struct({}).annotations({ identifier: "Done", description: "Success. The body is empty." })

const TenantId = NonEmptyText.annotations({ description: "The id of the tenant. The first tenant is `default`" })

/**
 * Options of a new tenant.
 *
 * @since 0.1.0
 * @category schemas
 */
export const CreateTenant = struct("CreateTenant", {
  id: Schema.optional(
    Schema.String.pipe(
      Schema.pattern(/^[A-Za-z0-9._~-]{1,100}$/),
      Schema.annotations(expected("1 to 100 letters, digits, or any of - . _ ~"))
    )
  ),
  apiKey: Schema.optional(NonEmptyText),
  seed: Schema.optional(Seed),
  clock: Schema.optional(ClockSetting),
  randomSeed: Schema.optional(
    number("a whole number from 0 to 2^53 - 1", (n) => Number.isSafeInteger(n) && n >= 0, {
      type: "integer",
      minimum: 0
    })
  ),
  faults: Schema.optional(array(FaultRule)),
  journalSize: Schema.optional(
    number("a whole number from 0 to 100000", (n) => Number.isInteger(n) && n >= 0 && n <= 100_000, {
      type: "integer",
      minimum: 0,
      maximum: 100_000
    })
  ),
  ...TenantSettings.fields
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type CreateTenant = typeof CreateTenant.Type

/**
 * A tenant, without its API key.
 *
 * @since 0.1.0
 * @category schemas
 */
export const TenantInfo = struct("TenantInfo", {
  id: NonEmptyText,
  accountId: AccountId,
  workspaceId: WorkspaceId,
  workspaceAlias: WorkspaceId,
  secrets: Schema.Int.annotations({ description: "The number of its secrets" })
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type TenantInfo = typeof TenantInfo.Type

/**
 * A new tenant, with its API key.
 *
 * @since 0.1.0
 * @category schemas
 */
export const CreatedTenant = struct("CreatedTenant", {
  ...TenantInfo.fields,
  apiKey: Schema.Redacted(Schema.String)
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type CreatedTenant = typeof CreatedTenant.Type

const Times = Schema.optional(
  number("a whole number that is not negative", (n) => Number.isSafeInteger(n) && n >= 0, {
    type: "integer",
    minimum: 0
  })
)

const MAX_MEMBERS = 256

/** A filter of a bounded size, because a waiter compares it with every request. */
const Filter = JournalMatch.pipe(
  Schema.filter((match) => membersIn(match) <= MAX_MEMBERS, {
    identifier: "JournalMatch",
    message: () => ({
      message: `Expected at most ${MAX_MEMBERS} fields, nested ones included`,
      override: true
    })
  })
)

const Match = Schema.optional(Filter)

/**
 * The maximum `timeoutMillis` of `waitJournal`, in milliseconds: ten minutes.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxWaitMillis = 600_000

const Path = Schema.Struct({ tenant: TenantId })

/**
 * Declares that the control API takes a bearer token: the control token, or else the API key that the server was started with. The
 * dispatcher checks it.
 *
 * @since 0.1.0
 * @category api
 */
export class ControlToken extends HttpApiMiddleware.Tag<ControlToken>()(
  "@workspace-secrets/mock-server/ControlToken",
  { security: { bearer: HttpApiSecurity.bearer }, failure: Schema.Union(unauthenticated, permissionDenied) }
) {}

const tenant = "/_mock/tenants/:tenant"

const noFault = status(404, "NOT_FOUND: no such tenant, or no fault rule with this name")
const noSecret = status(404, "NOT_FOUND: no such tenant, or no such secret")
const noRequest = status(404, "NOT_FOUND: no journal holds a request with this number")
const tooMany = status(429, "RESOURCE_EXHAUSTED: the maximum number of streams is open")

/**
 * The API key of a tenant.
 *
 * @since 0.1.0
 * @category schemas
 */
export const TenantKey = struct("TenantKey", { apiKey: Schema.Redacted(Schema.String) })

/**
 * A whole number in a path or a query.
 *
 * @since 0.1.0
 * @category schemas
 */
export const NaturalText = Schema.String.pipe(
  Schema.pattern(/^\d{1,15}$/, { ...expected("a whole number"), jsonSchema: { type: "integer", minimum: 0 } })
)

/**
 * The query parameters of the list and the stream of requests.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Listed = {
  after: Schema.optional(
    NaturalText.annotations({ description: "Only requests that ended after the request with this number" })
  ),
  tenant: Schema.optional(NonEmptyText.annotations({ description: "Only requests of this tenant" }))
}

/**
 * The requests of all tenants.
 *
 * @since 0.1.0
 * @category api
 */
export class RequestsGroup extends HttpApiGroup.make("requests")
  .add(
    HttpApiEndpoint.get("listRequests", "/_mock/requests")
      .setUrlParams(Schema.Struct(Listed)).addSuccess(RequestPage)
      .annotate(OpenApi.Summary, "List the last requests of all tenants")
      .annotate(
        OpenApi.Description,
        "Oldest first, at most 1000, without headers and bodies. Pass `next` as `after` to get later requests."
      )
  )
  .add(
    HttpApiEndpoint.get("getRequest", "/_mock/requests/:number")
      .setPath(Schema.Struct({ number: NaturalText.annotations({ description: "The number of the request" }) }))
      .addSuccess(JournalEntry).addError(noRequest)
      .annotate(OpenApi.Summary, "Get a request by its number")
      .annotate(OpenApi.Description, "With its headers and bodies. Values of secrets and API keys are masked.")
  )
  .addError(badRequest)
  .middleware(ControlToken)
  .annotate(OpenApi.Description, "The requests of all tenants, in the order in which they ended.")
{}

/**
 * The requests of all tenants as a stream. It lasts until either side closes it.
 *
 * @since 0.1.0
 * @category api
 */
export class StreamGroup extends HttpApiGroup.make("stream")
  .add(
    HttpApiEndpoint.get("streamRequests", "/_mock/requests/stream")
      .setUrlParams(Schema.Struct(Listed))
      .addSuccess(HttpApiSchema.Text({ contentType: "text/event-stream" }))
      .addError(tooMany)
      .annotate(OpenApi.Summary, "Stream the requests of all tenants")
      .annotate(
        OpenApi.Description,
        "Server-sent events. The data of each event is a page, as in `listRequests`. The first event is sent at once, the others when requests end."
      )
  )
  .addError(badRequest)
  .middleware(ControlToken)
  .annotate(OpenApi.Description, "The requests of all tenants, when they end.")
{}

const Entries = struct("JournalEntries", { entries: Schema.Array(JournalEntry) })
const Faults = struct("Faults", { faults: array(FaultStatus) })

/**
 * Checks that the server answers. Needs no token.
 *
 * @since 0.1.0
 * @category api
 */
export class HealthGroup extends HttpApiGroup.make("health")
  .add(
    HttpApiEndpoint.get("health", "/_mock/health")
      .addSuccess(Schema.Struct({ status: Schema.Literal("ok") }).annotations({ identifier: "Health" }))
      .annotate(OpenApi.Summary, "Check that the server answers")
      .annotate(OpenApi.Description, "Needs no token.")
  )
  .annotate(OpenApi.Description, "Whether the server is ready.")
{}

/**
 * Tenants, and the control operations on each.
 *
 * @since 0.1.0
 * @category api
 */
export class TenantsGroup extends HttpApiGroup.make("tenants")
  .add(
    HttpApiEndpoint.get("listTenants", "/_mock/tenants")
      .addSuccess(struct("TenantList", { tenants: Schema.Array(TenantInfo) }))
      .annotate(OpenApi.Summary, "List the tenants, without their keys")
      .annotate(
        OpenApi.Description,
        "Every tenant, the first one included."
      )
  )
  .add(
    HttpApiEndpoint.post("createTenant", "/_mock/tenants")
      .setPayload(CreateTenant)
      .addSuccess(CreatedTenant)
      .addError(alreadyExists)
      .annotate(OpenApi.Summary, "Create a tenant")
      .annotate(
        OpenApi.Description,
        "A tenant is isolated: it has its own secrets, clock, ids, faults and journal. Without `apiKey`, it gets a new API key."
      )
  )
  .add(
    HttpApiEndpoint.get("getTenant", tenant).setPath(Path).addSuccess(TenantInfo).addError(notFound)
      .annotate(OpenApi.Summary, "Get a tenant")
      .annotate(OpenApi.Description, "Its ids, and the number of its secrets.")
  )
  .add(
    HttpApiEndpoint.del("deleteTenant", tenant).setPath(Path).addSuccess(Done).addError(notFound)
      .annotate(OpenApi.Summary, "Remove a tenant")
      .annotate(OpenApi.Description, "Its API key gets 401 afterwards.")
  )
  .add(
    HttpApiEndpoint.post("reset", `${tenant}/reset`).setPath(Path).addSuccess(Done).addError(notFound)
      .annotate(OpenApi.Summary, "Reset a tenant")
      .annotate(
        OpenApi.Description,
        "Restores data, settings, clock, ids and faults to their initial state, and clears the journal."
      )
  )
  .add(
    HttpApiEndpoint.put("seed", `${tenant}/seed`).setPath(Path).setPayload(Seed).addSuccess(Done).addError(notFound)
      .annotate(OpenApi.Summary, "Replace the data of a tenant with a seed")
      .annotate(
        OpenApi.Description,
        "If anything in the seed is invalid, the data stays as it was. Clock and ids continue."
      )
  )
  .add(
    HttpApiEndpoint.get("getSnapshot", `${tenant}/snapshot`).setPath(Path).addSuccess(Snapshot).addError(notFound)
      .annotate(OpenApi.Summary, "Get a snapshot of a tenant")
      .annotate(
        OpenApi.Description,
        "Data, settings, clock and ids. It contains the values of the secrets in plain text."
      )
  )
  .add(
    HttpApiEndpoint.put("restore", `${tenant}/snapshot`).setPath(Path).setPayload(Snapshot).addSuccess(Done)
      .addError(notFound)
      .annotate(OpenApi.Summary, "Restore a snapshot")
      .annotate(OpenApi.Description, "Restores data, settings, clock and ids to the state when the snapshot was taken.")
  )
  .add(
    HttpApiEndpoint.get("getApiKey", `${tenant}/api_key`).setPath(Path).addSuccess(TenantKey).addError(notFound)
      .annotate(OpenApi.Summary, "Get the API key of a tenant")
      .annotate(OpenApi.Description, "In plain text.")
  )
  .add(
    HttpApiEndpoint.get("peekSecrets", `${tenant}/secrets`).setPath(Path)
      // A plain struct, because OpenApi finds no parameters in a schema with an identifier.
      .setUrlParams(Schema.Struct(ListWorkspaceSecrets.fields)).addSuccess(WorkspaceSecretPage).addError(notFound)
      .annotate(OpenApi.Summary, "List the secrets without side effects")
      .annotate(
        OpenApi.Description,
        "The same list as in the API, with each value masked. Applies no fault, and changes neither journal nor clock."
      )
  )
  .add(
    HttpApiEndpoint.get("peekSecret", `${tenant}/secrets/:secret`)
      .setPath(Schema.Struct({
        tenant: TenantId,
        secret: NonEmptyText.annotations({ description: "The id of the secret" })
      }))
      .addSuccess(WorkspaceSecret).addError(noSecret)
      .annotate(OpenApi.Summary, "Get a secret without side effects")
      .annotate(OpenApi.Description, "Contains the value. Applies no fault, and changes neither journal nor clock.")
  )
  .add(
    HttpApiEndpoint.get("getSettings", `${tenant}/settings`).setPath(Path).addSuccess(TenantSettings)
      .addError(notFound)
      .annotate(OpenApi.Summary, "Get the settings of a tenant")
      .annotate(OpenApi.Description, "A setting that is absent has its default.")
  )
  .add(
    HttpApiEndpoint.patch("setSettings", `${tenant}/settings`).setPath(Path).setPayload(TenantSettings).addSuccess(Done)
      .addError(notFound)
      .annotate(OpenApi.Summary, "Change the settings of a tenant")
      .annotate(OpenApi.Description, "Changes the given settings. The others stay.")
  )
  .add(
    HttpApiEndpoint.get("listFaults", `${tenant}/faults`).setPath(Path).addSuccess(Faults).addError(notFound)
      .annotate(OpenApi.Summary, "List the fault rules")
      .annotate(
        OpenApi.Description,
        "Each rule has the number of requests that matched it, and of those it was applied to."
      )
  )
  .add(
    HttpApiEndpoint.put("putFaults", `${tenant}/faults`).setPath(Path)
      .setPayload(struct("PutFaults", { faults: array(FaultRule) }))
      .addSuccess(Done).addError(notFound)
      .annotate(OpenApi.Summary, "Replace the fault rules")
      .annotate(OpenApi.Description, "The first matching rule that is due is applied to a request.")
  )
  .add(
    HttpApiEndpoint.post("addFaults", `${tenant}/faults`).setPath(Path)
      .setPayload(struct("AddFaults", { faults: array(FaultRule) }))
      .addSuccess(Done).addError(notFound)
      .annotate(OpenApi.Summary, "Add fault rules")
      .annotate(OpenApi.Description, "Adds the rules after the existing ones, whose counts stay.")
  )
  .add(
    HttpApiEndpoint.del("removeFault", `${tenant}/faults/:fault`)
      .setPath(Schema.Struct({
        tenant: TenantId,
        fault: NonEmptyText.annotations({ description: "The name of the rule" })
      }))
      .addSuccess(Done).addError(noFault)
      .annotate(OpenApi.Summary, "Remove a fault rule")
      .annotate(OpenApi.Description, "The counts of the other rules stay.")
  )
  .add(
    HttpApiEndpoint.del("clearFaults", `${tenant}/faults`).setPath(Path).addSuccess(Done).addError(notFound)
      .annotate(OpenApi.Summary, "Remove all fault rules")
      .annotate(OpenApi.Description, "Requests are answered without faults afterwards.")
  )
  .add(
    HttpApiEndpoint.post("assertFaultsHit", `${tenant}/faults/assert_all_hit`).setPath(Path).addSuccess(Done)
      .addError(notFound)
      .annotate(OpenApi.Summary, "Check that every fault rule was applied")
      .annotate(OpenApi.Description, "Fails with FAILED_PRECONDITION if a rule was never applied.")
  )
  .add(
    HttpApiEndpoint.post("listJournal", `${tenant}/journal/list`).setPath(Path)
      .setPayload(struct("ListJournal", { match: Match })).addSuccess(JournalPage).addError(notFound)
      .annotate(OpenApi.Summary, "List the recorded requests that match")
      .annotate(OpenApi.Description, "Oldest first. Values of secrets and API keys are masked.")
  )
  .add(
    HttpApiEndpoint.post("countJournal", `${tenant}/journal/count`).setPath(Path)
      .setPayload(struct("CountJournal", { match: Match }))
      .addSuccess(struct("JournalCount", { count: Schema.Int })).addError(notFound)
      .annotate(OpenApi.Summary, "Count the recorded requests that match")
      .annotate(OpenApi.Description, "Without `match`, all requests count.")
  )
  .add(
    HttpApiEndpoint.post("expectJournal", `${tenant}/journal/expect`).setPath(Path)
      .setPayload(struct("ExpectJournal", { match: Filter, times: Times })).addSuccess(Entries).addError(notFound)
      .annotate(OpenApi.Summary, "Check that requests were made")
      .annotate(
        OpenApi.Description,
        "Returns the matching requests. Fails with FAILED_PRECONDITION if there is none, or if their number is not `times`."
      )
  )
  .add(
    HttpApiEndpoint.post("waitJournal", `${tenant}/journal/wait`).setPath(Path)
      .setPayload(struct("WaitJournal", {
        match: Filter,
        times: Times,
        timeoutMillis: Schema.optional(
          number(
            `a whole number of milliseconds, 0 to ${maxWaitMillis}`,
            (n) => Number.isInteger(n) && n >= 0 && n <= maxWaitMillis,
            { type: "integer", minimum: 0, maximum: maxWaitMillis }
          )
        )
      })).addSuccess(Entries).addError(notFound).addError(timedOut)
      .annotate(OpenApi.Summary, "Wait for requests")
      .annotate(
        OpenApi.Description,
        "Answers as soon as `times` requests match, 1 by default. Fails with DEADLINE_EXCEEDED after `timeoutMillis`, 5 seconds by default."
      )
  )
  .add(
    HttpApiEndpoint.del("clearJournal", `${tenant}/journal`).setPath(Path).addSuccess(Done).addError(notFound)
      .annotate(OpenApi.Summary, "Clear the journal")
      .annotate(OpenApi.Description, "The recorded requests are removed.")
  )
  .add(
    HttpApiEndpoint.get("getClock", `${tenant}/clock`).setPath(Path).addSuccess(ClockSetting).addError(notFound)
      .annotate(OpenApi.Summary, "Get the clock")
      .annotate(OpenApi.Description, "Its type, and its time.")
  )
  .add(
    HttpApiEndpoint.put("setClock", `${tenant}/clock`).setPath(Path).setPayload(ClockSetting).addSuccess(Done)
      .addError(notFound)
      .annotate(OpenApi.Summary, "Set the clock")
      .annotate(
        OpenApi.Description,
        "`real`; or `fixed`, which is frozen; or `stepping`, which advances on every request."
      )
  )
  .add(
    HttpApiEndpoint.post("advanceClock", `${tenant}/clock/advance`).setPath(Path)
      .setPayload(struct("AdvanceClock", {
        millis: number(
          "a whole number of milliseconds that is not negative",
          (n) => Number.isSafeInteger(n) && n >= 0,
          {
            type: "integer",
            minimum: 0
          }
        )
      })).addSuccess(Done).addError(notFound)
      .annotate(OpenApi.Summary, "Advance the clock")
      .annotate(OpenApi.Description, "By a number of milliseconds.")
  )
  .add(
    HttpApiEndpoint.get("listStrangers", "/_mock/strangers").addSuccess(JournalPage)
      .annotate(OpenApi.Summary, "List the requests without a valid key")
      .annotate(
        OpenApi.Description,
        "Requests whose key was missing, malformed or unknown belong to no tenant, so they are listed here."
      )
  )
  .addError(badRequest)
  .middleware(ControlToken)
  .annotate(OpenApi.Description, "Tenants, and the control operations on each.")
{}

/**
 * The control API.
 *
 * @since 0.1.0
 * @category api
 */
export class ControlApi extends HttpApi.make("workspace-secrets-mock-control")
  .add(HealthGroup)
  .add(TenantsGroup)
  .add(RequestsGroup)
  .annotate(OpenApi.Title, "Control of the Workspace Secrets mock server")
  .annotate(OpenApi.Version, "v1")
  .annotate(
    OpenApi.Description,
    "Controls the mock server from another process: create tenants, reset and seed them, inject faults, read the journal, move the clock. Every error is a google.rpc.Status."
  )
{}

/**
 * Makes the OpenAPI document of the control API, for a server with this base URL.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeDocument = (baseUrl = "/"): OpenApi.OpenAPISpec => {
  // The stream is declared for the document only. The dispatcher serves it without the declaration.
  const document = OpenApi.fromApi(ControlApi.add(StreamGroup))
  const { HttpApiDecodeError: _error, Issue: _issue, PropertyKey: _key, ...schemas } = document.components.schemas
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    // HttpApi declares its own 400 for every endpoint. Here, every error is a google.rpc.Status.
    operation.responses[400] = {
      description: "INVALID_ARGUMENT, FAILED_PRECONDITION: the request is invalid, or an expectation is not met",
      content: { "application/json": { schema: { $ref: "#/components/schemas/Status" } } }
    }
  }
  return portable({
    ...document,
    info: {
      ...document.info,
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" }
    },
    servers: [{ url: baseUrl, description: "The server that this document was read from." }],
    components: { ...document.components, schemas }
  }) as OpenApi.OpenAPISpec
}
