import * as Effect from "effect/Effect"
import * as http from "node:http"
import type { AddressInfo } from "node:net"

export type Answering = (request: http.IncomingMessage, body: string) => readonly [
  status: number,
  body: string,
  headers?: http.OutgoingHttpHeaders
]

export const until = (condition: () => boolean) =>
  Effect.repeat(Effect.async<void>((resume) => void setImmediate(() => resume(Effect.void))), { until: condition })

/** A server with given responses. */
export const serving = (answer: Answering) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.async<http.Server>((resume) => {
        const server = http.createServer((request, response) => {
          let body = ""
          request.on("data", (chunk: Buffer) => body += chunk.toString())
          request.on("end", () => {
            const [status, text, headers] = answer(request, body)
            response.writeHead(status, { "content-type": "application/json", "x-request-id": "0f3c", ...headers })
            response.end(text)
          })
        })
        server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
      }),
      (server) =>
        Effect.async<void>((resume) => {
          server.close(() => resume(Effect.void))
          server.closeAllConnections()
        })
    ),
    (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  )

// The secrets. No test name contains them.
const [key, value] = ["canary-key-1", "canary_value_2"]
const both = `${key} ${value}`

const secret = (name: string) => ({
  metadata: {
    id: value,
    accountId: key,
    createdAt: both,
    name,
    profileId: value,
    workspaceId: both,
    externalId: value,
    labels: { [value]: key },
    [value]: value,
    nested: { [key]: value }
  },
  spec: { value, [value]: key },
  info: { createdBy: { metadata: { id: key, [value]: key }, spec: { type: both } }, lastUsedAt: value }
})

const answers = [
  JSON.stringify(secret(value)),
  JSON.stringify({ items: [secret(both), value, null], pagination: { nextCursor: value }, [value]: key }),
  JSON.stringify({
    code: value,
    message: both,
    details: [{ "@type": key, fieldViolations: [{ field: value, description: key }] }]
  }),
  JSON.stringify({
    code: 3,
    message: both,
    details: [{
      "@type": "type.googleapis.com/google.rpc.BadRequest",
      fieldViolations: [{ field: value, description: key }]
    }]
  }),
  JSON.stringify(value),
  both,
  `{"metadata":{"name":"${value}`,
  `<h1>${both}</h1>`
]

/** A server with a value and a key in every field of its responses. */
export const tellingAll = (): Answering => {
  let asked = 0
  return () => {
    const i = asked++
    return [[200, 400, 404, 500, 201, 403][i % 6] ?? 200, answers[i % answers.length] ?? "", {
      "x-request-id": i % 2 === 0 ? value : key,
      "content-type": i % 5 === 0 ? `text/${value}` : "application/json",
      location: `https://${key}/${value}`,
      allow: value
    }]
  }
}

const bodies = [
  JSON.stringify({
    metadata: { name: value, [value]: key, labels: { [value]: value } },
    spec: { value },
    [value]: 1
  }),
  JSON.stringify({ spec: value, metadata: key, updateMask: value }),
  both
]

const paths = ["", `/${value}`, `/external_id%3A${value}`, `?cursor=${value}&query=${key}&${value}=${key}`]
  .flatMap((tail) => [`/v1/workspace_secrets${tail}`, `/v1/workspaces/${value}/workspace_secrets${tail}`])
  .concat("/v1/whoami", `/${value}`)

/** Requests with a value and a key in every field. */
export const requestsOfAll = () =>
  ["GET", "POST", "PATCH", "DELETE", "PUT"].flatMap((method, m) =>
    paths.flatMap((path, p) =>
      Array.from({ length: 4 }, (_, i) => ({
        method,
        path,
        headers: {
          authorization: `Bearer ${i === 3 ? value : key}`,
          "content-type": "application/json",
          [value]: key,
          origin: `https://${value}`
        },
        ...(method === "GET" ? {} : { body: bodies[((m * paths.length + p) * 4 + i) % bodies.length] ?? "" })
      }))
    )
  )

/** The lines that contain a secret. */
export const leaksIn = (text: string): ReadonlyArray<string> =>
  text.split("\n").filter((line) => line.includes(key) || line.includes(value))

/** The secrets, for the sinks. */
export const secretsOfAll = [key, value]
