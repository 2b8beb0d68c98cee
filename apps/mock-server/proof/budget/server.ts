/*
 * A server in its own process, which measures its use of resources. Run it with --expose-gc and an IPC channel: it answers every message
 * with a measurement.
 */
import * as MockServer from "../../src/MockServer.js"

const server = await MockServer.start({ port: 0 })

process.on("message", () => {
  global.gc?.()
  const { system, user } = process.cpuUsage()
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  process.send?.({ cpu: user + system, heap: heapUsed + arrayBuffers })
})
process.on("disconnect", () => process.exit())
process.send?.({ url: server.url, apiKey: server.apiKey })
