import * as Effect from "effect/Effect"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"

/** A request at the server. */
export interface Got {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingMessage["headers"]
  readonly body: string
}

/** A server on a free port that gives these responses in order, and repeats the last one. */
export const serve = (...answers: ReadonlyArray<(response: ServerResponse, got: Got) => void>) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly url: string; readonly got: Array<Got>; readonly close: () => void }>((resume) => {
      const got: Array<Got> = []
      const server = createServer((request, response) => {
        let body = ""
        request.setEncoding("utf8").on("data", (chunk: string) => {
          body += chunk
        }).on("end", () => {
          const { headers, method, url } = request
          got.push({ method, url, headers, body })
          answers[Math.min(got.length, answers.length) - 1]?.(response, { method, url, headers, body })
        })
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = typeof address === "object" && address !== null ? address.port : 0
        resume(Effect.succeed({
          url: `http://127.0.0.1:${port}`,
          got,
          close: () => {
            server.close()
            server.closeAllConnections()
          }
        }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

/** Answers with JSON. */
export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
(
  response: ServerResponse
): void => {
  response.writeHead(status, { "content-type": "application/json", "x-request-id": "req-1", ...headers })
  response.end(JSON.stringify(body))
}

/** A secret in the API's JSON. */
export const secret = (id: string, value = "v") => ({
  metadata: {
    id,
    accountId: "account_1",
    createdAt: "2026-01-01T00:00:00.000Z",
    name: "Stripe",
    profileId: "profile_1",
    workspaceId: "workspace_1",
    externalId: "",
    labels: {}
  },
  spec: { value }
})
