// Peers that attack a server while it answers others: an attack is survived if the server refuses it correctly and
// keeps working.
import assert from "node:assert/strict"
import { once } from "node:events"
import { connect } from "node:net"
import { clearInterval, clearTimeout, setInterval, setTimeout } from "node:timers"
import { Connection, request } from "./connection.mjs"

const secrets = "/v1/workspace_secrets"

/**
 * When a connection has to be closed. The server gives the head of a request 10 s; that and what the soak itself needs for its work, on a
 * machine that has other things to do, is well below.
 */
const patience = 60_000

/** The maximum length of an error response in characters, for any number of violations. */
const maxRefusal = 64 * 1024

const endOfTime = "9999-12-31T23:59:59.999Z"
const lastMillis = Date.parse(endOfTime)

const many = (count, make) => Array.from({ length: count }, (_, i) => make(i))
const nested = (levels) => `${"{\"a\":".repeat(levels)}1${"}".repeat(levels)}`

/** Fails if a promise does not settle in time. */
const within = async (what, promise) => {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come within ${patience} ms`)), patience)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** A separate key with its requests. Each request fails if there is no response in time. */
class Peer {
  #connection
  #key
  #tenant

  constructor(url, key, random) {
    this.url = url
    this.random = random
    this.#connection = new Connection(url)
    this.#key = key
    this.#tenant = `/_mock/tenants/${key.id}`
  }

  /** The same key on a separate connection. */
  another() {
    return new Peer(this.url, this.#key, this.random)
  }

  get authorization() {
    return `Bearer ${this.#key.apiKey}`
  }

  #send(method, target, body) {
    const headers = { Authorization: this.authorization, "Content-Type": "application/json" }
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body)
    return within(
      `an answer to ${method} ${target}`,
      this.#connection.send(request(method, target, headers, text))
    )
  }

  api(method, target, body) {
    return this.#send(method, target, body)
  }

  control(method, path, body) {
    return this.#send(method, `${this.#tenant}${path}`, body)
  }

  /** Resets the tenant, and checks the server. */
  async recover() {
    const reset = await this.control("POST", "/reset")
    assert.equal(reset.status, 200, `a reset: ${reset.text.slice(0, 300)}`)
    ok(await this.api("GET", "/v1/whoami"))
  }

  close() {
    this.#connection.close()
  }
}

const ok = ({ status, text }) => assert.equal(status, 200, `${status} ${text.slice(0, 300)}`)

const refused = ({ status, text }, expected = 400) => {
  assert.equal(status, expected, `${status} ${text.slice(0, 300)}`)
  assert.ok(text.length <= maxRefusal, `the refusal has ${text.length} characters`)
}

const randomText = ({ next }, length) =>
  many(length / 8, () => next().toString(36).slice(2, 10).padEnd(8, "0")).join("")

const create = (metadata, spec = {}) => ({ metadata: { name: "name", ...metadata }, spec })

// Made once, to save CPU during the run.
const wrongLabels = JSON.stringify(create({ labels: Object.fromEntries(many(80_000, (i) => [`-${i}`, ""])) }))
const wrongFaults = JSON.stringify({ faults: many(80_000, () => ({ operation: 7, code: 8 })) })
const wrongMask = JSON.stringify({ updateMask: many(160_000, (i) => `p${i}`).join(",").slice(0, 1_000_000) })

const accountId = "account_01JD9Z0000000000000000000A"
const workspaceId = "workspace_01JD9Z0000000000000000000A"
const profileId = "profile_01JD9Z0000000000000000000A"

/** Seeded secrets with long external ids, which the index must store. */
const seedOf = (random, count, length) => ({
  accountId,
  workspaceId,
  workspaceSecrets: many(count, (i) => ({
    metadata: {
      id: `wsecret_01JD9Z${String(i).padStart(20, "0")}`,
      accountId,
      workspaceId,
      profileId,
      createdAt: "2026-01-01T00:00:00.000Z",
      name: "name",
      externalId: `${i}-${randomText(random, length)}`
    },
    spec: {}
  }))
})

/** Small requests that could be expensive: CPU, memory, or a large response. */
const amplification = {
  "80,000 wrong labels": async (peer) => refused(await peer.api("POST", secrets, wrongLabels)),
  "an external id of 340,000 characters": async (peer) =>
    refused(await peer.api("POST", secrets, create({ externalId: randomText(peer.random, 340_000) }))),
  "a search through 520 secrets with long external ids": async (peer) => {
    ok(await peer.control("PUT", "/seed", seedOf(peer.random, 520, peer.random.pick([900, 2000]))))
    ok(await peer.api("GET", `${secrets}?query=nothing-of-this`))
  },
  "2 MB of wrong fault rules": async (peer) => refused(await peer.control("PUT", "/faults", wrongFaults)),
  "a 1 MiB mask of wrong paths": async (peer) => refused(await peer.api("PATCH", `${secrets}/none`, wrongMask)),
  "1 MiB of brackets": async (peer) => refused(await peer.api("POST", secrets, "[".repeat(1_000_000))),
  "150 waiters, and a request that each of them looks at": async (peer) => {
    const waiting = JSON.stringify({ match: { path: "/v1/whoami", status: 500 }, timeoutMillis: 8000 })
    const waiters = many(150, () => peer.another())
    try {
      const [seen, ...answers] = await Promise.all([
        peer.api("GET", "/v1/whoami"),
        ...waiters.map((waiter) => waiter.control("POST", "/journal/wait", waiting))
      ])
      ok(seen)
      for (const answer of answers) refused(answer, 504)
      // Up to 50 at the same time.
      assert.ok(answers.some(({ text }) => text.includes("100 others wait")), "all of them waited")
    } finally {
      for (const waiter of waiters) waiter.close()
    }
  }
}

/** Requests that could cause an uncaught exception. */
const exceptions = {
  "a clock offset in microseconds": async (peer) => {
    refused(await peer.control("PUT", "/clock", { type: "real", offsetMillis: Date.now() * 1000 }))
    ok(await peer.api("POST", secrets, create({})))
  },
  "a clock at the end of time": async (peer) => {
    ok(await peer.control("PUT", "/clock", { type: "stepping", at: endOfTime, stepMillis: lastMillis }))
    for (let i = 0; i < 3; i++) ok(await peer.api("POST", secrets, create({})))
    await peer.control("POST", "/clock/advance", { millis: Number.MAX_SAFE_INTEGER })
    ok(await peer.api("POST", secrets, create({})))
  },
  "a snapshot with clock and ids at the end of time": async (peer) => {
    const snapshot = JSON.parse((await peer.control("GET", "/snapshot")).text)
    const at = (timestamp) => ({ timestamp, high: 2 ** 40 - 1, low: 2 ** 40 - 1 })
    const restore = (timestamp, time) =>
      peer.control("PUT", "/snapshot", {
        ...snapshot,
        clock: { type: "fixed", at: time },
        ids: { ...snapshot.ids, requests: at(timestamp), resources: at(timestamp) }
      })
    refused(await restore(2 ** 48 - 1, endOfTime))
    refused(await restore(lastMillis, "+275760-09-13T00:00:00.000Z"))
    ok(await restore(lastMillis, endOfTime))
    for (let i = 0; i < 3; i++) ok(await peer.api("POST", secrets, create({})))
  },
  "a wait for a body of 6,000 levels": async (peer) =>
    refused(await peer.control("POST", "/journal/wait", `{"match":{"body":${nested(6000)}}}`)),
  "a seed of 100,000 levels": async (peer) =>
    refused(await peer.control("PUT", "/seed", `{"workspaceSecrets":[${nested(100_000)}]}`)),
  "faults that break answers": async (peer) => {
    const faults = [{ close: true, times: 1 }, { body: "cut", times: 1 }, { body: "html", times: 1 }]
    ok(await peer.control("PUT", "/faults", { faults }))
    await assert.rejects(peer.api("GET", "/v1/whoami"))
    await assert.rejects(peer.api("GET", "/v1/whoami"))
    assert.match((await peer.api("GET", "/v1/whoami")).text, /<html/)
    ok(await peer.api("GET", "/v1/whoami"))
  }
}

/** A connection of a badly behaved peer, and the received bytes. */
const open = (url) => {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  const chunks = []
  let bytes = 0
  socket.on("data", (chunk) => {
    bytes += chunk.length
    // The first chunk is enough.
    if (chunks.length === 0) chunks.push(chunk)
  })
  // A reset also ends the connection.
  socket.on("error", () => {})
  const closed = once(socket, "close").then(() => ({ bytes, text: Buffer.concat(chunks).toString() }))
  return { socket, closed }
}

/** Connections that could exhaust descriptors, memory and time. */
const connections = {
  "a connection that sends nothing": async ({ url }) => {
    const { text } = await within("the end of an idle connection", open(url).closed)
    assert.match(text, /^HTTP\/1.1 408 /)
  },
  "a head that comes byte by byte": async ({ url }) => {
    const { closed, socket } = open(url)
    const timer = setInterval(() => socket.writable && socket.write("a"), 200)
    try {
      socket.write("GET /v1/whoami HTTP/1.1\r\nX-Slow: ")
      const { text } = await within("the end of a slow head", closed)
      assert.match(text, /^HTTP\/1.1 408 /)
    } finally {
      clearInterval(timer)
      socket.destroy()
    }
  },
  "a thousand requests whose answers are not read": async (peer) => {
    const { closed, socket } = open(peer.url)
    socket.pause()
    const list = request("GET", `${secrets}?limit=200`, { Authorization: peer.authorization })
    socket.write(Buffer.concat(many(1000, () => list)))
    await new Promise((resolve) => setTimeout(resolve, 1000))
    const other = peer.another()
    ok(await other.api("GET", "/v1/whoami"))
    other.close()
    socket.destroy()
    await closed
  },
  "no HTTP, and the connection left open": async ({ url }) => {
    const { closed, socket } = open(url)
    socket.write("GET\r\n\r\n")
    const { text } = await within("the end of a refused connection", closed)
    assert.match(text, /^HTTP\/1.1 400 /)
  }
}

/** Opens connections up to the server's limit, while another client still gets responses. Further connections are refused and closed. */
const flood = async (peer, maxConnections) => {
  const other = peer.another()
  ok(await other.api("GET", "/v1/whoami"))
  const opened = many(maxConnections + 50, () => open(peer.url))
  try {
    await within(
      "connections",
      Promise.all(
        opened.map(({ socket }) =>
          socket.connecting ? Promise.race([once(socket, "connect"), once(socket, "close")]) : undefined
        )
      )
    )
    ok(await other.api("GET", "/v1/whoami"))
    let refusals = 0
    const some = new Promise((resolve) => {
      for (const { closed } of opened) closed.then(() => ++refusals === 50 && resolve())
    })
    await within("the end of 50 connections too many", some)
    ok(await other.api("GET", "/v1/whoami"))
  } finally {
    for (const { socket } of opened) socket.destroy()
    await Promise.all(opened.map(({ closed }) => closed))
    other.close()
  }
}

const kinds = { amplification, exceptions, connections }

/** Milliseconds between two attacks of a peer: others are to be answered meanwhile, and that takes more than one processor at times. */
const rest = 200

/** The names of all attacks. */
export const attacks = [...Object.values(kinds).flatMap((attacks) => Object.keys(attacks)), "50 connections too many"]

/** What was tried and held, as Markdown. */
export const table = (rows) =>
  [
    "| attack | tried | held |",
    "| --- | --- | --- |",
    ...rows.map(({ held, name, tried }) => `| ${name} | ${tried} | ${held} |`)
  ].join("\n")

/** How often each attack was tried and survived. */
export class Hostile {
  /** By its name, how often an attack was tried and held. */
  tally = new Map(attacks.map((name) => [name, { name, tried: 0, held: 0 }]))
  failures = []
  #peers
  #maxConnections
  /** Settles when paused attacks may continue. */
  #gate
  #running = new Set()

  /** `keys` has one tenant per kind; `chosen` selects the attacks. */
  constructor({ chosen = () => true, keys, maxConnections, random, url }) {
    this.#maxConnections = maxConnections
    this.#peers = Object.entries(kinds).map(([kind, attacks], i) => ({
      kind,
      peer: new Peer(url, keys[i], random),
      attacks: Object.entries(attacks).filter(([name]) => chosen(name))
    }))
  }

  /** Repeats all attacks until a promise settles, each at least once. */
  async until(over) {
    let isOver = false
    const end = over.then(() => isOver = true, () => isOver = true)
    await this.#repeat(() => !isOver && this.failures.length === 0)
    await end
  }

  /** Tries all attacks, each so many times. */
  async rounds(count) {
    await this.#repeat((round) => round < count)
    for (let round = 0; round < count; round++) await this.flood()
  }

  async #repeat(goesOn) {
    await Promise.all(this.#peers.map(async ({ attacks, kind, peer }) => {
      let round = 0
      do {
        if (kind === "connections") {
          await Promise.all(attacks.map(([name, attack]) => this.#try(name, () => attack(peer))))
        } else {
          for (const [name, attack] of attacks) {
            await this.#gate
            const running = this.#try(name, () => attack(peer).finally(() => peer.recover()))
            this.#running.add(running)
            await running
            this.#running.delete(running)
          }
        }
        await new Promise((resolve) => setTimeout(resolve, rest))
      } while (goesOn(++round))
    }))
  }

  /**
   * Waits for the attacks in flight, and starts none before the returned function is called. Connections that wait to
   * be closed stay open.
   */
  async pause() {
    let goOn
    this.#gate = new Promise((resolve) => {
      goOn = resolve
    })
    await Promise.all(this.#running)
    return goOn
  }

  /** Takes all connections while no other client needs a new one. */
  async flood() {
    await this.#try("50 connections too many", () => flood(this.#peers[0].peer, this.#maxConnections))
  }

  close() {
    for (const { peer } of this.#peers) peer.close()
  }

  async #try(name, attack) {
    const row = this.tally.get(name)
    row.tried++
    try {
      await attack()
      row.held++
    } catch (error) {
      this.failures.push(`${name}: ${error.message}`)
    }
  }
}
