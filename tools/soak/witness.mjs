// Sends many exchanges through a witness: `npm run soak -- witness`.
import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { anySeed, command } from "./arguments.mjs"
import { build } from "./build.mjs"
import { exchange, serve } from "./exchanges.mjs"
import { isGrown, mb } from "./memory.mjs"

const usage = `npm run soak -- witness [--exchanges N] [--in-flight N] [--seed N]

Sends requests to a server through the proxy of a witness: reads, pages, creates, errors, and bodies of bytes. Fails when a request or an answer
does not come as it was sent, when one is not counted, and, from 20,000 exchanges on, when the memory of the witness grows after the first tenth.

  --exchanges  number of exchanges; default 100000
  --in-flight  number in flight; default 50
  --seed       an integer; the same seed sends the same exchanges; default random`

/** Sends exchanges through the witness process of `start`, and returns measurements and problems. */
export const soak = async ({ exchanges, inFlight, onTenth = () => {}, seed, start }) => {
  const wrong = []
  const upstream = await serve(seed, (problem) => wrong.push(problem))
  const child = start(upstream.url)
  try {
    const url = await Promise.race([
      once(child, "message").then(([{ url }]) => url),
      once(child, "exit").then(([code]) => Promise.reject(new Error(`the witness ended with ${code}`)))
    ])
    const measures = []
    const measure = async () => {
      child.send("measure")
      const [measured] = await once(child, "message")
      measures.push(measured)
      return measured
    }
    const result = await exchange({
      exchanges,
      inFlight,
      seed,
      url,
      onTenth: async (tenth, done) => onTenth(tenth, done, await measure())
    })
    const last = await measure()
    const expected = {
      exchanges: result.done,
      cutOff: 0,
      tooLarge: result.sent.get("large") ?? 0,
      foreign: 0,
      withoutKey: 0,
      redirects: 0,
      unreadable: 0
    }
    const miscounted = Object.keys(expected).filter((name) => last.counts[name] !== expected[name])
    return {
      ...result,
      measures,
      last,
      failures: [
        ...wrong,
        ...result.failures,
        ...miscounted.map((name) => `the witness counted ${last.counts[name]} as ${name}, not ${expected[name]}`),
        ...last.troubles.map((code) => `the connection to the server failed: ${code}`)
      ]
    }
  } finally {
    child.kill()
    upstream.server.close()
    upstream.server.closeAllConnections()
  }
}

const run = async ({ exchanges, "in-flight": inFlight, seed }) => {
  await build("@workspace-secrets/contract-tests")
  console.log(`seed ${seed}: ${exchanges} exchanges, ${inFlight} in flight`)
  const begin = performance.now()
  const { done, failures, last, measures } = await soak({
    exchanges,
    inFlight,
    seed,
    start: (url) =>
      fork(fileURLToPath(new URL("witness-proxy.mjs", import.meta.url)), [url], { execArgv: ["--expose-gc"] }),
    onTenth: (tenth, sent, { heap, rss }) => {
      const rate = Math.round(sent / (performance.now() - begin) * 1000)
      console.log(`${tenth * 10} %: ${sent} exchanges, ${rate}/s, heap ${mb(heap)}, resident ${mb(rss)}`)
    }
  })
  const [first] = measures
  if (failures.length === 0 && exchanges >= 20_000 && isGrown(first, last)) {
    failures.push(`memory grew from ${mb(first.heap)} after the first tenth to ${mb(last.heap)}`)
  }
  if (failures.length > 0) throw new Error(failures.slice(0, 10).join("\n"))
  console.log(
    `${done} exchanges came as they were sent, and were counted; ${last.judged} judgements, ${last.counts.tooLarge} too large`
  )
}

/** Runs a soak, and returns the exit code. */
export const main = command(usage, {
  exchanges: { min: 1, unless: 100_000 },
  "in-flight": { min: 1, unless: 50 },
  seed: { min: 0, unless: anySeed() }
}, run)
