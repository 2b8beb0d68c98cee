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
import { Status } from "@workspace-secrets/core/Status"
import { WorkspaceId } from "@workspace-secrets/core/WorkspaceId"
import * as Schema from "effect/Schema"
import { FaultRule, FaultStatus } from "./Fault.js"
import { array, expected, NonEmptyText, number, struct } from "./internal/schema.js"
import { JournalEntry, JournalMatch, JournalPage } from "./Journal.js"
import { Seed } from "./Seed.js"
import { Snapshot } from "./Snapshot.js"
import { ClockSetting } from "./TenantClock.js"

const status = (code: number, description: string) =>
  Status.annotations(HttpApiSchema.annotations({ status: code, description }))

const badRequest = status(
  400,
  "INVALID_ARGUMENT, FAILED_PRECONDITION: the request is wrong, or what was expected did not happen"
)
const unauthenticated = status(401, "UNAUTHENTICATED: the server has a control token, and this is not it")
const permissionDenied = status(403, "PERMISSION_DENIED: without a control token, only programs on this machine get in")
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
  )
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
 * A tenant that was made, with its key: this is the one time that it is shown.
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
 * That the control API has a token of its own, where the server was given one. A declaration: the dispatcher does it.
 *
 * @since 0.1.0
 * @category api
 */
export class ControlToken extends HttpApiMiddleware.Tag<ControlToken>()(
  "@workspace-secrets/mock-server/ControlToken",
  { security: { bearer: HttpApiSecurity.bearer }, failure: Schema.Union(unauthenticated, permissionDenied) }
) {}

const tenant = "/_mock/tenants/:tenant"

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
      .annotate(OpenApi.Summary, "Whether the server is there")
  )
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
  )
  .add(
    HttpApiEndpoint.post("createTenant", "/_mock/tenants")
      .setPayload(CreateTenant)
      .addSuccess(CreatedTenant)
      .addError(alreadyExists)
      .annotate(OpenApi.Summary, "Make a tenant, with a new key unless one is given")
  )
  .add(
    HttpApiEndpoint.get("getTenant", tenant).setPath(Path).addSuccess(TenantInfo).addError(notFound)
      .annotate(OpenApi.Summary, "Look at a tenant")
  )
  .add(
    HttpApiEndpoint.del("deleteTenant", tenant).setPath(Path).addSuccess(Done).addError(notFound)
      .annotate(OpenApi.Summary, "Take a tenant away: its key is answered with 401 from then on")
  )
  .add(
    HttpApiEndpoint.post("reset", `${tenant}/reset`).setPath(Path).addSuccess(Done).addError(notFound)
      .annotate(OpenApi.Summary, "Put back data, clock, ids, faults and journal as they were when the tenant was made")
  )
  .add(
    HttpApiEndpoint.put("seed", `${tenant}/seed`).setPath(Path).setPayload(Seed).addSuccess(Done).addError(notFound)
      .annotate(OpenApi.Summary, "Put a seed in the place of the data")
  )
  .add(
    HttpApiEndpoint.get("getSnapshot", `${tenant}/snapshot`).setPath(Path).addSuccess(Snapshot).addError(notFound)
      .annotate(OpenApi.Summary, "Everything that a tenant holds, the values of its secrets included")
  )
  .add(
    HttpApiEndpoint.put("restore", `${tenant}/snapshot`).setPath(Path).setPayload(Snapshot).addSuccess(Done)
      .addError(notFound)
      .annotate(OpenApi.Summary, "Put back what a snapshot holds")
  )
  .add(
    HttpApiEndpoint.get("listFaults", `${tenant}/faults`).setPath(Path).addSuccess(Faults).addError(notFound)
      .annotate(OpenApi.Summary, "The rules, with how many requests each was for and how many it hit")
  )
  .add(
    HttpApiEndpoint.put("putFaults", `${tenant}/faults`).setPath(Path)
      .setPayload(struct("PutFaults", { faults: array(FaultRule) }))
      .addSuccess(Done).addError(notFound)
      .annotate(OpenApi.Summary, "Put rules in the place of those that are there")
  )
  .add(
    HttpApiEndpoint.del("clearFaults", `${tenant}/faults`).setPath(Path).addSuccess(Done).addError(notFound)
      .annotate(OpenApi.Summary, "Take all rules away")
  )
  .add(
    HttpApiEndpoint.post("assertFaultsHit", `${tenant}/faults/assert_all_hit`).setPath(Path).addSuccess(Done)
      .addError(notFound)
      .annotate(OpenApi.Summary, "Fail when a rule has hit nothing")
  )
  .add(
    HttpApiEndpoint.post("listJournal", `${tenant}/journal/list`).setPath(Path)
      .setPayload(struct("ListJournal", { match: Match })).addSuccess(JournalPage).addError(notFound)
      .annotate(OpenApi.Summary, "The requests that fit, oldest first")
  )
  .add(
    HttpApiEndpoint.post("countJournal", `${tenant}/journal/count`).setPath(Path)
      .setPayload(struct("CountJournal", { match: Match }))
      .addSuccess(struct("JournalCount", { count: Schema.Int })).addError(notFound)
      .annotate(OpenApi.Summary, "How many requests fit")
  )
  .add(
    HttpApiEndpoint.post("expectJournal", `${tenant}/journal/expect`).setPath(Path)
      .setPayload(struct("ExpectJournal", { match: JournalMatch, times: Times })).addSuccess(Entries).addError(notFound)
      .annotate(OpenApi.Summary, "The requests that fit; fails when there are none, or not as many as `times` says")
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
      .annotate(
        OpenApi.Summary,
        "Wait until as many requests fit as `times` says, 1 unless given, 5 seconds unless told otherwise"
      )
  )
  .add(
    HttpApiEndpoint.del("clearJournal", `${tenant}/journal`).setPath(Path).addSuccess(Done).addError(notFound)
      .annotate(OpenApi.Summary, "Forget what was asked")
  )
  .add(
    HttpApiEndpoint.get("getClock", `${tenant}/clock`).setPath(Path).addSuccess(ClockSetting).addError(notFound)
      .annotate(OpenApi.Summary, "How the clock goes, and where it stands")
  )
  .add(
    HttpApiEndpoint.put("setClock", `${tenant}/clock`).setPath(Path).setPayload(ClockSetting).addSuccess(Done)
      .addError(notFound)
      .annotate(OpenApi.Summary, "Let the clock go in another way, or set it")
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
      .annotate(OpenApi.Summary, "Move the clock on")
  )
  .add(
    HttpApiEndpoint.get("listStrangers", "/_mock/strangers").addSuccess(JournalPage)
      .annotate(OpenApi.Summary, "What was asked without a key, or with one that is malformed or unknown")
  )
  .addError(badRequest)
  .middleware(ControlToken)
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
  .annotate(OpenApi.Title, "Control of the Workspace Secrets mock server")
  .annotate(OpenApi.Version, "v1")
{}

/**
 * The OpenAPI document of the control API.
 *
 * @since 0.1.0
 * @category constants
 */
export const makeDocument = (): OpenApi.OpenAPISpec => {
  const document = OpenApi.fromApi(ControlApi)
  const { HttpApiDecodeError: _error, Issue: _issue, PropertyKey: _key, ...schemas } = document.components.schemas
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    // HttpApi declares a 400 of its own for every endpoint: here all errors are google.rpc.Status.
    operation.responses[400] = {
      description: "INVALID_ARGUMENT, FAILED_PRECONDITION: the request is wrong, or what was expected did not happen",
      content: { "application/json": { schema: { $ref: "#/components/schemas/Status" } } }
    }
  }
  return { ...document, components: { ...document.components, schemas } }
}
