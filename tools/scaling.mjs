// Checks docs/scaling.md and its configuration with four mock servers behind nginx.
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { Agent, request } from "undici"
import { bundle, serve } from "./serve.mjs"
import { setup } from "./setup.mjs"
import { root } from "./workspaces.mjs"

const help = `
Starts four mock servers behind nginx and checks what docs/scaling.md says: the contract suite passes through nginx, keys are spread evenly,
a fifth server takes about a fifth of them, and a restarted server still has its secrets. Reports the throughput of 1, 2 and 4 servers.
Needs nginx, and the ports 4010 to 4015 of 127.0.0.1. Takes a minute.

  npm run scaling
`

const keys = 10_000
const seconds = 2
const connections = 32
const configuration = readFileSync(join(root, "docs/nginx.conf"), "utf8")
const url = "http://127.0.0.1:4010"

/** The statements that are not true with --accept-any-key, with which no key is unknown. */
const unknownKeys = ["WS-ERR-003", "WS-CLIENT-101"]

const expect = (holds, message) => {
  if (!holds) throw new Error(message)
}

const directory = mkdtempSync(join(tmpdir(), "scaling-"))
const servers = new Map()
let nginx

/** Starts a mock server, or restarts it with its saved tenants. */
const start = async (port) => {
  servers.set(port, await serve(["--accept-any-key", "--data-dir", join(directory, String(port))], port))
}

const stopNginx = async () => {
  if (nginx === undefined || nginx.exitCode !== null) return
  const ended = once(nginx, "exit")
  nginx.kill("SIGTERM")
  await ended
}

const get = async (path, key) => {
  const { body, headers, statusCode } = await request(url + path, {
    headers: { authorization: `Bearer ${key}` },
    dispatcher
  })
  const text = await body.text()
  return { status: statusCode, server: headers["x-mock-server"], text }
}

const dispatcher = new Agent({ connections })

/** Starts nginx for the servers on these ports, in place of the one that runs, and waits until it answers. */
const balance = async (ports) => {
  await stopNginx()
  const list = ports.map((port) => `    server 127.0.0.1:${port};\n`).join("")
  const text = configuration.replace(/(?: {4}server 127\.0\.0\.1:\d+;\n)+/, list)
  expect(text.includes(list), "docs/nginx.conf has no list of servers")
  const prefix = mkdtempSync(join(directory, "nginx-"))
  const file = join(prefix, "nginx.conf")
  writeFileSync(file, text)
  nginx = spawn("nginx", ["-p", prefix, "-c", file], { stdio: ["ignore", "ignore", "inherit"] })
  for (let attempt = 0; attempt < 100; attempt++) {
    expect(nginx.exitCode === null, "nginx did not start")
    const answered = await get("/_mock/health", "any").then(({ status }) => status === 200, () => false)
    if (answered) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error("nginx does not answer")
}

/** The server of each key. */
const placesOf = async () => {
  const places = []
  let next = 0
  const lane = async () => {
    while (next < keys) {
      const number = next++
      const { server, status } = await get("/_mock/health", `key-${number}`)
      expect(status === 200, `the health of a server: ${status}`)
      places[number] = server
    }
  }
  await Promise.all(Array.from({ length: connections }, lane))
  return places
}

/** Requests per second over many keys. */
const throughput = async () => {
  const end = performance.now() + seconds * 1000
  let answered = 0
  const lane = async (_, number) => {
    for (let turn = 0; performance.now() < end; turn++) {
      const { status } = await get("/v1/workspace_secrets?limit=1", `load-${(number + turn * connections) % 256}`)
      expect(status === 200, `a list: ${status}`)
      answered++
    }
  }
  await Promise.all(Array.from({ length: connections }, lane))
  return answered / seconds
}

const contract = () => {
  const { stdout } = spawnSync(
    process.execPath,
    [join(root, "tools/contract.mjs"), "--base-url", url, "--live", "--heavy"],
    { env: { ...process.env, CADENYA_API_KEY: "team-key", NO_COLOR: "1" }, encoding: "utf8" }
  )
  const count = (sign) => stdout.split("\n").filter((line) => line.startsWith(`${sign} WS-`)).length
  const broken = [...stdout.matchAll(/^✗ (WS-[A-Z]+-\d+)/gm)].map(([, id]) => id)
  const unexpected = broken.filter((id) => !unknownKeys.includes(id))
  expect(count("✓") > 200, `the contract suite did not run:\n${stdout.slice(-2000)}`)
  expect(
    unexpected.length === 0,
    `the contract does not hold through nginx: ${unexpected.join(", ")}\n${stdout.slice(-4000)}`
  )
  return count("✓")
}

const percent = (part) => `${(100 * part).toFixed(1)} %`

const create = async (key) => {
  const { body, statusCode } = await request(`${url}/v1/workspace_secrets`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ metadata: { name: "kept" }, spec: {} }),
    dispatcher
  })
  await body.dump()
  expect(statusCode === 200, `a create: ${statusCode}`)
}

const secretsOf = async (key) =>
  JSON.parse((await get("/v1/workspace_secrets", key)).text).items.map(({ metadata }) => metadata.name)

const main = async () => {
  const ports = [4011, 4012, 4013, 4014]
  await bundle()
  for (const port of ports) await start(port)
  await balance(ports)

  console.log(`contract: ${contract()} statements hold through nginx`)

  const before = await placesOf()
  const shares = ports.map((port) => before.filter((server) => server === `127.0.0.1:${port}`).length)
  console.log(`spread: ${keys} keys over 4 servers: ${shares.join(", ")}`)
  for (const share of shares) {
    expect(Math.abs(share / (keys / 4) - 1) <= 0.2, "a server has over 20 % more or fewer keys than an even share")
  }

  const { server } = await get("/_mock/health", "kept-key")
  const port = Number(server.split(":")[1])
  await create("kept-key")
  const kept = await secretsOf("kept-key")
  await servers.get(port).kill()
  await start(port)
  expect(kept.includes("kept"), "a create made no secret")
  expect((await secretsOf("kept-key")).join() === kept.join(), "a killed server lost a secret")
  console.log("restart: a server that was killed has its secrets again")

  const { status } = await get("/_mock/tenants", "kept-key")
  expect(status === 404, `nginx forwards the control API: ${status}`)
  console.log("control API: not forwarded; ask each server at its own address")

  for (const count of [1, 2, 4]) {
    await balance(ports.slice(0, count))
    await throughput()
    console.log(`throughput: ${count} server${count === 1 ? "" : "s"}, ${Math.round(await throughput())} requests/s`)
  }

  await start(4015)
  await balance([...ports, 4015])
  const after = await placesOf()
  const moved = after.filter((server, number) => server !== before[number])
  console.log(`fifth server: ${percent(moved.length / keys)} of the keys move, all of them to it`)
  expect(moved.every((server) => server === "127.0.0.1:4015"), "keys moved between the servers that were there")
  expect(moved.length / keys > 0.15 && moved.length / keys < 0.25, "a fifth server takes no fifth of the keys")
}

const { values } = parseArgs({ options: { help: { type: "boolean" } } })
if (values.help === true) {
  console.log(help.trim())
} else if (spawnSync("nginx", ["-v"]).error !== undefined) {
  console.error("npm run scaling needs nginx: apt-get install nginx")
  process.exitCode = 1
} else {
  setup()
  try {
    await main()
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  } finally {
    await stopNginx()
    await Promise.all([...servers.values()].map(({ stop }) => stop()))
    await dispatcher.close()
    rmSync(directory, { recursive: true, force: true })
  }
}
