/**
 * A proxy on this machine, observed by a witness. Clients use its URL instead of the server's. Requests and responses
 * pass through unchanged and unbuffered. For Node.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Buffer } from "node:buffer"
import * as http from "node:http"
import * as https from "node:https"
import type { AddressInfo, Socket } from "node:net"
import * as zlib from "node:zlib"
import { headersOf, Held, MAX_ANSWER, MAX_REQUEST, textOf } from "./internal/witness/bodies.js"
import type { Observation, Witness } from "./Witness.js"

/**
 * The options of a proxy.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The base URL of the server. Its path is prepended to the path of each request. */
  readonly target: URL
  /** The port of the proxy on 127.0.0.1; 0 means any free port. */
  readonly port: number
  readonly witness: Witness
  /** The trusted certificate authorities in PEM. Default: those of Node. */
  readonly ca?: string | undefined
  /** Called with an error code if the server cannot be reached or aborts a response. */
  readonly onTrouble?: ((code: string) => void) | undefined
  /** Called for a redirect, with the origin of its location, if it has one. */
  readonly onRedirect?: ((origin: string | undefined) => void) | undefined
}

/**
 * A running proxy.
 *
 * @since 0.1.0
 * @category models
 */
export interface Proxy {
  /** The base URL for clients. */
  readonly url: string
}

/**
 * The proxy cannot listen. `code` is the system's error code.
 *
 * @since 0.1.0
 * @category errors
 */
export class CannotListen extends Data.TaggedError("CannotListen")<{ readonly code: string }> {}

/** Hop-by-hop headers, which are not forwarded. */
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "upgrade"
])

const pairsOf = (raw: ReadonlyArray<string>): Array<[name: string, value: string]> =>
  raw.flatMap((name, i) => i % 2 === 0 ? [[name, raw[i + 1] ?? ""]] : [])

/** The forwarded headers, in their order and case. */
const passedOn = (raw: ReadonlyArray<string>, host: string | undefined): Array<string> => {
  const pairs = pairsOf(raw)
  const named = new Set(
    pairs.filter(([name]) => name.toLowerCase() === "connection").flatMap(([, value]) =>
      value.toLowerCase().split(/,\s*/)
    )
  )
  return pairs.flatMap(([name, value]) => {
    const lower = name.toLowerCase()
    return hopByHop.has(lower) || named.has(lower)
      ? []
      : lower === "host" && host !== undefined
      ? [name, host]
      : [name, value]
  })
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && /^\w{1,40}$/.test(String(error.code)) ? String(error.code) : "ERR_SOCKET"

const decoders: Readonly<Record<string, (body: Uint8Array) => Uint8Array>> = {
  gzip: (body) => zlib.gunzipSync(body, { maxOutputLength: MAX_ANSWER }),
  "x-gzip": (body) => zlib.gunzipSync(body, { maxOutputLength: MAX_ANSWER }),
  deflate: (body) => zlib.inflateSync(body, { maxOutputLength: MAX_ANSWER }),
  br: (body) => zlib.brotliDecompressSync(body, { maxOutputLength: MAX_ANSWER }),
  identity: (body) => body
}

/** The text of a body; `undefined` if it cannot be decompressed. */
const decodedOf = (body: Uint8Array, headers: Headers): string | undefined => {
  const decode = decoders[(headers.get("content-encoding") ?? "identity").trim().toLowerCase()]
  try {
    return body.length === 0 ? "" : decode && textOf(decode(body))
  } catch {
    return undefined
  }
}

const hasLength = (raw: ReadonlyArray<string>): boolean =>
  pairsOf(raw).some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name))

const originOf = (location: string | undefined, target: URL): string | undefined => {
  try {
    return location === undefined ? undefined : new URL(location, target).origin
  } catch {
    return undefined
  }
}

const handler = (
  { ca, onRedirect = () => {}, onTrouble = () => {}, target, witness }: Options
): (request: http.IncomingMessage, response: http.ServerResponse) => void => {
  const isSecure = target.protocol === "https:"
  const { request: send, Agent } = isSecure ? https : http
  const prefix = target.pathname.replace(/\/+$/, "")
  const held = new Held()
  // Each client connection has one server connection, and both close together, so a client sees the server's connection
  // behaviour.
  const agents = new WeakMap<Socket, http.Agent>()
  const agentOf = (socket: Socket): http.Agent => {
    const found = agents.get(socket)
    if (found !== undefined) {
      return found
    }
    const agent = new Agent({
      keepAlive: true,
      maxSockets: 1,
      ...(isSecure ? { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) } : {})
    })
    agents.set(socket, agent)
    socket.once("close", () => agent.destroy())
    return agent
  }
  const linked = new WeakSet<Socket>()

  return (request, response) => {
    const { socket } = request
    const path = request.url ?? "/"
    const requestHeaders = headersOf(pairsOf(request.rawHeaders))
    const observation: Observation = witness.begin({
      method: request.method ?? "GET",
      target: path,
      headers: requestHeaders
    })
    const sent = held.keep(MAX_REQUEST)
    const came = held.keep(MAX_ANSWER)
    const giveUp = (why: Parameters<Observation["giveUp"]>[0]) => {
      sent.take()
      came.take()
      observation.giveUp(why)
    }
    const headers = passedOn(request.rawHeaders, target.host)
    const upstream = send({
      protocol: target.protocol,
      hostname: target.hostname.replace(/^\[(.*)\]$/, "$1"),
      port: target.port === "" ? undefined : target.port,
      method: request.method,
      path: path.startsWith("/") ? `${prefix}${path}` : path,
      // Otherwise, Node would use chunked encoding.
      headers: hasLength(request.rawHeaders) || /^(?:GET|HEAD|DELETE|OPTIONS)$/.test(request.method ?? "")
        ? headers
        : [...headers, "Content-Length", "0"],
      agent: agentOf(socket),
      setHost: false,
      maxHeaderSize: MAX_REQUEST
    })

    request.on("data", (chunk: Buffer) => sent.add(chunk))
    request.pipe(upstream, { end: false })
    request.once("end", () => {
      if (request.rawTrailers.length > 0) {
        upstream.addTrailers(pairsOf(request.rawTrailers))
      }
      upstream.end()
    })
    if (requestHeaders.has("expect")) {
      upstream.flushHeaders()
      upstream.once("continue", () => response.writeContinue())
    }
    upstream.once("socket", (other) => {
      if (!linked.has(other)) {
        linked.add(other)
        other.once("close", () => {
          if (!socket.destroyed && (response.writableEnded || !response.headersSent)) {
            socket.end()
          }
        })
      }
    })
    // The client disconnected.
    response.once("close", () => {
      if (!response.writableFinished) {
        upstream.destroy()
        giveUp("cutOff")
      }
    })
    upstream.once("error", (error) => {
      if (!response.destroyed && !response.writableFinished) {
        onTrouble(codeOf(error))
        giveUp("cutOff")
        socket.destroy()
      }
    })
    upstream.once("response", (answer) => {
      const { statusCode = 0 } = answer
      const answerHeaders = headersOf(pairsOf(answer.rawHeaders))
      response.sendDate = false
      response.shouldKeepAlive &&= !/\bclose\b/i.test(answer.headers.connection ?? "")
      response.writeHead(statusCode, answer.statusMessage, passedOn(answer.rawHeaders, undefined))
      // Headers may arrive long before the body.
      response.flushHeaders()
      answer.on("data", (chunk: Buffer) => came.add(chunk))
      answer.pipe(response, { end: false })
      answer.once("error", (error) => {
        onTrouble(codeOf(error))
        giveUp("cutOff")
        socket.destroy()
      })
      answer.once("end", () => {
        if (answer.rawTrailers.length > 0) {
          response.addTrailers(pairsOf(answer.rawTrailers))
        }
        response.end()
        const requestBytes = sent.size()
        const isLarge = requestBytes > MAX_REQUEST
        const asked = sent.take()
        const body = came.take()
        const text = body === undefined || request.method === "HEAD" ? "" : decodedOf(body, answerHeaders)
        const requestBody = asked === undefined ? "" : decodedOf(asked, requestHeaders)
        if (body === undefined || (asked === undefined && !isLarge)) {
          observation.giveUp("tooLarge")
        } else if (text === undefined || requestBody === undefined) {
          observation.giveUp("unreadable")
        } else {
          observation.end({ requestBody, requestBytes, status: statusCode, headers: answerHeaders, body: text })
        }
        if (statusCode >= 300 && statusCode < 400 && statusCode !== 304) {
          onRedirect(originOf(answer.headers.location, target))
        }
      })
    })
  }
}

/**
 * Starts a proxy. When the scope closes, it stops and aborts requests in flight.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options): Effect.Effect<Proxy, CannotListen, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.async<http.Server, CannotListen>((resume) => {
      // No limits: the server has its own.
      const server = http.createServer({
        requestTimeout: 0,
        headersTimeout: 0,
        keepAliveTimeout: 0,
        connectionsCheckingInterval: 2 ** 31 - 1,
        maxHeaderSize: MAX_REQUEST,
        requireHostHeader: false
      })
      const handle = handler(options)
      server.on("request", handle)
      server.on("checkContinue", handle)
      server.once("error", (error) => resume(Effect.fail(new CannotListen({ code: codeOf(error) }))))
      server.listen(options.port, "127.0.0.1", () => resume(Effect.succeed(server)))
      return Effect.sync(() => server.close())
    }),
    (server) =>
      Effect.async<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      })
  ).pipe(Effect.map((server) => ({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })))
