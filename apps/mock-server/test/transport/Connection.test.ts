import { describe, expect, it } from "@effect/vitest"
import { Socket } from "node:net"
import { Connection, defaultLimits } from "../../src/transport/Connection.js"

/** A socket of which a test says how much was written, and how much of that its peer has not read. */
const written = () =>
  Object.defineProperties(new Socket() as Socket & { written: number; unread: number }, {
    written: { value: 0, writable: true },
    unread: { value: 0, writable: true },
    bytesWritten: {
      get(this: { readonly written: number }) {
        return this.written
      }
    },
    writableLength: {
      get(this: { readonly unread: number }) {
        return this.unread
      }
    }
  })

const connect = () => {
  const socket = written()
  return { socket, connection: new Connection(socket, false, { ...defaultLimits, answerMillis: 100 }) }
}

describe("a connection", () => {
  it("is cut off when what was unread at a check is unread after the time for an answer", () => {
    const { connection, socket } = connect()
    Object.assign(socket, { written: 1000, unread: 600 })
    connection.check(0)
    // A part of it was read, and another answer was written.
    Object.assign(socket, { written: 2000, unread: 1500 })
    connection.check(99)
    expect(socket.destroyed).toBe(false)
    connection.check(100)
    expect(socket.destroyed).toBe(true)
  })

  it("stays when each answer is read in time, however busy it is", () => {
    const { connection, socket } = connect()
    for (let now = 0; now < 1000; now += 50) {
      socket.written += 1000
      socket.unread = 500
      connection.check(now)
    }
    expect(socket.destroyed).toBe(false)
  })

  it("has its time anew when everything was read meanwhile", () => {
    const { connection, socket } = connect()
    Object.assign(socket, { written: 1000, unread: 600 })
    connection.check(0)
    socket.unread = 0
    connection.check(90)
    socket.unread = 600
    connection.check(110)
    connection.check(200)
    expect(socket.destroyed).toBe(false)
  })
})
