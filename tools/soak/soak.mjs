import { Connection } from "./connection.mjs"
import { randomOf } from "./random.mjs"
import { World } from "./world.mjs"

const maxFailures = 10

/**
 * Sends requests over one connection per key, each with its own model. Returns the number of requests by kind, and the
 * problems with how to repeat them. `connect` opens a connection; `onTenth` is awaited after each tenth, with nothing
 * in flight.
 */
export const soak = async ({
  apiKeys,
  connect = (url) => new Connection(url),
  onTenth = () => {},
  requests,
  seed,
  url
}) => {
  const kinds = new Map()
  const failures = []
  const workers = apiKeys.map((apiKey, i) => ({
    connection: connect(url),
    sent: 0,
    world: new World(randomOf(seed + i * 7919), apiKey)
  }))
  let sent = 0
  try {
    for (let tenth = 1; tenth <= 10; tenth++) {
      const until = Math.floor(requests * tenth / 10)
      await Promise.all(workers.map(async (worker, i) => {
        while (sent < until && failures.length < maxFailures) {
          sent++
          const { bytes, check, kind } = worker.world.next()
          kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
          worker.sent++
          let answer
          try {
            answer = await worker.connection.send(bytes)
            check(answer)
          } catch (error) {
            // The model has lost track of the server's state, so later responses on this connection are not checked.
            const said = answer === undefined ? "no answer" : `${answer.status} ${answer.text.slice(0, 300)}`
            failures.push(`seed ${seed}, connection ${i}, request ${worker.sent} (${kind}): ${said}\n${error.message}`)
            return
          }
        }
      }))
      if (failures.length > 0) break
      await onTenth(tenth, sent)
    }
  } finally {
    for (const { connection } of workers) connection.close()
  }
  return { failures, kinds, sent }
}
