/**
 * The server on a socket: node:http in front of the dispatcher.
 *
 * @since 0.1.0
 */
import { InvalidArgument } from "@workspace-secrets/core/ApiError"
import * as PrefixedUlid from "@workspace-secrets/core/PrefixedUlid"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import * as Http from "node:http"
import type { AddressInfo, Socket } from "node:net"
import * as Body from "./Body.js"
import * as Dispatcher from "./Dispatcher.js"
import { isNow } from "./internal/now.js"

/**
 * The address cannot be listened on: it is in use, is not this machine's, or needs rights that the process has not.
 *
 * @since 0.1.0
 * @category errors
 */
export class ListenError extends Data.TaggedError("ListenError")<{
  readonly host: string
  readonly port: number
  /** Node's code: `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, … */
  readonly code: string
}> {
  override get message(): string {
    const why = ({
      EADDRINUSE: "the port is in use; choose another, or 0 for a free one",
      EACCES: "the process may not listen on this port; choose one above 1023, or 0 for a free one",
      EADDRNOTAVAIL: "this machine has no such address",
      ENOTFOUND: "there is no such host"
    } as Record<string, string>)[this.code] ?? this.code
    return `cannot listen on ${this.host}:${this.port}: ${why}`
  }
}

/**
 * The largest body that is read to its end after it was refused, so that the one who sends it gets to read the refusal.
 */
const MAX_DISCARDED = 64 * 1024 * 1024

const GRACE_MILLIS = 900

const readBody = (request: Http.IncomingMessage): Dispatcher.Incoming["body"] =>
  Effect.async((resume) => {
    const limit = Body.limitOf(pathAndQuery(request.url ?? ""))
    if (Body.announcesTooMuch(request.headers["content-length"], limit)) {
      return resume(Effect.fail(Body.tooLarge(limit)))
    }
    const chunks: Array<Buffer> = []
    let size = 0
    request.on("data", (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) {
        chunks.push(chunk)
      } else if (size - chunk.length <= limit) {
        chunks.length = 0
        resume(Effect.fail(Body.tooLarge(limit)))
      } else if (size > limit + MAX_DISCARDED) {
        request.destroy()
      }
    })
    request.on("end", () => {
      if (size <= limit) {
        resume(Effect.succeed(Buffer.concat(chunks, size)))
      }
    })
    // The peer went away in the middle of its body: nobody is left to answer, and the response's `close` interrupts.
    request.on("error", () => {})
  })

/** A client that takes the server for a proxy sends the whole URL (RFC 9112, 3.2.2): its path and query are what counts. */
const pathAndQuery = (target: string): string => target.replace(/^https?:\/\/[^/?]*/i, "")

const write = (response: Http.ServerResponse, outgoing: Dispatcher.Outgoing): void => {
  if (outgoing.broken === "closed") {
    response.destroy()
    return
  }
  response.writeHead(outgoing.status, { ...outgoing.headers, "content-length": Buffer.byteLength(outgoing.body) })
  if (outgoing.broken === "cut") {
    const bytes = Buffer.from(outgoing.body)
    response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy())
  } else {
    response.end(outgoing.body)
  }
}

const invalidHttp = () => new InvalidArgument({ message: "the request is not valid HTTP/1.1" })

/** Answers what node:http refuses before it is a request: broken HTTP, headers over 16 KiB. */
const refuse = (socket: Socket, error: NodeJS.ErrnoException, requestId: string): void => {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy()
    return
  }
  const { body, headers, status } = Dispatcher.answerError(
    error.code === "HPE_HEADER_OVERFLOW" ? Dispatcher.headersTooLarge() : invalidHttp(),
    requestId,
    { connection: "close" }
  )
  const lines = Object.entries({ ...headers, "content-length": String(Buffer.byteLength(body)) })
    .map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${Http.STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`)
}

const open = (server: Http.Server, host: string, port: number): Effect.Effect<AddressInfo, ListenError> =>
  Effect.async((resume) => {
    const onError = (error: NodeJS.ErrnoException) =>
      resume(Effect.fail(new ListenError({ host, port, code: error.code ?? error.name })))
    server.once("error", onError)
    server.listen({ host, port }, () => {
      server.off("error", onError)
      resume(Effect.succeed(server.address() as AddressInfo))
    })
  })

/** Lets what is in flight finish, for a while, and closes the connections that wait for a request at once. */
const close = (server: Http.Server, connections: ReadonlySet<Socket>): Effect.Effect<void> =>
  Effect.async((resume) => {
    const timer = setTimeout(() => server.closeAllConnections(), GRACE_MILLIS)
    server.close(() => {
      clearTimeout(timer)
      resume(Effect.void)
    })
    server.closeIdleConnections()
    // For node:http a connection is busy before its first request, and again once a request on it was no HTTP.
    for (const socket of connections) {
      if (socket.bytesRead === 0 || socket.writableFinished) {
        socket.destroy()
      }
    }
  })

/**
 * Listens until the scope closes; port 0 takes a free one. Gives the address it got. At the end, what is in flight has
 * 0.9 s to finish.
 *
 * @since 0.1.0
 * @category constructors
 */
export const listen = (
  dispatch: (incoming: Dispatcher.Incoming) => Effect.Effect<Dispatcher.Outgoing>,
  { host, port }: { readonly host: string; readonly port: number }
): Effect.Effect<AddressInfo, ListenError, Scope.Scope> =>
  Effect.gen(function*() {
    const runtime = yield* Effect.runtime<never>()
    const fork = Runtime.runFork(runtime)
    const mint = yield* PrefixedUlid.makeMonotonic
    const mintId = () => Effect.runSync(mint("req"))
    const server = Http.createServer({
      keepAliveTimeout: 60_000,
      maxHeaderSize: Dispatcher.maxHeaderSize,
      // It would be refused without a body and without an x-request-id.
      requireHostHeader: false
    })
    const connections = new Set<Socket>()

    const answer = (response: Http.ServerResponse, outgoing: Dispatcher.Outgoing) => {
      if (!server.listening) {
        response.shouldKeepAlive = false
      }
      write(response, outgoing)
    }

    const handle = (request: Http.IncomingMessage, response: Http.ServerResponse) => {
      if (request.httpVersion === "1.1" && request.headers.host === undefined) {
        return answer(response, Dispatcher.answerError(invalidHttp(), mintId(), { connection: "close" }))
      }
      const outgoing = dispatch({
        method: request.method ?? "",
        target: pathAndQuery(request.url ?? ""),
        headers: request.headers,
        body: readBody(request)
      })
      if (isNow(outgoing)) {
        return answer(response, Either.getOrThrow(outgoing))
      }
      const fiber = fork(outgoing, { immediate: true })
      response.on("close", () => {
        fiber.unsafeInterruptAsFork(FiberId.none)
      })
      fiber.addObserver((exit) => {
        if (Exit.isSuccess(exit)) {
          answer(response, exit.value)
        }
      })
    }

    server.on("connection", (socket) => {
      connections.add(socket)
      socket.once("close", () => connections.delete(socket))
    })
    server.on("request", handle)
    // Left to node:http, an Expect that is not 100-continue would get an empty 417; RFC 9110, 10.1.1 lets it be ignored.
    server.on("checkExpectation", handle)
    server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
      refuse(socket as Socket, error, mintId())
    })

    return yield* Effect.acquireRelease(open(server, host, port), () => close(server, connections))
  })
