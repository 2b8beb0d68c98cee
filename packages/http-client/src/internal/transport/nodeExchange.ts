import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import type { IncomingHttpHeaders } from "node:http"
import type { Dispatcher } from "undici"
import { CollectedResponse, limitOf, MAX_BODY } from "./collectedResponse.js"
import { type Coding, codingsOf } from "./contentCoding.js"
import type { Exchange } from "./exchange.js"
import { BODY_TOO_LARGE, CONTENT_ENCODING, failure, requestError, TransportFailure } from "./failure.js"
import { decode } from "./nodeDecode.js"

type Done = Parameters<Exchange>[1]

// undici needs an error to abort with. It is never reported.
const given = new Error("The request was cancelled")

const EMPTY = new Uint8Array()

export class ExchangeHandler implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined
  private status = 0
  private headers: IncomingHttpHeaders = {}
  private chunks: Array<Buffer> = []
  private size = 0
  private codings: ReadonlyArray<Coding> = []
  private done: Done | undefined
  private stopDecoding: (() => void) | undefined

  constructor(private readonly request: HttpClientRequest, done: Done) {
    this.done = done
  }

  /** Cancels the request: closes its connection, or does not send it. */
  abort(): "unsent" | void {
    this.done = undefined
    this.chunks = []
    this.stopDecoding?.()
    if (this.controller === undefined) {
      return "unsent"
    }
    this.controller.abort(given)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.done === undefined) {
      // Aborting through the controller would close a healthy connection.
      throw given
    }
    this.controller = controller
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) {
      return
    }
    this.status = status
    this.headers = headers
    if (this.request.method === "HEAD") {
      // A HEAD response has no body, so its content headers need no check.
      return
    }
    const codings = codingsOf(headers["content-encoding"])
    if (codings === undefined) {
      this.refuse(CONTENT_ENCODING)
      return
    }
    this.codings = codings
    if (Number(headers["content-length"]) > MAX_BODY) {
      this.refuse(BODY_TOO_LARGE)
    }
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.size += chunk.length
    if (this.size > MAX_BODY) {
      this.refuse(BODY_TOO_LARGE)
    } else if (this.size <= limitOf(this.status)) {
      this.chunks.push(chunk)
    } else {
      // The rest is received, so that the connection can be reused.
      this.chunks = []
    }
  }

  onResponseEnd(): void {
    const [first = EMPTY] = this.chunks
    if (this.size > limitOf(this.status)) {
      return this.respond(new TransportFailure(BODY_TOO_LARGE))
    }
    const body = this.chunks.length > 1 ? Buffer.concat(this.chunks, this.size) : first
    if (this.codings.length === 0 || body.length === 0) {
      return this.respond(body)
    }
    this.stopDecoding = decode(body, this.codings, limitOf(this.status), (decoded) => this.respond(decoded))
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.fail(error)
  }

  /** Fails the request. Before a connection is assigned, nothing was sent. */
  fail(error: unknown): void {
    const cause = failure(error, this.controller === undefined)
    if (this.status === 0) {
      this.done?.(requestError(this.request, "Transport", cause))
      this.done = undefined
    } else {
      this.respond(cause)
    }
  }

  private refuse(code: string): void {
    this.respond(new TransportFailure(code))
    this.abort()
  }

  private respond(body: Uint8Array | TransportFailure): void {
    this.done?.(new CollectedResponse(this.request, this.status, this.headers, body))
    this.done = undefined
    this.chunks = []
  }
}
