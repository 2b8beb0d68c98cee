// Kills servers while they save their snapshot, and checks the file: `npm run soak -- snapshot`.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { root } from "../workspaces.mjs"
import { anySeed, command } from "./arguments.mjs"
import { build } from "./build.mjs"
import { randomOf } from "./random.mjs"

const usage = `npm run soak -- snapshot [--kills N] [--secrets N] [--seed N]

Starts a server on the snapshot file of the one before, adds a secret, tells it to stop, and kills it (SIGKILL) at a moment of the time that
saving takes. Fails when the file that is left is neither the old snapshot nor the new one, whole, and when the next server does not go on from it.

  --kills    number of killed servers; default 100
  --secrets  number of secrets that they save; default 3000
  --seed     an integer; the same seed kills at the same moments; default random`

const program = join(root, "apps/mock-server/dist/bin/main.js")

const [accountId, workspaceId] = ["acct_soak", "wksp_soak"]

/** A workspace large enough to make saving slow. */
const seedOf = (secrets) => ({
  accountId,
  workspaceId,
  workspaceSecrets: Array.from({ length: secrets }, (_, i) => ({
    metadata: {
      id: `wsec_${i}`,
      accountId,
      workspaceId,
      profileId: "prof_soak",
      createdAt: new Date(i).toISOString(),
      name: `secret ${i}`
    },
    spec: { value: "v".repeat(1000) }
  }))
})

/** Starts a server and waits until it is ready. */
const start = async (args) => {
  const child = spawn(process.execPath, [program, "serve", "--port", "0", "--json", ...args], {
    stdio: ["ignore", "pipe", "pipe"]
  })
  let [output, errors] = ["", ""]
  child.stdout.on("data", (chunk) => {
    output += chunk
  })
  child.stderr.on("data", (chunk) => {
    errors += chunk
  })
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, errors }))
  while (!output.includes("\n")) {
    const end = await Promise.race([once(child.stdout, "data").then(() => undefined), ended])
    if (end !== undefined && !output.includes("\n")) {
      throw new Error(`a server ended with ${end.signal ?? end.code} before it was ready: ${end.errors}`)
    }
  }
  const { apiKey, url } = JSON.parse(output)
  const ask = async (path, init = {}) => {
    const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" }
    const response = await fetch(`${url}/v1/workspace_secrets${path}`, { ...init, headers })
    if (response.status !== 200) throw new Error(`it answered ${response.status}: ${await response.text()}`)
    return response.json()
  }
  return { ask, child, ended }
}

const create = (server, name) =>
  server.ask("", { method: "POST", body: JSON.stringify({ metadata: { name }, spec: { value: name } }) })

/** The names of all secrets that a server lists. */
const listed = async (server, atMost) => {
  const names = []
  let cursor = ""
  do {
    const { items, pagination } = await server.ask(
      `?limit=200${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`
    )
    names.push(...items.map(({ metadata }) => metadata.name))
    cursor = pagination.nextCursor ?? ""
  } while (cursor !== "" && names.length <= atMost)
  return names.sort()
}

/** The names of all secrets in a snapshot file, which must be complete. */
const namesIn = (file) =>
  JSON.parse(readFileSync(file, "utf8")).workspaceSecrets.map(({ metadata }) => metadata.name).sort()

const isSame = (one, other) => one.length === other.length && one.every((name, i) => name === other[i])

const isTemporary = (name) => name.endsWith(".tmp")

/** Watches for a temporary file: `found` settles when a server writes to one, or has exited. */
const lookOut = (directory, { ended }) => {
  const watcher = watch(directory)
  const found = new Promise((resolve) => {
    watcher.on("change", (_, name) => {
      if (isTemporary(name ?? "")) resolve()
    })
    ended.then(resolve)
  })
  return { found, close: () => watcher.close() }
}

/** Measures the time from the stop signal until a server writes, and from there until it exits. */
const measure = async (directory, args, name) => {
  const server = await start(args)
  const { close, found } = lookOut(directory, server)
  try {
    await create(server, name)
    const begin = performance.now()
    const written = found.then(() => performance.now() - begin)
    server.child.kill("SIGTERM")
    const { code, errors } = await server.ended
    if (code !== 0) throw new Error(`a server could not save: ${errors}`)
    return { all: performance.now() - begin, before: await written }
  } finally {
    close()
    server.child.kill("SIGKILL")
  }
}

/**
 * Starts a server on the last snapshot, adds a secret, stops it, and kills it at a random moment of the shutdown, half
 * of the times after it began to write. The file must be the old or the new snapshot, and the next server must continue
 * from it. Returns the problems, and how many servers were killed before, during and after the write.
 */
export const soak = async ({ kills, onKill = () => {}, secrets, seed }) => {
  const directory = mkdtempSync(join(tmpdir(), "snapshot-soak-"))
  const file = join(directory, "snapshot.json")
  const seedFile = join(directory, "seed.json")
  const args = ["--snapshot-file", file, "--seed-file", seedFile]
  const random = randomOf(seed)
  const told = { before: 0, while: 0, after: 0, ended: 0 }
  const failures = []
  const temporary = () => readdirSync(directory).filter(isTemporary)
  try {
    writeFileSync(seedFile, JSON.stringify(seedOf(secrets)))
    const { all: window, before } = await measure(directory, args, "made unhurt")
    let names = namesIn(file)
    // Servers that exited before the kill do not count.
    for (let run = 0, killed = 0; killed < kills && run < 4 * kills && failures.length === 0; run++) {
      const name = `made by run ${run}`
      let server
      try {
        server = await start(args)
        if (!isSame(await listed(server, names.length), names)) throw new Error("it has other secrets than its file")
        await create(server, name)
        const { close, found } = lookOut(directory, server)
        const [waits, moment] = [random.chance(0.5), random.next()]
        server.child.kill("SIGTERM")
        if (waits) await found
        await Promise.race([server.ended, sleep(moment * (waits ? window - before : window))])
        server.child.kill("SIGKILL")
        close()
        const { signal } = await server.ended
        const left = namesIn(file)
        const isOld = isSame(left, names)
        if (!isOld && !isSame(left, [...names, name].sort())) {
          throw new Error("the file is neither the old snapshot nor the new one")
        }
        const isWhile = isOld && temporary().length > 0
        if (signal === "SIGKILL") {
          killed++
          told[isWhile ? "while" : isOld ? "before" : "after"]++
          onKill(killed, told)
        } else {
          told.ended++
        }
        names = left
        for (const name of temporary()) rmSync(join(directory, name))
      } catch (error) {
        failures.push(`seed ${seed}, run ${run}: ${error instanceof Error ? error.message : error}`)
      } finally {
        server?.child.kill("SIGKILL")
      }
    }
    if (failures.length === 0 && told.before + told.while + told.after < kills) {
      failures.push(`only ${told.before + told.while + told.after} of ${kills} servers were there to be killed`)
    }
    return { failures, told, window }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const run = async ({ kills, secrets, seed }) => {
  await build()
  console.log(`seed ${seed}: ${kills} servers to be killed while they save ${secrets} secrets`)
  const every = Math.ceil(kills / 10)
  const { failures, told, window } = await soak({
    kills,
    secrets,
    seed,
    onKill: (killed, { after, before, while: during }) => {
      if (killed % every === 0) {
        console.log(`${killed} killed: ${before} before it began to write, ${during} while it wrote, ${after} after`)
      }
    }
  })
  if (failures.length > 0) throw new Error(failures.join("\n\n"))
  console.log(
    `each of the ${kills} left a whole snapshot, and the next server went on from it (moments of ${
      Math.round(window)
    } ms; ${told.ended} more had ended by then)`
  )
}

/** Runs a soak, and returns the exit code. */
export const main = command(usage, {
  kills: { min: 1, unless: 100 },
  secrets: { min: 0, unless: 3000 },
  seed: { min: 0, unless: anySeed() }
}, run)
