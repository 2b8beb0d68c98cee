/**
 * The control API, declared once: what a test can do to the server from another process, under `/_mock`.
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
import { JournalEntry, JournalMatch, JournalPage, RequestPage } from "../world/Journal.js"
import { Seed } from "../world/Seed.js"
import { Snapshot } from "../world/Snapshot.js"
import { ClockSetting } from "../world/TenantClock.js"
import { TenantSettings } from "../world/TenantSettings.js"

const status = (code: number, description: string) =>
  // With its identifier, which annotating a schema takes away.
  Status.annotations({ ...HttpApiSchema.annotations({ status: code, description }), identifier: "Status" })

const badRequest = status(
  400,
  "INVALID_ARGUMENT, FAILED_PRECONDITION: the request is wrong, or what was expected did not happen"
)
const unauthenticated = status(
  401,
  "UNAUTHENTICATED: the server has a control token or was given an API key, and this is not it"
)
const permissionDenied = status(
  403,
  "PERMISSION_DENIED: without a control token or an API key of its own, only programs on this machine get in"
)
const notFound = status(404, "NOT_FOUND: no such tenant")
const alreadyExists = status(409, "ALREADY_EXISTS: another tenant has the key or the id")
const timedOut = status(504, "DEADLINE_EXCEEDED: what was waited for did not happen in time")

/**
 * Nothing more to say.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Done = Schema.Struct({}).annotations({ identifier: "Done", description: "It is done" })

const TenantId = NonEmptyText.annotations({ description: "The id of the tenant; the first is `default`" })

/**
 * What a tenant is to be like.
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
 * A tenant as it is listed: without its key.
 *
 * @since 0.1.0
 * @category schemas
 */
export const TenantInfo = struct("TenantInfo", {
  id: NonEmptyText,
  accountId: AccountId,
  workspaceId: WorkspaceId,
  workspaceAlias: WorkspaceId,
  secrets: Schema.Int.annotations({ description: "How many secrets it holds" })
})

/**
 * @since 0.1.0
 * @category schemas
 */
export type TenantInfo = typeof TenantInfo.Type

/**
 * A tenant that was made, with its key.
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

const Match = Schema.optional(JournalMatch)

/**
 * How long a request can wait for another at the most, in milliseconds: ten minutes.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxWaitMillis = 600_000

const Path = Schema.Struct({ tenant: TenantId })

/**
 * That the control API takes a token, or else the API key, where the server was given one. A declaration: the dispatcher does it.
 *
 * @since 0.1.0
 * @category api
 */
export class ControlToken extends HttpApiMiddleware.Tag<ControlToken>()(
  "@workspace-secrets/mock-server/ControlToken",
  { security: { bearer: HttpApiSecurity.bearer }, failure: Schema.Union(unauthenticated, permissionDenied) }
) {}

const tenant = "/_mock/tenants/:tenant"

const noFault = status(404, "NOT_FOUND: no such tenant, or no fault rule of this name")
const noSecret = status(404, "NOT_FOUND: no such tenant, or no such secret")
const noRequest = status(404, "NOT_FOUND: no journal holds a request of this number")
const tooMany = status(429, "RESOURCE_EXHAUSTED: as many streams as the server has are open")

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
 * Which requests a list or a stream has.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Listed = {
  after: Schema.optional(
    NaturalText.annotations({ description: "Only requests that ended after the one of this number" })
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
        "Oldest first, at most 1000, without headers and bodies. `next` is what the next list takes as `after`."
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
  .annotate(OpenApi.Description, "The requests of all tenants, as they ended.")
{}

/**
 * The requests of all tenants as a stream, which goes on until one side closes it.
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
        "Server-sent events. The data of each is a page as `listRequests` gives it; the first comes at once, the others as requests end."
      )
  )
  .addError(badRequest)
  .middleware(ControlToken)
  .annotate(OpenApi.Description, "The requests of all tenants, as they end.")
{}

const Entries = struct("JournalEntries", { entries: Schema.Array(JournalEntry) })
const Faults = struct("Faults", { faults: array(FaultStatus) })

/**
 * Whether the server is there. It takes no token.
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
 * Tenants, and what can be done to each.
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
        "A tenant is isolated: it has its own secrets, clock, ids, faults and journal. It gets a new API key unless one is given."
      )
  )
  .add(
    HttpApiEndpoint.get("getTenant", tenant).setPath(Path).addSuccess(TenantInfo).addError(notFound)
      .annotate(OpenApi.Summary, "Get a tenant")
      .annotate(OpenApi.Description, "Its ids, and how many secrets it holds.")
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
        "Data, clock, ids, faults and journal are again as they were when the tenant was created."
      )
  )
  .add(
    HttpApiEndpoint.put("seed", `${tenant}/seed`).setPath(Path).setPayload(Seed).addSuccess(Done).addError(notFound)
      .annotate(OpenApi.Summary, "Replace the data of a tenant with a seed")
      .annotate(
        OpenApi.Description,
        "A seed is checked as a whole. If anything in it is wrong, the data stays as it was."
      )
  )
  .add(
    HttpApiEndpoint.get("getSnapshot", `${tenant}/snapshot`).setPath(Path).addSuccess(Snapshot).addError(notFound)
      .annotate(OpenApi.Summary, "Get a snapshot of a tenant")
      .annotate(
        OpenApi.Description,
        "Everything that the tenant holds. The values of its secrets are in it in plain text."
      )
  )
  .add(
    HttpApiEndpoint.put("restore", `${tenant}/snapshot`).setPath(Path).setPayload(Snapshot).addSuccess(Done)
      .addError(notFound)
      .annotate(OpenApi.Summary, "Restore a snapshot")
      .annotate(OpenApi.Description, "Data, clock and ids are again as they were when the snapshot was taken.")
  )
  .add(
    HttpApiEndpoint.get("getApiKey", `${tenant}/api_key`).setPath(Path).addSuccess(TenantKey).addError(notFound)
      .annotate(OpenApi.Summary, "Get the API key of a tenant")
      .annotate(OpenApi.Description, "In plain text.")
  )
  .add(
    HttpApiEndpoint.get("peekSecrets", `${tenant}/secrets`).setPath(Path)
      // As a plain struct: OpenApi finds no parameters in a schema with a name of its own.
      .setUrlParams(Schema.Struct(ListWorkspaceSecrets.fields)).addSuccess(WorkspaceSecretPage).addError(notFound)
      .annotate(OpenApi.Summary, "List the secrets without a trace")
      .annotate(
        OpenApi.Description,
        "As the API lists them, with a mask in place of each value. No fault, journal or clock takes notice."
      )
  )
  .add(
    HttpApiEndpoint.get("peekSecret", `${tenant}/secrets/:secret`)
      .setPath(Schema.Struct({
        tenant: TenantId,
        secret: NonEmptyText.annotations({ description: "The id of the secret" })
      }))
      .addSuccess(WorkspaceSecret).addError(noSecret)
      .annotate(OpenApi.Summary, "Get a secret without a trace")
      .annotate(OpenApi.Description, "With its value. No fault, journal or clock takes notice.")
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
      .annotate(OpenApi.Description, "Changes the settings that are given. The others stay.")
  )
  .add(
    HttpApiEndpoint.get("listFaults", `${tenant}/faults`).setPath(Path).addSuccess(Faults).addError(notFound)
      .annotate(OpenApi.Summary, "List the fault rules")
      .annotate(
        OpenApi.Description,
        "Each rule with the number of requests that matched it, and of those that it was applied to."
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
      .annotate(OpenApi.Description, "Behind the rules that are there. Their counts go on.")
  )
  .add(
    HttpApiEndpoint.del("removeFault", `${tenant}/faults/:fault`)
      .setPath(Schema.Struct({
        tenant: TenantId,
        fault: NonEmptyText.annotations({ description: "The name of the rule" })
      }))
      .addSuccess(Done).addError(noFault)
      .annotate(OpenApi.Summary, "Remove a fault rule")
      .annotate(OpenApi.Description, "The counts of the other rules go on.")
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
      .setPayload(struct("ExpectJournal", { match: JournalMatch, times: Times })).addSuccess(Entries).addError(notFound)
      .annotate(OpenApi.Summary, "Check that requests were made")
      .annotate(
        OpenApi.Description,
        "Gives the requests that match. Fails with FAILED_PRECONDITION if there are none, or not exactly `times` of them where that is given."
      )
  )
  .add(
    HttpApiEndpoint.post("waitJournal", `${tenant}/journal/wait`).setPath(Path)
      .setPayload(struct("WaitJournal", {
        match: JournalMatch,
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
      .annotate(OpenApi.Description, "Its kind, and its present time.")
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
  .annotate(OpenApi.Description, "Tenants, and the control of each.")
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
    "What a test does to the mock server from another process: create tenants, reset and seed them, inject faults, read the journal, move the clock. Every error is a google.rpc.Status."
  )
{}

/**
 * The OpenAPI document of the control API, for a server at a URL.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeDocument = (baseUrl = "/"): OpenApi.OpenAPISpec => {
  // The stream is declared for the document alone: the dispatcher answers it by itself.
  const document = OpenApi.fromApi(ControlApi.add(StreamGroup))
  const { HttpApiDecodeError: _error, Issue: _issue, PropertyKey: _key, ...schemas } = document.components.schemas
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    // HttpApi declares a 400 of its own for every endpoint: here all errors are google.rpc.Status.
    operation.responses[400] = {
      description: "INVALID_ARGUMENT, FAILED_PRECONDITION: the request is wrong, or what was expected did not happen",
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
