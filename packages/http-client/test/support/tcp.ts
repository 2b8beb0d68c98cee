import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Net from "node:net"

/** A connection at the server. */
export interface Connection {
  readonly socket: Net.Socket
  /** The requests on it so far, without bodies. */
  readonly requests: Array<string>
  /** Completes when either side closes the connection. */
  readonly closed: Effect.Effect<void>
}

export interface TcpServer {
  readonly url: string
  readonly connections: ReadonlyArray<Connection>
  /** The maximum number of connections open at the same time. */
  readonly mostOpen: () => number
  readonly open: () => number
}

/**
 * A server whose handler writes raw bytes for each request, for the lifetime of the scope.
 */
export const serveTcp = (
  onRequest: (connection: Connection, request: string) => void
): Effect.Effect<TcpServer, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.async<TcpServer & { readonly close: Effect.Effect<void> }>((resume) => {
      const connections: Array<Connection> = []
      let open = 0
      let mostOpen = 0
      const server = Net.createServer((socket) => {
        const closed = Deferred.unsafeMake<void>(undefined as never)
        const connection = { socket, requests: [] as Array<string>, closed: Deferred.await(closed) }
        connections.push(connection)
        mostOpen = Math.max(mostOpen, ++open)
        socket.on("error", () => {})
        socket.on("close", () => {
          open--
          Deferred.unsafeDone(closed, Effect.void)
        })
        let text = ""
        socket.on("data", (chunk) => {
          text += chunk.toString("latin1")
          for (let end = text.indexOf("\r\n\r\n"); end !== -1; end = text.indexOf("\r\n\r\n")) {
            const request = text.slice(0, end)
            const length = Number(/content-length: (\d+)/i.exec(request)?.[1] ?? 0)
            if (text.length < end + 4 + length) {
              break
            }
            text = text.slice(end + 4 + length)
            connection.requests.push(request)
            onRequest(connection, request)
          }
        })
      })
      const close = Effect.async<void>((done) => {
        server.close(() => done(Effect.void))
        connections.forEach(({ socket }) => socket.destroy())
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as Net.AddressInfo
        resume(
          Effect.succeed({
            url: `http://127.0.0.1:${port}`,
            connections,
            mostOpen: () => mostOpen,
            open: () => open,
            close
          })
        )
      })
    }),
    ({ close }) => close
  )

/** The bytes of a whole response. */
export const answer = (body: string, headers: ReadonlyArray<string> = [], status = "200 OK"): string =>
  [`HTTP/1.1 ${status}`, `Content-Length: ${Buffer.byteLength(body)}`, ...headers, "", body].join("\r\n")

/** The headers of a response without its body. */
export const start = (headers: ReadonlyArray<string>, status = "200 OK"): string =>
  [`HTTP/1.1 ${status}`, ...headers, "", ""].join("\r\n")
