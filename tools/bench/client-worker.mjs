// One contestant of `bench -- client`, or another that has clients, in its process: `client-worker.mjs <contestant> <url> [subject]`.
import { drive } from "./harness.mjs"
import { serve } from "./processes.mjs"

const WARM_UP = 3000

const [name, url, subject = "clients"] = process.argv.slice(2)
const { make } = await import(`./${subject}.mjs`)
const contestant = await make(name, url)
const run = contestant.drive ?? ((calls, inFlight) => drive(contestant.call, calls, inFlight))

const sample = async ({ calls, inFlight }) => {
  // Warms up: connections may have closed since the last round.
  await run(inFlight * 5, inFlight)
  const cpu = process.cpuUsage()
  const began = performance.now()
  await run(calls, inFlight)
  const seconds = (performance.now() - began) / 1000
  const { system, user } = process.cpuUsage(cpu)
  return { cpu: (user + system) / calls, rate: calls / seconds }
}

const read = await contestant.call()
if (read !== "name") throw new Error(`${name} read ${JSON.stringify(read)} in place of the secret's name`)
await run(WARM_UP, 20)
serve({}, sample)
