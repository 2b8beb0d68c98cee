import type * as Http from "node:http"
import type { Socket } from "node:net"

/** How much of the server its peers may take. */
export interface Limits {
  /** Connections at the same time. One more is answered with 503. */
  readonly maxConnections: number
  /** Milliseconds from the start of a connection, or of a request on it, to the end of the request's head. */
  readonly headMillis: number
  /** Milliseconds from the start of a request to the end of its body. */
  readonly requestMillis: number
  /** Milliseconds in which a client has to read an answer. */
  readonly answerMillis: number
  /** Milliseconds that a refused client has to read the refusal and to close. */
  readonly refusalMillis: number
  /** How often the limits of time are checked, in milliseconds. */
  readonly checkMillis: number
  /** Bytes of answers that wait on one connection for its client. */
  readonly maxUnread: number
  /** Requests on one connection that have no answer yet. */
  readonly maxPipelined: number
  /** Bytes of request bodies that are held at the same time, of all connections. */
  readonly maxBuffered: number
}

export const defaultLimits: Limits = {
  maxConnections: 1000,
  headMillis: 10_000,
  requestMillis: 60_000,
  answerMillis: 60_000,
  refusalMillis: 1000,
  checkMillis: 1000,
  maxUnread: 64 * 1024 * 1024,
  maxPipelined: 100,
  maxBuffered: 128 * 1024 * 1024
}

/** A connection, as far as its limits need it. */
export class Connection {
  readonly socket: Socket
  /** Whether it came when there were enough, and is there to be refused. */
  readonly isSurplus: boolean
  /** The request that came last. */
  request: Http.IncomingMessage | undefined
  /** How many requests have no answer yet. */
  inFlight = 0
  /** Bytes of answers that wait for the answers before them. */
  #queued = 0
  /** What the client had not read at a check: where it ends, in bytes written, and the time of the check. */
  #unread: { readonly end: number; readonly since: number } | undefined
  /** What is sent when the requests before it are answered. */
  #refusal: string | undefined
  #isOver = false
  readonly #limits: Limits

  constructor(socket: Socket, isSurplus: boolean, limits: Limits) {
    this.socket = socket
    this.isSurplus = isSurplus
    this.#limits = limits
  }

  /** Takes a request in. False where it is to be cut off: it has too many already, does not read, or was refused before. */
  begin(request: Http.IncomingMessage): boolean {
    this.request = request
    this.inFlight++
    return !this.#isOver && !this.socket.destroyed && !this.isFull && this.inFlight <= this.#limits.maxPipelined
  }

  /** Notes that an answer was written, or that there will be none. */
  end(response: Http.ServerResponse, bytes: number): void {
    this.inFlight--
    if (response.socket === null) {
      this.#queued += bytes
      response.once("socket", () => {
        this.#queued -= bytes
      })
    }
    if (this.inFlight === 0 && this.#refusal !== undefined) {
      this.#part(this.#refusal)
    }
  }

  /**
   * Cuts a client off that has not read what was written for it in time. It is called at intervals, since a timer for each answer would cost
   * a fifth of the server's speed.
   */
  check(now: number): void {
    const { bytesWritten, writableLength } = this.socket
    if (writableLength === 0) {
      this.#unread = undefined
    } else if (this.#unread === undefined || bytesWritten - writableLength >= this.#unread.end) {
      this.#unread = { end: bytesWritten, since: now }
    } else if (now - this.#unread.since >= this.#limits.answerMillis) {
      this.socket.destroy()
    }
  }

  /** Whether the client has left so much unread that it gets no further answer. */
  get isFull(): boolean {
    return this.#queued + this.socket.writableLength > this.#limits.maxUnread
  }

  /** Sends a last answer that node:http has no part in, and closes. The requests before it are answered first. */
  refuse(answer: string): void {
    const isIncomplete = this.request?.complete === false
    if (!this.socket.writable || (isIncomplete && this.inFlight !== 1)) {
      // It was answered before its body was there, or others wait for their answers: another would be taken for theirs.
      this.socket.destroy()
    } else if (this.inFlight > 0 && !isIncomplete) {
      this.#refusal = answer
    } else {
      this.#part(answer)
    }
  }

  /** The client has a moment to read it and to close. */
  #part(answer: string): void {
    this.#isOver = true
    this.socket.end(answer)
    const timer = setTimeout(() => this.socket.destroy(), this.#limits.refusalMillis)
    this.socket.once("close", () => clearTimeout(timer))
  }
}
