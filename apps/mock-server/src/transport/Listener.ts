/**
 * The server on a socket: node:http in front of the dispatcher.
 *
 * @since 0.1.0
 */
import { DeadlineExceeded, InvalidArgument, Unavailable } from "@workspace-secrets/core/ApiError"
import type { WireError } from "@workspace-secrets/core/ErrorResponse"
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import { readFileSync } from "node:fs"
import * as Http from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { urlAt } from "../api/BaseUrl.js"
import * as Body from "../api/Body.js"
import * as Dispatcher from "../api/Dispatcher.js"
import { isNow } from "../api/Now.js"
import { answering, defectAnswer, logDefect, spareId } from "./Answering.js"
import { Connection, defaultLimits, type Limits, relieve } from "./Connection.js"

/**
 * The server cannot listen on this address: it is in use, belongs to another machine, or needs more rights.
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
      ENOTFOUND: "there is no such host",
      ERR_ZONE: "no URL has an address with a zone; choose one without, or :: for every address",
      ERR_SOCKET_BAD_PORT: "expected a port, 0 to 65535"
    } as Record<string, string>)[this.code] ?? this.code
    return `cannot listen on ${this.host}:${this.port}: ${why}`
  }
}

/**
 * How much of a rejected body is still read and dropped, so that the client gets to read the response. In bytes.
 */
const MAX_DISCARDED = 64 * 1024 * 1024

const GRACE_MILLIS = 900

/** Less unread data on a connection is not worth looking at all of them. In bytes. */
const NOTABLE = 128 * 1024

/** The request bodies in memory, of all connections. */
interface Buffered {
  bytes: number
  readonly max: number
}

const busy = () => new Unavailable({ message: "the server is reading too many large bodies; try again" })

const readBody = (request: Http.IncomingMessage, buffered: Buffered): Dispatcher.Incoming["body"] =>
  Effect.async((resume) => {
    const limit = Body.limitOf(pathAndQuery(request.url ?? ""))
    if (Body.announcesTooMuch(request.headers["content-length"], limit)) {
      return resume(Effect.fail(Body.tooLarge(limit)))
    }
    const chunks: Array<Buffer> = []
    let held = 0
    let size = 0
    let isRefused = false
    const release = () => {
      buffered.bytes -= held
      held = 0
    }
    const refuse = (error: InvalidArgument | Unavailable) => {
      isRefused = true
      chunks.length = 0
      release()
      resume(Effect.fail(error))
    }
    request.on("data", (chunk: Buffer) => {
      size += chunk.length
      if (isRefused) {
        return
      }
      if (size > limit) {
        refuse(Body.tooLarge(limit))
      } else if (buffered.bytes + chunk.length > buffered.max) {
        refuse(busy())
      } else {
        chunks.push(chunk)
        held += chunk.length
        buffered.bytes += chunk.length
      }
    })
    request.on("end", () => {
      release()
      if (!isRefused) {
        resume(Effect.succeed(Buffer.concat(chunks, size)))
      }
    })
    request.on("close", release)
    // The client closed the connection. The `close` event of the response interrupts the handler.
    request.on("error", () => {})
  })

/** Reads and drops the rest of a body after the response was sent, up to a limit. */
const discard = (request: Http.IncomingMessage): void => {
  const { complete, headers } = request
  if (!complete && (headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined)) {
    let size = 0
    request.on("data", (chunk: Buffer) => {
      size += chunk.length
      if (size > MAX_DISCARDED) {
        request.destroy()
      }
    })
  }
}

const WHOLE_URL = /^https?:\/\/([^/?]*)/i

const pathAndQuery = (target: string): string => target.startsWith("/") ? target : target.replace(WHOLE_URL, "")

/** Clients send an absolute URL as target to proxies. Its host replaces the `Host` header (RFC 9112, 3.2.2). */
const headersOf = ({ headers, url = "" }: Http.IncomingMessage): Http.IncomingHttpHeaders => {
  const host = url.startsWith("/") ? undefined : WHOLE_URL.exec(url)?.[1]
  return host === undefined ? headers : { ...headers, host }
}

/** Writes a response. Returns the size of its body in bytes. */
const write = (response: Http.ServerResponse, outgoing: Dispatcher.Outgoing): number => {
  if (outgoing.broken === "closed") {
    response.destroy()
    return 0
  }
  const size = Buffer.byteLength(outgoing.body)
  // A 204 must not have a content-length (RFC 9110, 8.6).
  response.writeHead(
    outgoing.status,
    outgoing.status === 204 ? outgoing.headers : { ...outgoing.headers, "content-length": size }
  )
  if (outgoing.broken === "cut") {
    const bytes = Buffer.from(outgoing.body)
    response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy())
  } else {
    response.end(outgoing.body)
  }
  return size
}

const CLOSE = { connection: "close" }

const invalidHttp = () => new InvalidArgument({ message: "the request is not valid HTTP/1.1" })

const wrongHost = () => new InvalidArgument({ message: "the request needs exactly one Host header" })

const tooSlow = () =>
  new DeadlineExceeded({ status: 408, message: "the request did not arrive in time; the connection is closed" })

const tooMany = () =>
  new Unavailable({
    message: "the server has the maximum number of connections: close some, or allow more with --max-connections"
      + " (maxConnections in code)"
  })

/** The error for a request that node:http rejects: invalid HTTP, headers over 16 KiB, or too slow. */
const refusalOf = ({ code }: NodeJS.ErrnoException): WireError =>
  code === "HPE_HEADER_OVERFLOW"
    ? Dispatcher.headersTooLarge()
    : code === "ERR_HTTP_REQUEST_TIMEOUT"
    ? tooSlow()
    : invalidHttp()

/** The raw bytes of a response, for errors without an `Http.ServerResponse`. */
const rawAnswer = (error: WireError, requestId: string): string => {
  const { body, headers, status } = Dispatcher.answerError(error, requestId, CLOSE)
  const lines = Object.entries({ ...headers, "content-length": String(Buffer.byteLength(body)) })
    .map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${Http.STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`
}

const isHost = (name: string): boolean => name.length === 4 && name.toLowerCase() === "host"

/** RFC 9112, 3.2: a request must have exactly one Host; before HTTP/1.1 it may have none. */
const isHostWrong = ({ headers, httpVersion, rawHeaders }: Http.IncomingMessage): boolean => {
  if (headers.host === undefined) {
    return httpVersion === "1.1"
  }
  let hosts = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    hosts += isHost(rawHeaders[i] ?? "") ? 1 : 0
  }
  return hosts !== 1
}

/** How many connections beyond the maximum are accepted to send them 503. Further ones are closed at once. */
const SURPLUS = 16

/** File descriptors reserved for the process's own files and pipes. */
const OWN_DESCRIPTORS = 32

/** The maximum number of file descriptors, if the system tells. */
const maxDescriptors = (): number => {
  try {
    return Number(/^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1] ?? Infinity)
  } catch {
    return Infinity
  }
}

const open = (server: Http.Server, host: string, port: number): Effect.Effect<AddressInfo, ListenError> =>
  Effect.async((resume) => {
    const onError = (error: NodeJS.ErrnoException) =>
      resume(Effect.fail(new ListenError({ host, port, code: error.code ?? error.name })))
    server.once("error", onError)
    if (host.includes("%")) {
      return onError(Object.assign(new Error(), { code: "ERR_ZONE" }))
    }
    try {
      server.listen({ host, port }, () => {
        server.off("error", onError)
        resume(Effect.succeed(server.address() as AddressInfo))
      })
    } catch (error) {
      // Node throws for a port that is out of range.
      onError(error as NodeJS.ErrnoException)
    }
  })

/** Closes idle connections at once, and the others when their requests are done or after `GRACE_MILLIS`. */
const close = (
  server: Http.Server,
  connections: ReadonlyMap<Socket, Connection>,
  live: ReadonlyMap<Http.ServerResponse, () => void>
): Effect.Effect<void> =>
  Effect.async((resume) => {
    live.forEach((stop, response) => {
      stop()
      response.end()
    })
    const timer = setTimeout(() => server.closeAllConnections(), GRACE_MILLIS)
    server.close(() => {
      clearTimeout(timer)
      resume(Effect.void)
    })
    server.closeIdleConnections()
    // node:http does not count these as idle: connections before their first request, and after invalid HTTP.
    for (const socket of connections.keys()) {
      if (socket.bytesRead === 0 || socket.writableFinished) {
        socket.destroy()
      }
    }
  })

/**
 * Listens until the scope closes. Returns the actual address; port 0 picks a free port. When the scope closes, requests in flight have 0.9
 * seconds to finish. The limits are in `docs/security.md`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const listen = (
  dispatch: (incoming: Dispatcher.Incoming) => Effect.Effect<Dispatcher.Outgoing>,
  { host, limits: some, port }: {
    readonly host: string
    readonly port: number
    readonly limits?: Partial<Limits> | undefined
  }
): Effect.Effect<AddressInfo, ListenError, Scope.Scope> =>
  Effect.gen(function*() {
    const limits = { ...defaultLimits, ...some }
    const maxConnections = Math.max(1, Math.min(limits.maxConnections, maxDescriptors() - OWN_DESCRIPTORS - SURPLUS))
    const runtime = yield* Effect.runtime<never>()
    const fork = Runtime.runFork(runtime)
    const answered = answering(dispatch)
    const server = Http.createServer({
      keepAliveTimeout: 60_000,
      headersTimeout: limits.headMillis,
      requestTimeout: Math.max(limits.headMillis, limits.requestMillis),
      connectionsCheckingInterval: limits.checkMillis,
      maxHeaderSize: Dispatcher.maxHeaderSize,
      // Checked here instead: node:http would send an error without body and x-request-id.
      requireHostHeader: false
    })
    server.maxConnections = maxConnections + SURPLUS
    const connections = new Map<Socket, Connection>()
    // Set as soon as the server listens, before the first request.
    const self: { origin?: string } = {}
    const buffered: Buffered = { bytes: 0, max: limits.maxBuffered }

    /** Open responses with a body without an end. They are ended when the server stops. */
    const live = new Map<Http.ServerResponse, () => void>()

    const goOn = (connection: Connection, response: Http.ServerResponse, start: Dispatcher.Live) => {
      const stop = start((text) => {
        // A response behind another one has no socket yet.
        if (response.socket === null || response.writableNeedDrain || response.writableEnded || response.destroyed) {
          return false
        }
        response.write(text)
        relieveAll(connection, text.length)
        return true
      }, (defect) => {
        fork(logDefect(spareId(), defect))
        connection.socket.destroy()
      })
      live.set(response, stop)
      const over = () => {
        if (live.delete(response)) {
          connection.socket.off("close", over)
          stop()
          connection.end(response, 0)
        }
      }
      response.once("close", over)
      // A response behind another one does not hear of its connection's end.
      connection.socket.once("close", over)
    }

    /** Looks at the unread data of all connections after a large write. */
    const relieveAll = (connection: Connection, size: number) => {
      if (size > NOTABLE || connection.unread > NOTABLE) {
        relieve(connections.values(), limits.maxUnreadOfAll)
      }
    }

    const answer = (connection: Connection, response: Http.ServerResponse, outgoing: Dispatcher.Outgoing) => {
      discard(response.req)
      if (connection.isFull) {
        connection.socket.destroy()
        return
      }
      if (outgoing.live !== undefined && response.req.method !== "HEAD") {
        response.writeHead(outgoing.status, outgoing.headers)
        goOn(connection, response, outgoing.live)
        return
      }
      if (!server.listening) {
        response.shouldKeepAlive = false
      }
      const size = write(response, outgoing)
      connection.end(response, size)
      relieveAll(connection, size)
    }

    /** Handles a defect: sends an error, or closes the connection if that is impossible. */
    const fail = (connection: Connection, response: Http.ServerResponse, defect: unknown) => {
      const requestId = spareId()
      fork(logDefect(requestId, defect))
      try {
        if (!response.headersSent) {
          return answer(connection, response, defectAnswer(requestId))
        }
      } catch {
        // The error cannot be written either.
      }
      connection.socket.destroy()
    }

    const handle = (request: Http.IncomingMessage, response: Http.ServerResponse) => {
      const connection = connections.get(request.socket)
      if (connection?.begin(request) !== true) {
        request.socket.destroy()
        return
      }
      try {
        if (connection.isSurplus) {
          return answer(connection, response, Dispatcher.answerError(tooMany(), spareId(), CLOSE))
        }
        if (isHostWrong(request)) {
          return answer(connection, response, Dispatcher.answerError(wrongHost(), spareId(), CLOSE))
        }
        const outgoing = answered({
          method: request.method ?? "",
          target: pathAndQuery(request.url ?? ""),
          headers: headersOf(request),
          origin: self.origin,
          body: readBody(request, buffered)
        })
        if (isNow(outgoing)) {
          return answer(connection, response, Either.getOrThrow(outgoing))
        }
        const fiber = fork(outgoing, { immediate: true })
        response.on("close", () => {
          fiber.unsafeInterruptAsFork(FiberId.none)
        })
        fiber.addObserver((exit) => {
          if (Exit.isSuccess(exit)) {
            try {
              answer(connection, response, exit.value)
            } catch (defect) {
              fail(connection, response, defect)
            }
          } else if (!Exit.isInterrupted(exit)) {
            fail(connection, response, Cause.squash(exit.cause))
          }
        })
      } catch (defect) {
        fail(connection, response, defect)
      }
    }

    server.on("connection", (socket) => {
      const connection = new Connection(socket, connections.size >= maxConnections, limits)
      connections.set(socket, connection)
      socket.once("close", () => connections.delete(socket))
      if (connection.isSurplus) {
        const timer = setTimeout(() => connection.refuse(rawAnswer(tooMany(), spareId())), limits.refusalMillis)
        socket.once("close", () => clearTimeout(timer))
      }
    })
    server.on("request", handle)
    // Ignores an Expect other than 100-continue, which RFC 9110, 10.1.1 allows. node:http would send an empty 417.
    server.on("checkExpectation", handle)
    server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
      const connection = connections.get(socket as Socket)
      if (connection === undefined || error.code === "ECONNRESET") {
        socket.destroy()
      } else {
        connection.refuse(rawAnswer(refusalOf(error), spareId()))
      }
    })

    yield* Effect.acquireRelease(
      Effect.sync(() =>
        setInterval(() => {
          const now = performance.now()
          connections.forEach((connection) => connection.check(now))
        }, limits.checkMillis).unref()
      ),
      (timer) => Effect.sync(() => clearInterval(timer))
    )
    const address = yield* Effect.acquireRelease(open(server, host, port), () => close(server, connections, live))
    self.origin = urlAt(host, address)
    // Not fatal: a connection could not be accepted, for example because file descriptors ran out.
    server.on("error", ({ code }: NodeJS.ErrnoException) => {
      fork(Effect.logWarning(`a connection could not be accepted: ${code ?? "unknown"}`))
    })
    return address
  })
