// `bench -- client`: the cost of a call in its process.
import { clients } from "./clients.mjs"
import { measure } from "./harness.mjs"
import { start } from "./processes.mjs"
import { median, number, ratio } from "./table.mjs"

const IN_FLIGHT = 20
const CALLS = 4000

const BASELINE = "undici"

const sdks = clients.filter(({ peer }) => peer !== undefined).map(({ name }) => name)

/** Compares the results with the goals; contestants without results are skipped. */
const goals = ({ fetch, ours, undici, ...others }) => {
  if (ours === undefined) return []
  const times = (of) => ours.cpu / of.cpu
  return [
    { goal: "on undici at most 2 × the CPU of `undici.request`", value: times(undici), met: times(undici) <= 2 },
    fetch && { goal: "on undici less CPU than `fetch`", value: times(fetch), met: times(fetch) < 1 },
    ...sdks.map((name) =>
      others[name] && {
        goal: `on undici ahead of \`${name}\` by 1.5 × or more`,
        value: 1 / times(others[name]),
        met: 1 / times(others[name]) >= 1.5
      }
    )
  ].filter(Boolean)
}

export const client = {
  projects: ["@workspace-secrets/http-client"],
  baselines: [BASELINE],
  contestants: clients,

  run: async (contestants, { profile, rounds, tell }) => {
    const server = await start("bare.mjs", [])
    const execArgv = profile === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", profile]
    const workers = new Map()
    for (const { name } of contestants) {
      tell(`Warming up ${name} …`)
      workers.set(name, await start("client-worker.mjs", [name, server.ready], { execArgv }))
    }
    const sample = ({ name }) => workers.get(name).ask({ calls: CALLS, inFlight: IN_FLIGHT })
    const samples = await measure(contestants, rounds, sample, tell)
    for (const worker of [...workers.values(), server]) await worker.stop()
    return samples
  },

  report: (contestants, samples) => {
    const rows = contestants.map(({ label, name, peer }) => ({
      name,
      label,
      version: peer?.version,
      cpu: median(samples.get(name).map(({ cpu }) => cpu)),
      rate: median(samples.get(name).map(({ rate }) => rate))
    }))
    const base = rows.find(({ name }) => name === BASELINE)
    const columns = [
      { title: "client", left: true, cell: ({ label, version }) => version ? `${label} ${version}` : label },
      { title: "CPU per call, µs", cell: ({ cpu }) => number(cpu) },
      { title: "× undici", cell: ({ cpu }) => ratio(cpu / base.cpu) },
      { title: "calls per second", cell: ({ rate }) => number(rate) },
      { title: "× undici", cell: ({ rate }) => ratio(rate / base.rate) }
    ]
    return {
      about:
        `GET of one secret from a bare node:http server in a process of its own; ${IN_FLIGHT} in flight, ${CALLS} calls a round.`,
      tables: [{ columns, rows: rows.toSorted((a, b) => a.cpu - b.cpu) }],
      goals: goals(Object.fromEntries(rows.map((row) => [row.name, row])))
    }
  }
}
