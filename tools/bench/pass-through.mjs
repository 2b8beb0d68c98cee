// A bare node:http proxy: the upper limit for a witness. `pass-through.mjs <port> <url of the server>`.
import { Agent, createServer, request } from "node:http"

const [port, target] = process.argv.slice(2)
const { hostname, port: targetPort } = new URL(target)
const agent = new Agent({ keepAlive: true })

createServer({ keepAliveTimeout: 600_000 }, (asked, response) => {
  const { headers, method, url: path } = asked
  const upstream = request({ agent, hostname, port: targetPort, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers)
    answer.pipe(response)
  })
  asked.pipe(upstream)
}).listen(Number(port), "127.0.0.1")
