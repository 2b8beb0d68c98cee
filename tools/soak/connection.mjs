// One HTTP/1.1 connection on which anything can be sent, well-formed or not, one request after another.
import { connect } from "node:net"

export class Connection {
  #url
  #socket
  #received = Buffer.alloc(0)
  #answer

  constructor(url) {
    this.#url = new URL(url)
  }

  /** Sends bytes, and returns the next response. Reconnects if the server closed the connection. */
  send(bytes) {
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject }
      this.#open().write(bytes)
    })
  }

  close() {
    this.#socket?.destroy()
  }

  #open() {
    if (this.#socket?.writable) return this.#socket
    const socket = connect({ host: this.#url.hostname, port: Number(this.#url.port), noDelay: true })
    this.#socket = socket
    this.#received = Buffer.alloc(0)
    socket.on("data", (chunk) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
      this.#read()
    })
    // After a reset, an unread response counts as missing.
    const fail = (error) => {
      socket.destroy()
      if (this.#socket !== socket) return
      this.#socket = undefined
      this.#settle("reject", error ?? new Error("the connection was closed before the answer"))
    }
    socket.on("error", fail)
    socket.on("close", () => fail())
    return socket
  }

  #settle(how, what) {
    const answer = this.#answer
    this.#answer = undefined
    answer?.[how](what)
  }

  #read() {
    const end = this.#received.indexOf("\r\n\r\n")
    if (end === -1) return
    const [first, ...lines] = this.#received.subarray(0, end).toString("latin1").split("\r\n")
    const headers = Object.fromEntries(lines.map((line) => {
      const colon = line.indexOf(":")
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }))
    const whole = end + 4 + Number(headers["content-length"])
    if (!(this.#received.length >= whole)) return
    const text = this.#received.subarray(end + 4, whole).toString()
    this.#received = this.#received.subarray(whole)
    if (headers.connection === "close") {
      const closing = this.#socket
      this.#socket = undefined
      closing.destroy()
    }
    this.#settle("resolve", { status: Number(first.split(" ")[1]), headers, text })
  }
}

/** The bytes of a request. Target and headers are not escaped. */
export const request = (method, target, headers, body) => {
  const content = body === undefined ? undefined : Buffer.from(body)
  const all = { Host: "127.0.0.1", ...headers, ...content === undefined ? {} : { "Content-Length": content.length } }
  const head = `${method} ${target} HTTP/1.1\r\n${
    Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("")
  }\r\n`
  return content === undefined ? Buffer.from(head) : Buffer.concat([Buffer.from(head), content])
}
