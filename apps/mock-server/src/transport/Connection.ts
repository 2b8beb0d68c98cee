import type * as Http from "node:http"
import type { Socket } from "node:net"

/** Limits for clients. */
export interface Limits {
  /** Open connections. One more gets 503. */
  readonly maxConnections: number
  /** Milliseconds from the start of a connection, or of a request on it, to the end of the request's head. */
  readonly headMillis: number
  /** Milliseconds from the start of a request to the end of its body. */
  readonly requestMillis: number
  /** Milliseconds for a client to read a response. */
  readonly answerMillis: number
  /** Milliseconds for a rejected client to read the error and to close. */
  readonly refusalMillis: number
  /** How often the time limits are checked, in milliseconds. */
  readonly checkMillis: number
  /** Unread bytes of responses on one connection. */
  readonly maxUnread: number
  /** Unread bytes of responses, on all connections. */
  readonly maxUnreadOfAll: number
  /** Requests in flight on one connection. */
  readonly maxPipelined: number
  /** Bytes of request bodies in memory, of all connections. */
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
  maxUnreadOfAll: 256 * 1024 * 1024,
  maxPipelined: 100,
  maxBuffered: 128 * 1024 * 1024
}

/** The state of a connection, for its limits. */
export class Connection {
  readonly socket: Socket
  /** Whether it exceeds the maximum, and is open only to send it an error. */
  readonly isSurplus: boolean
  /** The last request. */
  request: Http.IncomingMessage | undefined
  /** The number of requests in flight. */
  inFlight = 0
  /** Bytes of responses that wait for earlier responses. */
  #queued = 0
  /** Unread data at a check: its end, in bytes written, and the time of the check. */
  #unread: { readonly end: number; readonly since: number } | undefined
  /** An error to send after the responses to earlier requests. */
  #refusal: string | undefined
  #isOver = false
  readonly #limits: Limits

  constructor(socket: Socket, isSurplus: boolean, limits: Limits) {
    this.socket = socket
    this.isSurplus = isSurplus
    this.#limits = limits
  }

  /** Registers a request. False if the connection must be closed: too many requests in flight, too much unread data, or rejected before. */
  begin(request: Http.IncomingMessage): boolean {
    this.request = request
    this.inFlight++
    return !this.#isOver && !this.socket.destroyed && !this.isFull && this.inFlight <= this.#limits.maxPipelined
  }

  /** Registers that a response was written, or that there will be none. */
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
   * Closes the connection if the client did not read its data in time. Called at intervals: a timer per response would cost a fifth of the
   * throughput.
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

  /** Bytes of responses that the client has not read. */
  get unread(): number {
    return this.socket.destroyed ? 0 : this.#queued + this.socket.writableLength
  }

  /** The time of the first check that found this data unread; `Infinity` if none has. */
  get unreadSince(): number {
    return this.#unread?.since ?? Infinity
  }

  /** Whether the client has too much unread data to get further responses. */
  get isFull(): boolean {
    return this.unread > this.#limits.maxUnread
  }

  /** Sends an error past node:http, after the responses to earlier requests, and closes. */
  refuse(answer: string): void {
    const isIncomplete = this.request?.complete === false
    if (!this.socket.writable || (isIncomplete && this.inFlight !== 1)) {
      // The client would take the error for the response to another request: this one already has a response, or others are in flight.
      this.socket.destroy()
    } else if (this.inFlight > 0 && !isIncomplete) {
      this.#refusal = answer
    } else {
      this.#part(answer)
    }
  }

  /** Sends the last response. The client has `refusalMillis` to read it and to close. */
  #part(answer: string): void {
    this.#isOver = true
    this.socket.end(answer)
    const timer = setTimeout(() => this.socket.destroy(), this.#limits.refusalMillis)
    this.socket.once("close", () => clearTimeout(timer))
  }
}

/** Closes connections, from those that have left data unread for the longest time, until the others have at most `max` bytes. */
export const relieve = (connections: Iterable<Connection>, max: number): void => {
  const unread = [...connections].filter(({ unread }) => unread > 0)
  let left = unread.reduce((sum, { unread }) => sum + unread, 0)
  if (left > max) {
    for (const connection of unread.sort((a, b) => a.unreadSince - b.unreadSince)) {
      left -= connection.unread
      connection.socket.destroy()
      if (left <= max) {
        return
      }
    }
  }
}
