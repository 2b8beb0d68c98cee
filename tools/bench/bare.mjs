// A bare node:http server with one response: the upper limit for clients and servers.
import { createServer } from "node:http"
import { secret, secretOfAws } from "./answers.mjs"
import { serve } from "./processes.mjs"

const answer = (type, json) => {
  const body = JSON.stringify(json)
  return [{ "content-type": type, "content-length": Buffer.byteLength(body), "x-request-id": "req_1" }, body]
}

const own = answer("application/json", secret)
const aws = answer("application/x-amz-json-1.1", secretOfAws)

const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
  const [headers, body] = request.headers["x-amz-target"] === undefined ? own : aws
  request.resume()
  response.writeHead(200, headers)
  response.end(body)
})

server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => {
  const { port } = server.address()
  if (process.send === undefined) console.log(`http://127.0.0.1:${port}`)
  else serve(`http://127.0.0.1:${port}`)
})
