// A long run of mixed requests, a tenth of them hostile, against the mock server: `npm run soak -- server`.
import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { anySeed, command } from "./arguments.mjs"
import { build } from "./build.mjs"
import { Hostile, table } from "./hostile.mjs"
import { isGrown, mb } from "./memory.mjs"
import { randomOf } from "./random.mjs"
import { soak } from "./soak.mjs"

/** The maximum resident memory of the server process, in bytes. */
const maxResident = 256e6

const maxConnections = 400

const usage = `npm run soak -- server [--requests N] [--connections N] [--seed N]

Sends mixed requests to the mock server over many connections, a tenth of them hostile, and compares each response with a model. Other peers
attack the server at the same time: with small but expensive requests, with requests that could make it throw, and with connections that never
end. Fails on the first wrong response, on a successful attack, on an unbounded journal, if the server ever uses ${
  maxResident / 1e6
} MB, and, from 100,000 requests on, if its memory grows after the first tenth.
Prints how often each attack was tried and survived (held).

  --requests     number of requests; default 1000000
  --connections  number of connections, each with its own key; default 50
  --seed         an integer; the same seed sends the same requests; default random`

const run = async ({ connections, requests, seed }) => {
  await build()
  console.log(`seed ${seed}: ${requests} requests over ${connections} connections`)
  // The journal fills up within the first tenth, so that its content does not count as growth.
  const journalSize = Math.max(10, Math.min(1000, Math.floor(requests / connections / 20)))
  const child = fork(
    fileURLToPath(new URL("server.mjs", import.meta.url)),
    [connections, journalSize, maxConnections + connections].map(String),
    {
      execArgv: ["--expose-gc", "--max-old-space-size=128"]
    }
  )
  try {
    const [{ apiKeys, strangers, url }] = await once(child, "message")
    const hostile = new Hostile({
      keys: strangers,
      maxConnections: maxConnections + connections,
      random: randomOf(seed - 1),
      url
    })
    const measures = []
    const begin = performance.now()
    const soaked = soak({
      apiKeys,
      requests,
      seed,
      url,
      onTenth: async (tenth, sent) => {
        const goOn = await hostile.pause()
        const seconds = (performance.now() - begin) / 1000
        child.send("measure")
        const [measured] = await once(child, "message")
        measures.push(measured)
        console.log(
          `${tenth * 10} %: ${sent} requests, ${Math.round(sent / seconds)}/s, heap ${mb(measured.heap)}, resident ${
            mb(measured.rss)
          }, at most ${measured.journal} in a journal`
        )
        goOn()
      }
    })
    await hostile.until(soaked)
    await hostile.flood()
    hostile.close()
    const { failures, kinds, sent } = await soaked
    child.send("measure")
    const [{ peak }] = await once(child, "message")
    const problems = [...failures, ...hostile.failures]
    const [first, last] = [measures[0], measures.at(-1)]
    const journal = Math.max(0, ...measures.map((measured) => measured.journal))
    if (journal > journalSize) problems.push(`a journal of ${journalSize} holds ${journal} requests`)
    if (failures.length === 0 && requests >= 100_000 && isGrown(first, last)) {
      problems.push(`memory grew from ${mb(first.heap)} after the first tenth to ${mb(last.heap)}`)
    }
    if (peak > maxResident) problems.push(`the server had ${mb(peak)}, more than ${mb(maxResident)}`)
    console.log(`\n${table([...hostile.tally.values()])}\n\nat most ${mb(peak)} resident`)
    if (problems.length > 0) throw new Error(problems.join("\n\n"))
    const wrong = [...kinds].filter(([kind]) => kind.startsWith("hostile")).reduce((sum, [, count]) => sum + count, 0)
    console.log(
      `${sent} answers were right, ${wrong} of them to hostile requests; none was a 5xx but the 501 of operations that are not served`
    )
  } finally {
    child.kill()
  }
}

/** Runs a soak, and returns the exit code. */
export const main = command(usage, {
  requests: { min: 1, unless: 1_000_000 },
  connections: { min: 1, unless: 50 },
  seed: { min: 0, unless: anySeed() }
}, run)
