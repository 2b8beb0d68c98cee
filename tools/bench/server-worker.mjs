// One contestant of `bench -- server` that answers in process: `server-worker.mjs <contestant>`.
import { drive } from "./harness.mjs"
import { serve } from "./processes.mjs"
import { make } from "./servers.mjs"
import { percentile } from "./table.mjs"

const [name] = process.argv.slice(2)
const ask = await make(name)
let latencies = []
const call = async () => {
  const sent = performance.now()
  const read = await ask()
  if (read !== "name") throw new Error(`${name} answered ${JSON.stringify(read)} in place of the secret's name`)
  latencies.push(performance.now() - sent)
}

const sample = async ({ calls, inFlight }) => {
  latencies = []
  const cpu = process.cpuUsage()
  const began = performance.now()
  await drive(call, calls, inFlight)
  const rate = calls / (performance.now() - began) * 1000
  const { system, user } = process.cpuUsage(cpu)
  return {
    rate,
    cpu: (user + system) / calls,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    resident: process.memoryUsage.rss()
  }
}

await sample({ calls: 2000, inFlight: 20 })
serve({}, sample)
