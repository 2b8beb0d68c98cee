/** Generators of valid and invalid requests. They use few names, ids and values, so that requests collide. */
import * as FastCheck from "effect/FastCheck"
import type { Body, Layout, Query, Ref, Request } from "./Call.js"
import { Value } from "./Call.js"

/** The number of API keys. The next number is an unknown key. */
export const keys = 3

const { constant, constantFrom, nat, oneof, option, record } = FastCheck

const weighted = <A>(...all: ReadonlyArray<readonly [number, FastCheck.Arbitrary<A>]>): FastCheck.Arbitrary<A> =>
  oneof(...all.map(([weight, arbitrary]) => ({ weight, arbitrary })))

/** Shrinking ends with the first one. */
const rarely = <A>(usual: FastCheck.Arbitrary<A>, other: FastCheck.Arbitrary<A>, times = 25) =>
  oneof({ withCrossShrink: true }, { weight: times, arbitrary: usual }, { weight: 1, arbitrary: other })

const key = weighted([30, constant(0)], [9, nat({ max: keys - 1 })], [1, constant(keys)])
const layout = rarely<Layout>(constant("unscoped"), constantFrom<Layout>("id", "alias", "id", "alias", "another"), 1)

const names = constantFrom("a", "ab", "B", " padded ", "é🔑", "100% \"it's\"", "x".repeat(255))
const wrongNames = constantFrom<unknown>("", " \t", "x".repeat(256), 7, true, [], {})
const externalIds = constantFrom("db", "a/b?c#", "..", "100% ü", "__proto__", "")
const wrongExternalIds = constantFrom<unknown>(7, false, [], {})
const labels = constantFrom<unknown>(
  { env: "prod" },
  { env: "test", "example.com/team": "t.1" },
  { "example.com/team": "" },
  { constructor: "A-a_9" },
  {},
  { ["k".repeat(63)]: "v".repeat(63) }
)
const wrongLabels = constantFrom<unknown>(
  { env: "-prod" },
  { "-a": "a", "b c": "d" },
  { "": "a" },
  { "a/b/c": "d" },
  { "_x.com/a": "d" },
  { ["k".repeat(64)]: "v".repeat(64) },
  { [`${"d.".repeat(127)}d/a`]: "" },
  { env: 7 },
  [],
  "env=prod"
)
const values = weighted<unknown>([8, nat({ max: 3 }).map((n) => new Value(n))], [1, constant("")])
const wrongValues = constantFrom<unknown>(7, true, [], {})

const optional = <A>(arbitrary: FastCheck.Arbitrary<A>, freq = 3) => option(arbitrary, { nil: undefined, freq })
const present = (json: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined))

/** Null means absent. */
const orNull = <A>(arbitrary: FastCheck.Arbitrary<A>) => rarely<unknown>(arbitrary, constant(null), 25)

const metadata = (name: FastCheck.Arbitrary<unknown>) =>
  record({
    name: orNull(rarely<unknown>(name, wrongNames)),
    externalId: orNull(optional(rarely<unknown>(externalIds, wrongExternalIds))),
    // The snake_case name of externalId.
    external_id: rarely<unknown>(constant(undefined), orNull(externalIds), 15),
    labels: orNull(optional(rarely(labels, wrongLabels, 15))),
    // Set by the server: ignored.
    id: rarely<unknown>(constant(undefined), constant("mine"), 25),
    createdAt: rarely<unknown>(constant(undefined), constant("never"), 25)
  }).map(present)

const spec = record({ value: orNull(optional(rarely(values, wrongValues, 40))) }).map(present)

const wrongBodies = constantFrom<Body>(
  { text: "{", contentType: "application/json" },
  { text: "", contentType: "application/json" },
  { text: "[]", contentType: "application/json" },
  { text: "null", contentType: "application/json" },
  { text: "{\"metadata\":{\"name\":\"a\"},\"spec\":{}}", contentType: "text/plain" }
)

const created: FastCheck.Arbitrary<Body> = rarely<Body>(
  record({
    metadata: orNull(rarely<unknown>(metadata(names), constantFrom<unknown>(undefined, 7, "a", []), 30)),
    spec: orNull(rarely<unknown>(spec, constantFrom<unknown>(undefined, 7, "a", []), 30))
  }).map((json) => ({ json: present(json) })),
  wrongBodies,
  30
)

const paths = constantFrom(
  "spec.value",
  "spec",
  "metadata.name",
  "metadata.externalId",
  "metadata.external_id",
  "metadata.labels",
  "metadata",
  "*"
)
const wrongMasks = constantFrom<unknown>(
  "metadata.id",
  "info",
  "spec.value,",
  " spec",
  "metadata.labels.env",
  "name",
  7
)
const masks = FastCheck.array(paths, { maxLength: 3 }).map((paths) => paths.join(","))

const updated: FastCheck.Arbitrary<Body> = rarely<Body>(
  record({
    metadata: orNull(optional(rarely<unknown>(metadata(optional(names, 5)), constantFrom<unknown>(7, []), 30))),
    spec: orNull(optional(rarely<unknown>(spec, constantFrom<unknown>(7, []), 30))),
    updateMask: orNull(optional(rarely<unknown>(masks, wrongMasks, 12))),
    update_mask: rarely<unknown>(constant(undefined), masks, 15)
  }).map((json) => ({ json: present(json) })),
  wrongBodies,
  40
)

const ref = weighted<Ref>(
  [16, nat({ max: 9 }).map((number) => ({ among: "created", number, by: "owner" }))],
  [2, nat({ max: 9 }).map((number) => ({ among: "created", number, by: "anyone" }))],
  [1, nat({ max: 9 }).map((number) => ({ among: "deleted", number, by: "owner" }))],
  [5, externalIds.map((externalId) => ({ externalId }))],
  [1, constantFrom<Ref>({ id: "wsecret_none" }, { id: "a/b" }, { externalId: "none" })]
)

const parameters = {
  limit: constantFrom("1", "2", "3", "0", "200", "2147483647"),
  prefix: constantFrom("a", "B", "b", "p", "é", ""),
  query: constantFrom("A", "b", "PROD", "team", "é", "/", "nothing", ""),
  labels: constantFrom("env=prod", "env=test,example.com/team=t.1", "example.com/team=", "constructor=A-a_9", ""),
  sortOrder: constantFrom("asc", "desc"),
  includeInfo: constantFrom("true", "false")
}
const wrongParameters = constantFrom<Query>(
  { limit: "-1" },
  { limit: "1.5" },
  { limit: "all" },
  { limit: "2147483648" },
  { labels: "env" },
  { labels: "=prod" },
  { labels: "env=prod," },
  { sortOrder: "up" },
  { includeInfo: "yes" },
  { cursor: "x" },
  { cursor: "x", limit: "-1", sortOrder: "ASC" }
)

const query: FastCheck.Arbitrary<Query> = FastCheck.tuple(
  record({
    limit: option(parameters.limit, { nil: undefined, freq: 4 }),
    prefix: option(parameters.prefix, { nil: undefined, freq: 1 }),
    query: option(parameters.query, { nil: undefined, freq: 1 }),
    labels: option(parameters.labels, { nil: undefined, freq: 1 }),
    sortOrder: optional(parameters.sortOrder),
    sort_order: rarely<string | undefined>(constant(undefined), parameters.sortOrder, 15),
    includeInfo: optional(parameters.includeInfo),
    include_info: rarely<string | undefined>(constant(undefined), parameters.includeInfo, 15)
  }),
  rarely<Query>(constant({}), wrongParameters, 12)
).map(([query, wrong]) => ({ ...present(query) as Query, ...wrong }))

/** Changes of the parameters between pages: allowed ones, and those that invalidate the cursor. */
const change = weighted<Query>(
  [9, constant({})],
  [3, record({ limit: parameters.limit })],
  [1, record({ includeInfo: parameters.includeInfo })],
  [1, record({ sortOrder: parameters.sortOrder })],
  [1, record({ prefix: parameters.prefix })],
  [1, record({ query: parameters.query })],
  [1, record({ labels: parameters.labels })],
  [1, wrongParameters]
)

const page = {
  page: nat({ max: 9 }),
  change,
  by: rarely<"owner" | "anyone">(constant("owner"), constant("anyone"), 12)
}

const asking = { key, layout }

/** A request of any operation by any key. */
export const request: FastCheck.Arbitrary<Request> = weighted<Request>(
  [90, record({ op: constant("create"), ...asking, body: created })],
  [
    1,
    record({
      op: constant("fill"),
      key: constant(0),
      layout: constant("unscoped"),
      count: weighted([5, constant(51)], [1, constant(201)])
    })
  ],
  [40, record({ op: constant("list"), ...asking, query })],
  [50, record({ op: constant("next"), ...asking, ...page })],
  [30, record({ op: constant("get"), ...asking, ref })],
  [60, record({ op: constant("update"), ...asking, ref, body: updated })],
  [30, record({ op: constant("delete"), ...asking, ref })],
  [10, record({ op: constant("whoami"), key, layout: constant("unscoped") })]
)

/** A request by the first key, in its own workspace. */
export const requestOfOne: FastCheck.Arbitrary<Request> = request
  .filter(({ op }) => op !== "fill")
  .map((request) => ({
    ...request,
    key: 0,
    layout: request.layout === "another" ? "unscoped" : request.layout
  }))
