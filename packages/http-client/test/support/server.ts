import * as Effect from "effect/Effect"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"

export interface Received {
  readonly method: string | undefined
  readonly path: string | undefined
  readonly headers: Http.IncomingHttpHeaders
  readonly body: string
}

/** A response, or a function that writes to the raw socket. */
export type Reply =
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  | ((response: Http.ServerResponse) => void)

const text = (body: unknown) => body === undefined || typeof body === "string" ? body : JSON.stringify(body)

/** A server for the lifetime of the scope, which records its requests. */
export const serve = (reply: (request: Received) => Reply) =>
  Effect.acquireRelease(
    Effect.async<{ readonly url: string; readonly received: Array<Received>; readonly server: Http.Server }>(
      (resume) => {
        const received: Array<Received> = []
        const server = Http.createServer((request, response) => {
          const chunks: Array<Buffer> = []
          request.on("data", (chunk: Buffer) => chunks.push(chunk))
          request.on("end", () => {
            const { headers, method, url: path } = request
            const entry = { method, path, headers, body: Buffer.concat(chunks).toString() }
            received.push(entry)
            const answer = reply(entry)
            if (typeof answer === "function") {
              return answer(response)
            }
            const { body, headers: extra, status = 200 } = answer
            response.writeHead(status, { "content-type": "application/json", "x-request-id": "req-1", ...extra })
            response.end(text(body))
          })
        })
        server.listen(0, "127.0.0.1", () => {
          const { port } = server.address() as AddressInfo
          resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, received, server }))
        })
      }
    ),
    ({ server }) =>
      Effect.async<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      })
  )
