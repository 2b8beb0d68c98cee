import assert from "node:assert/strict"
import { execFile, fork } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import { after, before, describe, it } from "node:test"
import { fileURLToPath } from "node:url"
import { Connection } from "./soak/connection.mjs"
import { attacks, Hostile } from "./soak/hostile.mjs"
import { randomOf } from "./soak/random.mjs"
import { soak as soakSnapshots } from "./soak/snapshot.mjs"
import { soak } from "./soak/soak.mjs"
import { soak as soakWitness } from "./soak/witness.mjs"
import { viteNode } from "./sources.mjs"

const connections = 10
const journalSize = 20
const maxConnections = 300

describe("a soak", () => {
  let server
  let child

  before(async () => {
    // From the sources, so that no build is needed.
    const [config, path] = ["../apps/mock-server/vitest.config.ts", "soak/server.mjs"].map((file) =>
      fileURLToPath(new URL(file, import.meta.url))
    )
    child = fork(viteNode, ["--config", config, path, ...[connections, journalSize, maxConnections].map(String)], {
      execArgv: ["--expose-gc"]
    })
    server = await Promise.race([
      once(child, "message").then(([message]) => message),
      once(child, "exit").then(([code]) => assert.fail(`the server ended with ${code}`))
    ])
  })

  after(() => child.kill())

  it("finds every response valid, also to hostile requests, and the journals bounded", async () => {
    const tenths = []
    const { failures, kinds, sent } = await soak({
      ...server,
      requests: 2000,
      seed: 20261124,
      onTenth: async (tenth) => {
        tenths.push(tenth)
      }
    })
    assert.deepEqual(failures, [])
    assert.equal(sent, 2000)
    assert.deepEqual(tenths, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    const hostile = [...kinds].filter(([kind]) => kind.startsWith("hostile: "))
    const count = hostile.reduce((sum, [, count]) => sum + count, 0)
    assert.ok(count > sent * 0.05 && count < sent * 0.15, `${count} hostile`)
    assert.equal(hostile.length, 16)
    for (const kind of ["create", "create, taken", "get", "list", "update", "delete", "whoami", "missing"]) {
      assert.ok(kinds.get(kind) > 0, kind)
    }
    child.send("measure")
    const [{ dropped, heap, journal }] = await once(child, "message")
    assert.equal(journal, journalSize)
    assert.ok(dropped > 0)
    assert.ok(heap > 1e6)
  })

  /** The report of a soak if responses are changed on their way. */
  const through = (change) => {
    class Changing extends Connection {
      async send(bytes) {
        return change(await super.send(bytes))
      }
    }
    return soak({
      apiKeys: server.apiKeys.slice(0, 1),
      connect: (url) => new Changing(url),
      requests: 300,
      seed: 4,
      url: server.url
    })
  }

  const withoutFirst = ({ items, ...rest }) => JSON.stringify({ ...rest, items: items.slice(1) })

  for (
    const [what, change, said] of [
      ["fails", (answer) => ({ ...answer, status: 500 }), /500 !== 200/],
      [
        "forgets an item of a page",
        (answer) =>
          answer.text.startsWith("{\"items\":[{") ? { ...answer, text: withoutFirst(JSON.parse(answer.text)) } : answer,
        /\(list\): 200 [^]*deep-equal/
      ],
      [
        "has another code",
        (answer) => ({ ...answer, text: answer.text.replace("\"code\":3", "\"code\":9") }),
        /\(hostile: [^]*9 !== 3/
      ]
    ]
  ) {
    it(`finds a server that ${what}, and prints how to repeat it`, async () => {
      // Starts with an empty workspace, as the model does.
      child.send("reset")
      await once(child, "message")
      const { failures } = await through(change)
      assert.equal(failures.length, 1)
      assert.match(failures[0], /^seed 4, connection 0, request \d+ \([a-z]/)
      assert.match(failures[0], said)
    })
  }

  /** The results of each attack, tried once; without attacks that wait ten seconds for the head timeout. */
  const attack = async (keys, url) => {
    const chosen = (name) => !["a connection that sends nothing", "a head that comes byte by byte"].includes(name)
    const hostile = new Hostile({ chosen, keys, maxConnections, random: randomOf(1), url })
    await hostile.until(Promise.resolve())
    await hostile.flood()
    hostile.close()
    return hostile
  }

  it("finds that the server survives every attack, and counts the attempts", async () => {
    const { failures, tally } = await attack(server.strangers, server.url)
    assert.deepEqual(failures, [])
    const tried = [...tally.values()].filter(({ tried }) => tried > 0)
    assert.deepEqual([tally.size, tried.length], [18, 16])
    assert.ok(tried.every(({ held, tried }) => tried === 1 && held === 1))
  })

  it("has each attack in the table of docs/security.md", () => {
    const docs = readFileSync(new URL("../docs/security.md", import.meta.url), "utf8")
    for (const name of attacks) assert.match(docs, new RegExp(`^\\| ${name} \\| (\\d+) \\| \\1 \\|$`, "m"))
  })

  it("finds a server that survives none", async () => {
    const wrong = createServer((_, response) => response.writeHead(500, { "Content-Length": 2 }).end("{}"))
    await once(wrong.listen(0, "127.0.0.1"), "listening")
    const { failures, tally } = await attack(server.strangers, `http://127.0.0.1:${wrong.address().port}`)
    wrong.closeAllConnections()
    wrong.close()
    const held = [...tally].filter(([, { held }]) => held > 0).map(([name]) => name)
    // Node itself refuses invalid HTTP.
    assert.deepEqual(held, ["no HTTP, and the connection left open"])
    assert.equal(failures.length, 15)
  })

  it("kills servers while they save, and finds each snapshot complete", async () => {
    const killed = []
    const { failures, told } = await soakSnapshots({
      kills: 2,
      secrets: 500,
      seed: 3,
      onKill: (count) => killed.push(count)
    })
    assert.deepEqual(failures, [])
    assert.deepEqual(killed, [1, 2])
    assert.equal(told.before + told.while + told.after, 2)
  })

  it("finds every exchange through a witness unchanged and counted", async () => {
    const start = (url) => {
      const [config, path] = ["../packages/contract-tests/vitest.config.ts", "soak/witness-proxy.mjs"].map((file) =>
        fileURLToPath(new URL(file, import.meta.url))
      )
      return fork(viteNode, ["--config", config, path, url], { execArgv: ["--expose-gc"] })
    }
    const { done, failures, last, sent } = await soakWitness({ exchanges: 500, inFlight: 50, seed: 0, start })
    assert.deepEqual(failures, [])
    assert.equal(done, 500)
    assert.equal(last.counts.exchanges, 500)
    assert.ok(last.judged > 500)
    assert.deepEqual([...sent.keys()].sort(), ["bytes", "create", "get", "large", "list", "missing"])
  })

  it("sends the same requests for the same seed", () => {
    const numbers = (seed) => Array.from({ length: 50 }, randomOf(seed).next)
    assert.deepEqual(numbers(7), numbers(7))
    assert.notDeepEqual(numbers(7), numbers(8))
    assert.ok(numbers(7).every((number) => number >= 0 && number < 1))
  })

  for (
    const [argv, message] of [[[], /Say which/], [
      ["sever"],
      /Expected one of client, server, hostile, snapshot, witness/
    ], [[
      "server",
      "--requests",
      "0"
    ], /from 1 on, not "0"/], [["snapshot", "--seed", "a"], /from 0 on, not "a"/]]
  ) {
    it(`refuses the arguments ${JSON.stringify(argv)}`, async () => {
      const path = fileURLToPath(new URL("soak.mjs", import.meta.url))
      const { code, stderr } = await new Promise((resolve) =>
        execFile(process.execPath, [path, ...argv], (error, _, stderr) => resolve({ code: error?.code, stderr }))
      )
      assert.equal(code, 2)
      assert.match(stderr, message)
      assert.match(stderr, /npm run soak -- /)
    })
  }
})
