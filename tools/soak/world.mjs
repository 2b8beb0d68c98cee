// A model of a workspace: every request changes it like the server, and has an expected response.
import assert from "node:assert/strict"
import { URLSearchParams } from "node:url"
import { request } from "./connection.mjs"

const secrets = "/v1/workspace_secrets"
const maxSecrets = 40
const externalIds = ["db", "a/b", "..", "ü", "100%", "x:y", "__proto__", "?", "#", "a b"]
const words = ["billing", "Billing", "platform", "key", "ß", "🔑"]

/** A request body over the limit of 1 MiB. */
const large = "a".repeat(2 * 1024 * 1024)

const text = (random) => `${random.pick(words)}-${random.below(1000)}`

const order = (a, b) => a < b ? -1 : a > b ? 1 : 0

const compare = ({ metadata: a }, { metadata: b }) => order(a.createdAt, b.createdAt) || order(a.id, b.id)

const matches = ({ metadata }, { labels = {}, prefix = "", query = "" }) =>
  metadata.name.startsWith(prefix)
  && Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value)
  && [metadata.name, metadata.externalId ?? "", ...Object.entries(metadata.labels ?? {}).flat()]
    .some((each) => each.toLowerCase().includes(query.toLowerCase()))

export class World {
  #random
  #apiKey
  #secrets = []
  /** A list that continues while secrets are created and deleted. */
  #list
  #profile

  constructor(random, apiKey) {
    this.#random = random
    this.#apiKey = apiKey
  }

  /** A request and its expected response: `{ kind, bytes, check }`. */
  next() {
    if (this.#profile === undefined) return this.#whoami()
    const random = this.#random
    if (random.chance(0.1)) return this.#hostile()
    const steps = [
      [this.#secrets.length < maxSecrets ? 20 : 0, () => this.#create()],
      [20, () => this.#get()],
      [18, () => this.#page()],
      [15, () => this.#update()],
      [16, () => this.#delete()],
      [3, () => this.#whoami()],
      [4, () => this.#missing()]
    ]
    let at = random.next() * steps.reduce((sum, [weight]) => sum + weight, 0)
    return (steps.find(([weight]) => (at -= weight) < 0) ?? steps[1])[1]()
  }

  #request(method, target, body, headers = {}) {
    return request(
      method,
      target,
      {
        Authorization: `Bearer ${this.#apiKey}`,
        ...body === undefined ? {} : { "Content-Type": "application/json" },
        ...headers
      },
      typeof body === "object" ? JSON.stringify(body) : body
    )
  }

  #step(kind, bytes, check) {
    return {
      kind,
      bytes,
      check: (answer) => {
        assert.equal(answer.status, 200)
        assert.match(answer.headers["x-request-id"] ?? "", /^req_/)
        check(JSON.parse(answer.text))
      }
    }
  }

  #failing(kind, bytes, status, code, more = () => {}) {
    return {
      kind,
      bytes,
      check: (answer) => {
        assert.equal(answer.status, status)
        assert.match(answer.headers["x-request-id"] ?? "", /^req_/)
        assert.equal(answer.headers["content-type"], "application/json")
        const body = JSON.parse(answer.text)
        assert.equal(body.code, code)
        assert.equal(typeof body.message, "string")
        assert.ok(Array.isArray(body.details))
        more(answer)
      }
    }
  }

  #isTaken(externalId) {
    return this.#secrets.some(({ metadata }) => metadata.externalId === externalId)
  }

  #content() {
    const random = this.#random
    return {
      name: text(random),
      ...random.chance(0.5) ? { externalId: `${random.pick(externalIds)}${random.below(8)}` } : {},
      ...random.chance(0.5) ? { labels: { env: random.pick(["prod", "test"]), "a.b/team": `t${random.below(4)}` } } : {}
    }
  }

  /** Sometimes uses the snake_case name of the external id, and an empty one instead of none. */
  #spelled({ externalId, ...metadata }) {
    const random = this.#random
    const name = random.chance(0.2) ? "external_id" : "externalId"
    return externalId === undefined
      ? { ...metadata, ...random.chance(0.3) ? { [name]: "" } : {} }
      : { ...metadata, [name]: externalId }
  }

  /** The path of an existing secret, by id or external id. */
  #pathOf({ metadata: { externalId, id } }) {
    const ref = externalId !== "" && this.#random.chance(0.5) ? `external_id:${externalId}` : id
    return `${secrets}/${encodeURIComponent(ref)}`
  }

  #create() {
    const metadata = this.#content()
    const spec = this.#random.chance(0.8) ? { value: text(this.#random) } : {}
    const bytes = this.#request("POST", secrets, {
      metadata: { ...this.#spelled(metadata), name: ` ${metadata.name} `, id: "mine" },
      spec
    })
    if (metadata.externalId !== undefined && this.#isTaken(metadata.externalId)) {
      return this.#failing("create, taken", bytes, 409, 6)
    }
    return this.#step("create", bytes, (body) => {
      const { accountId, createdAt, id, workspaceId } = body.metadata
      assert.match(id, /^wsecret_[0-9A-HJKMNP-TV-Z]{26}$/)
      assert.equal(new Date(createdAt).toISOString(), createdAt)
      assert.equal(accountId, this.#profile.metadata.accountId)
      assert.ok(this.#secrets.every(({ metadata }) => metadata.id !== id && metadata.workspaceId === workspaceId))
      const profileId = this.#profile.metadata.id
      const expected = {
        metadata: { id, accountId, createdAt, profileId, workspaceId, externalId: "", labels: {}, ...metadata },
        spec,
        info: { createdBy: this.#profile }
      }
      assert.deepEqual(body, expected)
      this.#secrets.push(expected)
      this.#secrets.sort(compare)
    })
  }

  #get() {
    const secret = this.#random.pick(this.#secrets)
    return secret === undefined
      ? this.#missing()
      : this.#step("get", this.#request("GET", this.#pathOf(secret)), (body) => assert.deepEqual(body, secret))
  }

  #missing() {
    const target = `${secrets}/${
      this.#random.pick(["wsecret_none", "external_id:none", "a%2Fb", "%00", "%2e%2e", ".."])
    }`
    const [method, body] = this.#random.pick([["GET"], ["DELETE"], ["PATCH", { spec: {} }]])
    return this.#failing(
      "missing",
      this.#request(method, target, body),
      404,
      5,
      ({ headers }) => assert.equal(headers["x-mock-missing-route"], undefined)
    )
  }

  #whoami() {
    return this.#step("whoami", this.#request("GET", "/v1/whoami"), (body) => {
      this.#profile ??= body
      assert.deepEqual(body, this.#profile)
    })
  }

  #page() {
    const random = this.#random
    if (this.#list === undefined) {
      const query = new URLSearchParams()
      const filter = {}
      const sortOrder = random.pick(["asc", "desc"])
      const limit = 1 + random.below(20)
      query.set("limit", String(limit))
      if (sortOrder === "asc" || random.chance(0.5)) query.set("sortOrder", sortOrder)
      const isWithInfo = random.chance(0.3)
      if (isWithInfo) query.set("includeInfo", "true")
      if (random.chance(0.3)) {
        query.set("prefix", filter.prefix = [...random.pick(words)].slice(0, 1 + random.below(4)).join(""))
      }
      if (random.chance(0.3)) query.set("query", filter.query = random.pick([...words, "9", "-1", "TEST", "nothing"]))
      if (random.chance(0.3)) {
        filter.labels = { env: "prod" }
        query.set("labels", "env=prod")
      }
      this.#list = { query, filter, sortOrder, limit, isWithInfo, after: undefined }
    }
    const { after, filter, isWithInfo, limit, query, sortOrder } = this.#list
    return this.#step("list", this.#request("GET", `${secrets}?${query}`), ({ items, pagination, ...rest }) => {
      const sign = sortOrder === "asc" ? 1 : -1
      const left = this.#secrets.filter((secret) =>
        matches(secret, filter) && (after === undefined || sign * compare(secret, after) > 0)
      )
      const expected = (sign === 1 ? left : left.reverse()).slice(0, limit)
      assert.deepEqual(rest, {})
      assert.deepEqual(items, isWithInfo ? expected : expected.map(({ metadata, spec }) => ({ metadata, spec })))
      const isLast = left.length <= limit
      assert.deepEqual(Object.keys(pagination), ["nextCursor"])
      assert.equal(pagination.nextCursor === "", isLast)
      if (isLast) {
        this.#list = undefined
      } else {
        query.set("cursor", pagination.nextCursor)
        this.#list.after = expected.at(-1)
      }
    })
  }

  #update() {
    const random = this.#random
    const secret = random.pick(this.#secrets)
    if (secret === undefined) return this.#create()
    const metadata = this.#content()
    if (metadata.externalId !== undefined && this.#isTaken(metadata.externalId)) delete metadata.externalId
    const spec = random.chance(0.5) ? { value: text(random) } : {}
    const fields = ["metadata.name", "metadata.externalId", "metadata.labels", "spec.value"]
    const mask = random.chance(0.7) ? fields.filter(() => random.chance(0.5)) : []
    const snake = (path) => random.chance(0.5) ? path.replace("externalId", "external_id") : path
    const maskName = random.chance(0.2) ? "update_mask" : "updateMask"
    const body = {
      metadata: this.#spelled(metadata),
      spec,
      ...mask.length === 0 ? {} : { [maskName]: mask.map(snake).join(",") }
    }
    const after = { ...secret, metadata: { ...secret.metadata }, spec: { ...secret.spec } }
    for (const field of fields) {
      const [part, key] = field.split(".")
      const given = { metadata, spec }[part][key]
      if (mask.length === 0 ? given !== undefined : mask.includes(field)) {
        if (given !== undefined) after[part][key] = given
        else if (key === "value") delete after[part][key]
        else after[part][key] = key === "labels" ? {} : ""
      }
    }
    const isSame = JSON.stringify(sorted(after)) === JSON.stringify(sorted(secret))
    return this.#step("update", this.#request("PATCH", this.#pathOf(secret), body), (answer) => {
      if (!isSame) {
        const { updatedAt } = answer.metadata
        assert.equal(new Date(updatedAt).toISOString(), updatedAt)
        after.metadata.updatedAt = updatedAt
      }
      assert.deepEqual(answer, after)
      this.#secrets[this.#secrets.indexOf(secret)] = after
    })
  }

  #delete() {
    const secret = this.#random.pick(this.#secrets)
    return secret === undefined
      ? this.#create()
      : this.#step("delete", this.#request("DELETE", this.#pathOf(secret)), (body) => {
        assert.deepEqual(body, {})
        this.#secrets.splice(this.#secrets.indexOf(secret), 1)
      })
  }

  /** Invalid requests: each must be refused, and change nothing. */
  #hostile() {
    const random = this.#random
    const post = (body, headers) => this.#request("POST", secrets, body, headers)
    const get = (target, headers) => this.#request("GET", target, undefined, headers)
    const isRoute = ({ headers }) => assert.equal(headers["x-mock-missing-route"], "true")
    const named = (rest) => `{"metadata":{"name":"x"${rest}},"spec":{}}`
    const kinds = [
      () =>
        this.#failing("broken JSON", post(random.pick(["{", "", "{'a':1}", "[".repeat(50_000), "\ufeff{]"])), 400, 3),
      () =>
        this.#failing(
          "wrong type",
          post(random.pick(["null", "7", "[]", named(",\"labels\":[]"), named(",\"externalId\":7")])),
          400,
          3
        ),
      () => this.#failing("__proto__ label", post(named(",\"labels\":{\"__proto__\":\"x\"}")), 400, 3),
      () => this.#failing("2 MiB", post(large), 413, 3),
      () => this.#failing("other type", post("{}", { "Content-Type": "text/plain" }), 415, 3),
      () =>
        this.#failing(
          "raw slash",
          get(`${secrets}/${random.pick(["a/b", "../whoami", "a/../b", "/"])}`),
          404,
          5,
          isRoute
        ),
      () => this.#failing("broken escape", get(`${secrets}/${random.pick(["%", "%zz", "%ff", "%c3%28"])}`), 400, 3),
      () => this.#failing("raw NUL", get(`${secrets}/a\0b`), 400, 3),
      () => this.#failing("twice", get(`${secrets}?${random.pick(["limit=1&limit=2", "prefix=a&prefix=a"])}`), 400, 3),
      () =>
        this.#failing(
          "wrong query",
          get(
            `${secrets}?${
              random.pick([
                "limit=-1",
                "limit=2147483648",
                "cursor=x",
                "sortOrder=up",
                "sort_order=asc&sortOrder=desc",
                "labels=a"
              ])
            }`
          ),
          400,
          3
        ),
      () => this.#failing("huge headers", get(secrets, { "X-Large": "a".repeat(20_000) }), 400, 3),
      () => this.#failing("unknown key", get(secrets, { Authorization: "Bearer unknown" }), 401, 16),
      () =>
        this.#failing(
          "wrong method",
          this.#request("PUT", secrets),
          405,
          12,
          ({ headers }) => assert.equal(headers.allow, "GET, HEAD, POST")
        ),
      () => this.#failing("other workspace", get("/v1/workspaces/another/workspace_secrets"), 403, 7),
      () => this.#failing("not served", get("/v1/account/profiles"), 501, 12),
      () => this.#failing("no HTTP", Buffer.from("GET\r\n\r\n"), 400, 3)
    ]
    const step = random.pick(kinds)()
    return { ...step, kind: `hostile: ${step.kind}` }
  }
}

const sorted = (value) =>
  typeof value === "object" && value !== null
    ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]))
    : value
