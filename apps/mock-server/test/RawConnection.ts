import * as Net from "node:net"

/** A raw response. */
export interface RawAnswer {
  readonly status: number
  readonly reason: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A TCP connection that sends raw bytes and reads responses one by one. */
export class RawConnection {
  #memory = Buffer.alloc(64 * 1024)
  #length = 0
  #isClosed = false
  #wake: () => void = () => {}
  readonly #socket: Net.Socket

  private constructor(socket: Net.Socket) {
    this.#socket = socket
    socket.on("data", (chunk) => {
      this.#append(chunk)
      this.#wake()
    })
    socket.on("error", () => {})
    for (const event of ["end", "close"]) {
      socket.on(event, () => {
        this.#isClosed = true
        this.#wake()
      })
    }
  }

  static open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url)
    return new Promise((resolve, reject) => {
      const host = hostname.replace(/^\[(.*)\]$/, "$1")
      // Half-open, so that only the server or the test closes it.
      const socket = Net.connect({ host, port: Number(port), allowHalfOpen: true, noDelay: true })
      socket.once("error", reject)
      socket.once("connect", () => {
        socket.off("error", reject)
        resolve(new RawConnection(socket))
      })
    })
  }

  /** Sends bytes, or the lines of a request's head. */
  send(...parts: ReadonlyArray<string | Uint8Array>): this {
    for (const part of parts) {
      this.#socket.write(part)
    }
    return this
  }

  /** Reads the next response. Interim responses (1xx) and those to HEAD have no body. */
  async next(options: { readonly toHead?: boolean } = {}): Promise<RawAnswer> {
    for (;;) {
      const answer = this.#take(options.toHead ?? false)
      if (answer !== undefined) {
        return answer
      }
      if (this.#isClosed) {
        throw new Error(`closed before an answer was complete: ${this.#received.toString()}`)
      }
      await this.#change()
    }
  }

  /** Reads the rest until the peer closes. */
  async rest(): Promise<string> {
    while (!this.#isClosed) {
      await this.#change()
    }
    return this.#received.toString()
  }

  /** Waits until the peer has closed both directions. A half-closed peer would still accept data. */
  cutOff(): Promise<void> {
    return cutOff(this.#socket)
  }

  /** Closes the sending direction. */
  end(): void {
    this.#socket.end()
  }

  /** Destroys the connection. */
  destroy(): void {
    this.#socket.destroy()
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  get #received(): Buffer {
    return this.#memory.subarray(0, this.#length)
  }

  #append(chunk: Buffer): void {
    const length = this.#length + chunk.length
    if (length > this.#memory.length) {
      this.#memory = Buffer.concat([this.#received], 2 * length)
    }
    chunk.copy(this.#memory, this.#length)
    this.#length = length
  }

  #take(toHead: boolean): RawAnswer | undefined {
    const end = this.#received.indexOf("\r\n\r\n")
    if (end === -1) {
      return undefined
    }
    const [statusLine = "", ...lines] = this.#received.subarray(0, end).toString("latin1").split("\r\n")
    const headers = Object.fromEntries(lines.map((line) => {
      const colon = line.indexOf(":")
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }))
    const [, status = "", reason = ""] = /^HTTP\/1\.1 (\d{3}) (.*)$/.exec(statusLine) ?? []
    const length = toHead || status.startsWith("1") ? 0 : Number(headers["content-length"])
    if (Number.isNaN(length)) {
      throw new Error(`an answer without a length: ${this.#received.toString()}`)
    }
    const whole = end + 4 + length
    if (this.#received.length < whole) {
      return undefined
    }
    const body = this.#received.subarray(end + 4, whole).toString()
    this.#memory.copyWithin(0, whole, this.#length)
    this.#length -= whole
    return { status: Number(status), reason, headers, body }
  }
}

/** Waits until the peer of a socket has closed both directions: it then answers data with a reset. */
export const cutOff = async (socket: Net.Socket): Promise<void> => {
  while (!socket.destroyed) {
    socket.write(" ")
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

/** The head of a request. Defaults: a Host, and the API key. */
export const head = (
  method: string,
  target: string,
  headers: Readonly<Record<string, string | undefined>> = {}
): string => {
  const all = { Host: "localhost", Authorization: "Bearer mock-api-key", ...headers }
  const lines = Object.entries(all).flatMap(([name, value]) => value === undefined ? [] : [`${name}: ${value}\r\n`])
  return `${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`
}

/**
 * Whether a server answers there. A connection is no proof: while another thread starts a process, that process inherits this one's
 * listening sockets for a moment, so connections to a closed server succeed and are then reset.
 */
export const isAnswered = async (url: string): Promise<boolean> => {
  try {
    const connection = await RawConnection.open(url)
    const received = await connection.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").rest()
    connection.destroy()
    return received !== ""
  } catch {
    return false
  }
}
