import { afterEach, describe, expect, it } from "@effect/vitest"
import { Status } from "@workspace-secrets/core/Status"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import { connect, type Socket } from "node:net"
import type * as Dispatcher from "../../src/api/Dispatcher.js"
import type { Limits } from "../../src/transport/Connection.js"
import * as Listener from "../../src/transport/Listener.js"
import { cutOff, head, type RawAnswer, RawConnection } from "../RawConnection.js"

const decodeStatus = Schema.decodeUnknownSync(Schema.parseJson(Status))

const run = Effect.runPromise

const closing: Array<() => Promise<void> | void> = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) {
    await close()
  }
})

/**
 * A listener with responses by path: `/large` is 8 MiB, `/live` writes 8 MiB and goes on, `/slow` waits for the test, `/body` reads its
 * body first, and any other is sent at once.
 */
const listen = async (limits: Partial<Limits>) => {
  const scope = await run(Scope.make())
  const slow = await run(Deferred.make<void>())
  const dispatched: Array<string> = []
  const large = "a".repeat(8 * 1024 * 1024)
  const dispatch = ({ body, target }: Dispatcher.Incoming): Effect.Effect<Dispatcher.Outgoing> => {
    dispatched.push(target)
    const answer = { status: 200, headers: {}, body: target === "/large" ? large : target }
    const live: Dispatcher.Live = (write) => {
      write(large)
      return () => {}
    }
    return target === "/live"
      ? Either.right({ ...answer, live })
      : target === "/slow"
      ? Effect.as(Deferred.await(slow), answer)
      : target === "/body"
      ? Effect.match(body, {
        onFailure: ({ message, status }) => ({ status, headers: {}, body: message }),
        onSuccess: () => answer
      })
      : Either.right(answer)
  }
  const options = { host: "127.0.0.1", port: 0, limits }
  const { port } = await run(Scope.extend(Listener.listen(dispatch, options), scope))
  closing.push(() => run(Scope.close(scope, Exit.void)))
  const url = `http://127.0.0.1:${port}`
  return {
    dispatched,
    endSlow: () => run(Deferred.succeed(slow, void 0)),
    open: async () => {
      const connection = await RawConnection.open(url)
      closing.push(() => connection.destroy())
      return connection
    },
    /** A client that reads nothing. */
    deaf: (): Socket => {
      const socket = connect({ host: "127.0.0.1", port }).on("error", () => {})
      closing.push(() => {
        socket.destroy()
      })
      return socket
    },
    /** Waits until one more connection is accepted. */
    hasRoom: async () => {
      for (;;) {
        const connection = await RawConnection.open(url)
        const { status } = await connection.send(head("GET", "/")).next()
        connection.destroy()
        if (status === 200) {
          return
        }
      }
    }
  }
}

/** Asserts that a response is an error that closes the connection, and returns its message. */
const refusal = (answer: RawAnswer, status: number, code: number): string => {
  expect([answer.status, answer.headers["connection"], answer.headers["content-type"]])
    .toEqual([status, "close", "application/json"])
  expect(answer.headers["x-request-id"]).toMatch(/^req_[0-9A-Z]{26}$/)
  const decoded = decodeStatus(answer.body)
  expect(decoded.code).toBe(code)
  return decoded.message
}

describe("a rejected client that does not close", () => {
  it.each([
    ["no HTTP", "NONSENSE\r\n\r\n"],
    ["a head that is too large", head("GET", "/", { "X-Long": "a".repeat(20_000) })],
    ["no Host", head("GET", "/", { Host: undefined })]
  ])("is disconnected after %s", async (_, bytes) => {
    const { open } = await listen({ refusalMillis: 20 })
    const connection = (await open()).send(bytes)
    refusal(await connection.next(), 400, 3)
    await connection.cutOff()
  })

  it("gets its error after the responses to earlier requests", async () => {
    const { endSlow, open } = await listen({})
    const connection = (await open()).send(`${head("GET", "/slow")}NONSENSE\r\n\r\n`)
    const first = connection.next()
    await endSlow()
    expect((await first).body).toBe("/slow")
    refusal(await connection.next(), 400, 3)
  })
})

describe("the maximum number of connections", () => {
  const tooMany = "the server has the maximum number of connections: close some, or allow more with --max-connections"
    + " (maxConnections in code)"

  it("is served, one more gets 503, and is accepted when another has closed", async () => {
    const { hasRoom, open } = await listen({ maxConnections: 2 })
    const [first, second, third] = [await open(), await open(), await open()]
    expect(refusal(await third.send(head("GET", "/")).next(), 503, 14)).toBe(tooMany)
    expect(await third.rest()).toBe("")
    for (const connection of [first, second]) {
      expect((await connection.send(head("GET", "/")).next()).status).toBe(200)
    }
    first.destroy()
    await hasRoom()
  })

  it("disconnects a further connection that sends no request", async () => {
    const { dispatched, open } = await listen({ maxConnections: 1, refusalMillis: 20 })
    await open()
    const surplus = await open()
    expect(refusal(await surplus.next(), 503, 14)).toBe(tooMany)
    await surplus.cutOff()
    expect(dispatched).toEqual([])
  })

  it("does not last forever: connections without requests are closed", async () => {
    const { hasRoom, open } = await listen({ maxConnections: 1, headMillis: 20, refusalMillis: 20, checkMillis: 5 })
    await open()
    await hasRoom()
  })
})

describe("a slow client", () => {
  const fast = { headMillis: 20, requestMillis: 20, refusalMillis: 20, checkMillis: 5 }
  const tooSlow = "the request did not arrive in time; the connection is closed"

  it.each([
    ["that says nothing", ""],
    ["whose head does not end", "GET / HTTP/1.1\r\nHost: loc"],
    ["whose body does not end", head("POST", "/body", { "Content-Length": "100" }) + "{"],
    ["whose chunks do not end", head("POST", "/body", { "Transfer-Encoding": "chunked" }) + "1\r\n{\r\n"]
  ])("%s gets 408 and is disconnected", async (_, bytes) => {
    const { open } = await listen(fast)
    const connection = (await open()).send(bytes)
    expect(refusal(await connection.next(), 408, 4)).toBe(tooSlow)
    await connection.cutOff()
  })

  it("is not served when its request is complete too late", async () => {
    const { dispatched, open } = await listen({ ...fast, refusalMillis: 60_000 })
    const connection = (await open()).send("GET / HTTP/1.1\r\nHost: loc")
    refusal(await connection.next(), 408, 4)
    connection.send("alhost\r\n\r\n")
    await connection.cutOff()
    expect(dispatched).toEqual([])
  })

  it("that got a response before its body arrived gets no second one", async () => {
    const { open } = await listen({ ...fast, headMillis: 200, requestMillis: 200 })
    const connection = (await open()).send(head("POST", "/", { "Content-Length": "100" }) + "{")
    expect((await connection.next()).status).toBe(200)
    expect(await connection.rest()).toBe("")
  })
})

describe("a client that does not read", () => {
  it("is disconnected when the time to read a response is over", async () => {
    const { deaf, dispatched } = await listen({ answerMillis: 20, checkMillis: 5, refusalMillis: 60_000 })
    const socket = deaf()
    socket.write(head("GET", "/large"))
    while (dispatched.length === 0) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    await cutOff(socket)
  })

  it("gets no response beyond the limit of unread data, and no further request is run", async () => {
    const { dispatched, open } = await listen({ maxUnread: 1024 * 1024 })
    const connection = (await open()).send(head("GET", "/large").repeat(10))
    expect((await connection.rest()).length).toBeLessThan(9 * 1024 * 1024)
    expect(dispatched.length).toBeLessThanOrEqual(3)
  })

  it.each(["/large", "/live"])(
    "is disconnected when all have too much unread data, but one that reads is not: %s",
    async (target) => {
      const { deaf, dispatched, open } = await listen({ checkMillis: 5, maxUnreadOfAll: 20 * 1024 * 1024 })
      const reader = await open()
      const sockets: Array<Socket> = []
      while (!sockets.some((socket) => socket.destroyed)) {
        const before = dispatched.length
        sockets.push(deaf())
        sockets.at(-1)?.write(head("GET", target))
        while (dispatched.length === before) {
          await new Promise((resolve) => setImmediate(resolve))
        }
        expect((await reader.send(head("GET", "/large")).next()).body.length).toBe(8 * 1024 * 1024)
        // A socket that reads nothing only learns from writing that it was cut off. Empty lines are no request.
        sockets.forEach((socket) => socket.write("\r\n"))
      }
    }
  )

  it("is not confused with one that reads each response before its next request", async () => {
    const { open } = await listen({ maxUnread: 1024 * 1024 })
    const connection = await open()
    for (let i = 0; i < 3; i++) {
      expect((await connection.send(head("GET", "/large")).next()).body.length).toBe(8 * 1024 * 1024)
    }
  })

  it("has a maximum number of requests in flight", async () => {
    const { dispatched, open } = await listen({ maxPipelined: 5 })
    const connection = (await open()).send(head("GET", "/slow").repeat(8))
    expect(await connection.rest()).toBe("")
    expect(dispatched.length).toBe(5)
  })
})

describe("bodies", () => {
  it("get 503 while others fill the buffer", async () => {
    const { open } = await listen({ maxBuffered: 1_000_000 })
    const post = (size: number) => head("POST", "/body", { "Content-Length": String(size) })
    const first = (await open()).send(post(600_001) + "a".repeat(600_000))
    const second = await open()
    const ask = () => second.send(post(400_001) + "a".repeat(400_001)).next()
    let answer = await ask()
    while (answer.status === 200) {
      // The first body is still on its way.
      answer = await ask()
    }
    expect([answer.status, answer.body]).toEqual([503, "the server is reading too many large bodies; try again"])
    expect((await first.send("a").next()).status).toBe(200)
    expect((await ask()).status).toBe(200)
  })

  it("of clients that closed their connection free the buffer", async () => {
    const { dispatched, open } = await listen({ maxBuffered: 1_000_000 })
    const gone = (await open()).send(head("POST", "/body", { "Content-Length": "900000" }) + "a".repeat(800_000))
    while (dispatched.length === 0) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    gone.destroy()
    const next = head("POST", "/body", { "Content-Length": "900000" }) + "a".repeat(900_000)
    for (;;) {
      const { status } = await (await open()).send(next).next()
      if (status === 200) {
        return
      }
    }
  })
})

describe("a Host", () => {
  it("that is missing or sent twice is rejected", async () => {
    const { dispatched, open } = await listen({})
    for (const host of ["localhost\r\nHost: localhost", "localhost\r\nHOST: localhost", undefined]) {
      const connection = (await open()).send(head("GET", "/", { Host: host }))
      expect(refusal(await connection.next(), 400, 3)).toBe("the request needs exactly one Host header")
    }
    expect(dispatched).toEqual([])
  })
})
