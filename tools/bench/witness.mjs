// `bench -- witness`: the overhead of a witness, as a proxy and around an `HttpClient`.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { root } from "../workspaces.mjs"
import { ours } from "./clients.mjs"
import { measure } from "./harness.mjs"
import { start } from "./processes.mjs"
import { end, launch, usage } from "./spawned.mjs"
import { median, number, ratio } from "./table.mjs"

const CONNECTIONS = 20
const MILLIS = 1500
const CALLS = 4000
const WARM_UP = 10_000

const BASELINES = ["bare", "direct", "plain"]

/** The command, as its package names it. */
const ourCommand = () => {
  const directory = join(root, "packages/contract-tests")
  const { bin } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"))
  return join(directory, Object.values(bin)[0])
}

/** The proxies. `command` returns what to spawn, for a port and the server's URL. */
const proxies = [
  { name: "direct", label: "no proxy", isProxy: true },
  {
    name: "bare",
    label: "bare `node:http` proxy, the limit",
    isProxy: true,
    command: (port, url) => [
      process.execPath,
      [fileURLToPath(new URL("pass-through.mjs", import.meta.url)), String(port), url]
    ]
  },
  {
    name: "witness",
    label: "**witness**, with a report",
    isProxy: true,
    command: (port, url) => [
      process.execPath,
      [ourCommand(), "witness", "--target", url, "--port", String(port), "--report", "witness.json"]
    ]
  }
]

const layered = (make) => async (url) => {
  const [HttpClient, Effect, Layer] = await Promise.all([
    import("@effect/platform/HttpClient"),
    import("effect/Effect"),
    import("effect/Layer")
  ])
  const around = await make(url)
  return Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, around))
}

/** Our client on undici, with or without a wrapped transport. */
const clients = [
  { name: "plain", label: "our client on undici", make: ours("node") },
  {
    name: "layered",
    label: "… with a layer that does nothing",
    make: ours(
      "node",
      layered(async () => {
        const { transform } = await import("@effect/platform/HttpClient")
        return transform((effect) => effect)
      })
    )
  },
  {
    name: "watched",
    label: "… with the **witness** around it",
    make: ours(
      "node",
      layered(async (url) => {
        const [Seal, Witness, { make }] = await Promise.all([
          import("@workspace-secrets/contract-tests/Seal"),
          import("@workspace-secrets/contract-tests/Witness"),
          import("@workspace-secrets/contract-tests/WitnessHttpClient")
        ])
        const options = { witness: Witness.make({ seal: Seal.make() }), target: new URL(url) }
        return (http) => make(http, options)
      })
    )
  }
]

/** Prepares a client. */
export const make = (name, url) => clients.find((client) => client.name === name).make(url)

const ask = async (load, { pid, port }) => {
  // With one request at a time, the proxy's latency per request is visible.
  const alone = await load.ask({ port, connections: 1, millis: MILLIS })
  const before = pid && usage(pid)
  const many = await load.ask({ port, connections: CONNECTIONS, millis: MILLIS })
  const after = pid && usage(pid)
  return {
    p50: alone.p50,
    rate: many.rate,
    cpu: before?.cpu && (after.cpu - before.cpu) / many.total,
    resident: after?.resident
  }
}

/** Warms up until hot code is compiled. */
const warmUp = async (load, { port }) => {
  for (let asked = 0; asked < WARM_UP;) {
    asked += (await load.ask({ port, connections: CONNECTIONS, millis: MILLIS })).total
  }
}

const overProxies = async (contestants, url, rounds, directory, tell) => {
  const running = new Map()
  for (const { command, name } of contestants) {
    tell(`Starting ${name} …`)
    const own = join(directory, name)
    mkdirSync(own)
    running.set(
      name,
      command === undefined
        ? { port: Number(new URL(url).port) }
        : await launch({ name, command: (port) => command(port, url) }, own)
    )
  }
  const load = await start("load.mjs", [])
  for (const { name } of contestants) await warmUp(load, running.get(name))
  const samples = await measure(contestants, rounds, ({ name }) => ask(load, running.get(name)), tell)
  await load.stop()
  for (const proxy of running.values()) if (proxy.child !== undefined) await end(proxy)
  return samples
}

const aroundClients = async (contestants, url, rounds, execArgv, tell) => {
  const workers = new Map()
  for (const { name } of contestants) {
    tell(`Warming up ${name} …`)
    workers.set(name, await start("client-worker.mjs", [name, url, "witness"], { execArgv }))
  }
  const sample = ({ name }) => workers.get(name).ask({ calls: CALLS, inFlight: CONNECTIONS })
  const samples = await measure(contestants, rounds, sample, tell)
  for (const worker of workers.values()) await worker.stop()
  return samples
}

export const witness = {
  projects: ["@workspace-secrets/contract-tests"],
  baselines: BASELINES,
  contestants: [...proxies, ...clients],

  run: async (contestants, { profile, rounds, tell }) => {
    const execArgv = profile === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", profile]
    const directory = mkdtempSync(join(tmpdir(), "bench-"))
    const server = await start("bare.mjs", [])
    try {
      return new Map([
        ...await overProxies(contestants.filter(({ isProxy }) => isProxy), server.ready, rounds, directory, tell),
        ...await aroundClients(contestants.filter(({ isProxy }) => !isProxy), server.ready, rounds, execArgv, tell)
      ])
    } finally {
      await server.stop()
      rmSync(directory, { recursive: true, force: true })
    }
  },

  report: (contestants, samples) => {
    const rows = contestants.map(({ isProxy, label, name }) => {
      const of = (key) => {
        const values = samples.get(name).map((sample) => sample[key]).filter((value) => value !== undefined)
        return values.length === 0 ? undefined : median(values)
      }
      return { name, isProxy, label, p50: of("p50"), rate: of("rate"), cpu: of("cpu"), resident: of("resident") }
    })
    const { bare, direct, plain, watched, witness } = Object.fromEntries(rows.map((row) => [row.name, row]))
    return {
      about:
        `GET of one secret from a bare node:http server in a process of its own: ${MILLIS / 1000} s a round over ` +
        `one connection (p50) and over ${CONNECTIONS} (the rest); around a client, ${CALLS} calls a round, ${CONNECTIONS} in flight.`,
      tables: [
        {
          title: "A proxy:",
          columns: [
            { title: "between", left: true, cell: ({ label }) => label },
            { title: "p50, ms", cell: ({ p50 }) => number(p50) },
            { title: "added, ms", cell: ({ p50 }) => number(p50 - direct.p50) },
            { title: "requests/s", cell: ({ rate }) => number(rate) },
            { title: "× bare", cell: ({ rate }) => ratio(rate / bare.rate) },
            { title: "CPU, µs", cell: ({ cpu }) => cpu && number(cpu) },
            { title: "× bare", cell: ({ cpu }) => cpu && ratio(cpu / bare.cpu) },
            { title: "resident, MB", cell: ({ resident }) => resident && number(resident / 1e6) }
          ],
          rows: rows.filter(({ isProxy }) => isProxy)
        },
        {
          title: "Around an `HttpClient`:",
          columns: [
            { title: "client", left: true, cell: ({ label }) => label },
            { title: "CPU per call, µs", cell: ({ cpu }) => number(cpu) },
            { title: "added, µs", cell: ({ cpu }) => number(cpu - plain.cpu) },
            { title: "calls per second", cell: ({ rate }) => number(rate) }
          ],
          rows: rows.filter(({ isProxy }) => !isProxy)
        }
      ],
      goals: [
        witness && {
          goal: "the proxy adds at most 1 ms at the median",
          text: `${number(witness.p50 - direct.p50)} ms`,
          met: witness.p50 - direct.p50 <= 1
        },
        watched && {
          goal: "around a client, at most 1 ms of CPU a call",
          text: `${number((watched.cpu - plain.cpu) / 1000)} ms`,
          met: watched.cpu - plain.cpu <= 1000
        }
      ].filter(Boolean)
    }
  }
}
