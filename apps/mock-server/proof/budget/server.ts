/*
 * A server in a process of its own, and what it has used so far. To be run with --expose-gc and an IPC channel: every message
 * is answered with a measurement.
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
