import { describe, expect, it } from "@effect/vitest"
import { Socket } from "node:net"
import { Connection, defaultLimits } from "../../src/transport/Connection.js"

/** A socket with counts of written and unread bytes that the test sets. */
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
  it("is closed when data stays unread for longer than answerMillis", () => {
    const { connection, socket } = connect()
    Object.assign(socket, { written: 1000, unread: 600 })
    connection.check(0)
    // Part of it was read, and another response was written.
    Object.assign(socket, { written: 2000, unread: 1500 })
    connection.check(99)
    expect(socket.destroyed).toBe(false)
    connection.check(100)
    expect(socket.destroyed).toBe(true)
  })

  it("stays open when each response is read in time, however busy it is", () => {
    const { connection, socket } = connect()
    for (let now = 0; now < 1000; now += 50) {
      socket.written += 1000
      socket.unread = 500
      connection.check(now)
    }
    expect(socket.destroyed).toBe(false)
  })

  it("starts a new time limit when everything was read meanwhile", () => {
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
