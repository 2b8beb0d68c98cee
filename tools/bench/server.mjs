// `bench -- server`: speed and resource use of mock servers.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { measure } from "./harness.mjs"
import { start } from "./processes.mjs"
import { servers } from "./servers.mjs"
import { end, launch, usage } from "./spawned.mjs"
import { median, number, ratio } from "./table.mjs"

const CONNECTIONS = 20
const MILLIS = 2000
const CALLS = 5000

const BASELINE = "bare"

const isSpawned = ({ command }) => command !== undefined

/** Measures the start of each contestant on a socket, then requests to all of them in turn. */
const onSockets = async (contestants, rounds, directory, tell) => {
  const place = ({ name }) => {
    const own = join(directory, name)
    mkdirSync(own, { recursive: true })
    return own
  }
  tell("Starting each server once, so that its files are in memory and what it keeps for the next start is there")
  for (const contestant of contestants) {
    const server = await launch(contestant, place(contestant))
    await sleep(3000)
    await end(server)
  }
  tell("Starting each server, to see how long it takes")
  const starts = await measure(contestants, rounds, async (contestant) => {
    const server = await launch(contestant, place(contestant))
    await end(server)
    return server.ready
  }, tell)
  tell("Asking each server")
  const running = new Map()
  for (const contestant of contestants) running.set(contestant.name, await launch(contestant, place(contestant)))
  const load = await start("load.mjs", [])
  const sample = async ({ name }) => {
    const { pid, port } = running.get(name)
    const before = usage(pid)
    const answered = await load.ask({ port, connections: CONNECTIONS, millis: MILLIS })
    const after = usage(pid)
    return { ...answered, resident: after.resident, cpu: after.cpu && (after.cpu - before.cpu) / answered.total }
  }
  for (const contestant of contestants) await warmUp(() => sample(contestant))
  const samples = await measure(contestants, rounds, sample, tell)
  for (const server of running.values()) await end(server)
  await load.stop()
  for (const [name, list] of samples) list.forEach((one, round) => one.ready = starts.get(name)[round])
  return samples
}

/** Warms up until it gets no faster: run-time compilation takes time, especially in Java. */
const warmUp = async (sample) => {
  let best = 0
  for (let i = 0; i < 10; i++) {
    const { rate } = await sample()
    if (rate < best * 1.05) return
    best = rate
  }
}

const inProcess = async (contestants, rounds, execArgv, tell) => {
  if (contestants.length === 0) return []
  tell("Asking in process")
  const workers = new Map()
  for (const { name } of contestants) workers.set(name, await start("server-worker.mjs", [name], { execArgv }))
  const sample = ({ name }) => workers.get(name).ask({ calls: CALLS, inFlight: CONNECTIONS })
  const samples = await measure(contestants, rounds, sample, tell)
  for (const worker of workers.values()) await worker.stop()
  return samples
}

const figures = async (rounds, execArgv, tell) => {
  tell("Starting ours in process, and asking a large workspace")
  const worker = await start("server-figures.mjs", [], { execArgv })
  const samples = await measure([{ name: "figures" }], rounds, () => worker.ask({}), tell)
  await worker.stop()
  return samples
}

/** The storage modes of our server, and their guarantees. */
const modes = {
  memory: ["in memory", "nothing: it is gone when the process ends"],
  dataDir: ["`--data-dir`", "each change is on disk (`fdatasync`) before its response; those in flight share a sync"],
  dataKeyFile: ["`--data-dir --data-key-file`", "the same, encrypted"]
}

const middle = (samples, read) => {
  const values = samples.map(read).filter((value) => value !== undefined)
  return values.length === 0 ? undefined : median(values)
}

const rowsOf = (contestants, samples) =>
  contestants.map(({ label, name, note = "", peer }) => {
    const of = (key) => middle(samples.get(name), (sample) => sample[key])
    return {
      name,
      label: peer ? `${label} ${peer.version}${note}` : label,
      isPeer: peer !== undefined,
      rate: of("rate"),
      p50: of("p50"),
      p99: of("p99"),
      cpu: of("cpu"),
      ready: of("ready"),
      resident: of("resident")
    }
  })

const megabytes = (bytes) => bytes && number(bytes / 1e6)

const columnsOf = (base) => [
  { title: "server", left: true, cell: ({ label }) => label },
  { title: "requests/s", cell: ({ rate }) => number(rate) },
  ...base ? [{ title: "× bare", cell: ({ rate }) => ratio(rate / base.rate) }] : [],
  { title: "p50, ms", cell: ({ p50 }) => number(p50) },
  { title: "p99, ms", cell: ({ p99 }) => number(p99) },
  { title: "CPU, µs", cell: ({ cpu }) => cpu && number(cpu) },
  ...base ? [{ title: "ready after, ms", cell: ({ ready }) => number(ready) }] : [],
  { title: "resident, MB", cell: ({ resident }) => megabytes(resident) }
]

/** The lead of ours over the best peer, per column. */
const aheadOf = (ours, peers, what) => {
  const columns = { rate: "requests/s", p50: "p50", p99: "p99", ready: "time to be ready", resident: "resident memory" }
  return Object.entries(columns).flatMap(([key, title]) => {
    const rivals = peers.filter((peer) => peer[key] !== undefined)
    if (ours?.[key] === undefined || rivals.length === 0) return []
    const lead = (peer) => key === "rate" ? ours.rate / peer.rate : peer[key] / ours[key]
    const [closest] = rivals.toSorted((a, b) => lead(a) - lead(b))
    const value = lead(closest)
    return [{ goal: `${what}, ${title}: ahead of all; the closest is ${closest.label}`, value, met: value > 1 }]
  })
}

const millis = (goal, value, most) => ({ goal, text: `${number(value)} ms`, met: value <= most })

export const server = {
  projects: ["@workspace-secrets/mock-server"],
  baselines: [BASELINE],
  contestants: servers,

  run: async (contestants, { isWhole, profile, rounds, tell }) => {
    const execArgv = profile === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", profile]
    const directory = mkdtempSync(join(tmpdir(), "bench-"))
    try {
      return new Map([
        ...await onSockets(contestants.filter(isSpawned), rounds, directory, tell),
        ...await inProcess(contestants.filter((one) => !isSpawned(one)), rounds, execArgv, tell),
        ...isWhole ? await figures(rounds, execArgv, tell) : []
      ])
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  },

  report: (contestants, samples) => {
    const sockets = rowsOf(contestants.filter(isSpawned), samples)
    const own = rowsOf(contestants.filter((one) => !isSpawned(one)), samples)
    const all = Object.fromEntries([...sockets, ...own].map((row) => [row.name, row]))
    const { bare, ours } = all
    const fastest = (a, b) => b.rate - a.rate
    const measured = samples.get("figures")
    const of = (key) => middle(measured, (sample) => sample[key])
    const sizes = measured &&
      Object.keys(measured[0].requests).map((name) => {
        const [small, large] = [0, 1].map((i) => middle(measured, ({ requests }) => requests[name][i]))
        return { name, small, large }
      })
    return {
      about: `GET of one secret over ${CONNECTIONS} connections for ${MILLIS / 1000} s a round; in process, ` +
        `${CALLS} of them, ${CONNECTIONS} at a time.`,
      tables: [
        { title: "On a socket:", columns: columnsOf(bare), rows: sockets.toSorted(fastest) },
        ...own.length === 0 ? [] : [{ title: "In process:", columns: columnsOf(), rows: own.toSorted(fastest) }],
        ...sizes === undefined ? [] : [{
          title: "Ours in process, by the size of the workspace, a page of 50:",
          columns: [
            { title: "request", left: true, cell: ({ name }) => name },
            { title: "of 100, ms", cell: ({ small }) => number(small) },
            { title: "of 100,000, ms", cell: ({ large }) => number(large) },
            { title: "×", cell: ({ large, small }) => ratio(large / small) }
          ],
          rows: sizes
        }],
        ...measured === undefined ? [] : [{
          title: "Ours in process, creates per second, by how many are in flight:",
          columns: [
            { title: "kept", left: true, cell: ({ label }) => label },
            ...[1, 20, 100].map((inFlight, i) => ({ title: String(inFlight), cell: ({ rates }) => number(rates[i]) })),
            { title: "what a response promises", left: true, cell: ({ promise }) => promise }
          ],
          rows: Object.entries(modes).map(([mode, [label, promise]]) => ({
            label,
            promise,
            rates: [0, 1, 2].map((i) => middle(measured, ({ creates }) => creates[mode][i]))
          }))
        }]
      ],
      goals: [
        ...ours === undefined ? [] : [
          {
            goal: "on a socket, at least 0.4 × bare `node:http`",
            value: ours.rate / bare.rate,
            met: ours.rate / bare.rate >= 0.4
          },
          millis("ready from the command line within 200 ms", ours.ready, 200)
        ],
        ...aheadOf(ours, sockets.filter(({ isPeer }) => isPeer), "on a socket"),
        ...aheadOf(all["ours-in-process"], own.filter(({ isPeer }) => isPeer), "in process"),
        ...measured === undefined ? [] : [
          millis("started in process, on a socket, within 5 ms", of("socket"), 5),
          millis("started in process, without a socket, within 5 ms", of("inProcess"), 5),
          millis("a new tenant within 0.1 ms", of("tenant"), 0.1),
          ...sizes.map(({ large, name, small }) => ({
            goal: `${name}: of 100,000 at most 3 × of 100`,
            value: large / small,
            met: large / small <= 3
          }))
        ]
      ]
    }
  }
}
