// Sends requests on many connections, each as soon as the previous response arrived. To measure the server and not the
// client, it only finds the end of a response. It never sleeps: on a virtual machine, waking up costs the server more
// than a response.
import { connect } from "node:net"
import { setImmediate } from "node:timers"
import { apiKey, path } from "./answers.mjs"
import { lengthOf } from "./http.mjs"
import { serve } from "./processes.mjs"
import { percentile } from "./table.mjs"

const request = (port) =>
  Buffer.from([
    `GET ${path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    `authorization: Bearer ${apiKey}`,
    "accept: application/json",
    "",
    ""
  ].join("\r\n"))

const ask = ({ connections, millis, port }) => {
  const bytes = request(port)
  const latencies = []
  const stop = performance.now() + millis
  const lane = () =>
    new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1")
      let text = ""
      let sent
      const send = () => {
        sent = performance.now()
        socket.write(bytes)
      }
      socket.setNoDelay(true)
      socket.on("connect", send)
      socket.on("error", reject)
      socket.on("close", () => reject(new Error("the server closed a connection")))
      socket.on("data", (chunk) => {
        text += chunk.latin1Slice()
        const length = lengthOf(text)
        if (length === undefined) return
        if (!text.startsWith("HTTP/1.1 200")) return reject(new Error(`the server answered ${text.slice(9, 12)}`))
        const now = performance.now()
        latencies.push(now - sent)
        text = text.slice(length)
        if (now < stop) return send()
        socket.removeAllListeners("close").end()
        resolve()
      })
    })
  let isOver = false
  const stayAwake = () => {
    if (!isOver) setImmediate(stayAwake)
  }
  stayAwake()
  return Promise.all(Array.from({ length: connections }, lane)).then(() => {
    isOver = true
    return latencies
  })
}

serve({}, async (options) => {
  const before = await ask({ ...options, millis: options.millis / 4 })
  const began = performance.now()
  const latencies = await ask(options)
  return {
    total: before.length + latencies.length,
    rate: latencies.length / (performance.now() - began) * 1000,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99)
  }
})
