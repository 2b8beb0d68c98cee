// A server with every kind of response of the API, copied next to the consumers' programs.
import { createServer } from "node:http"

const resource = { id: "wsecret_1", accountId: "account_1", createdAt: "2026-01-01T00:00:00Z", profileId: "profile_1" }
const profile = { metadata: { ...resource, name: "name" }, spec: { type: "PROFILE_TYPE_API_KEY" } }
const secret = {
  metadata: { ...resource, name: "Billing database", workspaceId: "workspace_1" },
  spec: { value: "value" },
  info: { createdBy: profile }
}

/** The response of a get, by id: an API error, a proxy's page, a truncated response, or none. */
const answer = (id, response) => {
  const [kind, status, code] = id.split("-")
  if (kind === "never") return
  if (kind === "reset") return response.destroy()
  if (kind === "half") {
    response.writeHead(200, { "content-length": "1000" })
    return response.write("{", () => response.destroy())
  }
  response.writeHead(kind === "status" ? Number(status) : 200, {
    "access-control-allow-origin": "*",
    "content-type": kind === "html" ? "text/html" : "application/json"
  })
  if (kind === "html") return response.end("<html>")
  response.end(JSON.stringify(kind === "status" ? { code: Number(code ?? 5), message: "refused" } : secret))
}

export const start = async () => {
  let requests = 0
  const server = createServer((request, response) => {
    const { method, url = "" } = request
    if (method === "OPTIONS") {
      response.writeHead(204, {
        "access-control-allow-origin": "*",
        "access-control-allow-headers": "accept,authorization,content-type",
        "access-control-allow-methods": "GET,POST,PATCH,DELETE"
      })
      return response.end()
    }
    requests++
    request.resume().on("end", () => {
      const id = url.split("/")[3]
      if (id !== undefined && method === "GET") return answer(id, response)
      response.writeHead(200, { "access-control-allow-origin": "*", "content-type": "application/json" })
      const page = { items: [secret], pagination: {} }
      response.end(JSON.stringify(url === "/v1/whoami" ? profile : method === "GET" ? page : secret))
    })
  })
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
  const stop = () =>
    new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    })
  return { url: `http://127.0.0.1:${server.address().port}`, requests: () => requests, stop }
}
