import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Net from "node:net"

/** A connection as its server sees it. */
export interface Connection {
  readonly socket: Net.Socket
  /** The requests on it so far; the bodies are left out. */
  readonly requests: Array<string>
  /** Completes when the connection is closed, by whichever side. */
  readonly closed: Effect.Effect<void>
}

export interface TcpServer {
  readonly url: string
  readonly connections: ReadonlyArray<Connection>
  /** The most connections that were open at the same time. */
  readonly mostOpen: () => number
  readonly open: () => number
}

/**
 * A server that is told each request as it comes in and writes to the socket what it likes, for as long as the scope is
 * open.
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

/** A whole response, as bytes on the wire. */
export const answer = (body: string, headers: ReadonlyArray<string> = [], status = "200 OK"): string =>
  [`HTTP/1.1 ${status}`, `Content-Length: ${Buffer.byteLength(body)}`, ...headers, "", body].join("\r\n")

/** The headers of a response whose body is yet to come. */
export const start = (headers: ReadonlyArray<string>, status = "200 OK"): string =>
  [`HTTP/1.1 ${status}`, ...headers, "", ""].join("\r\n")
