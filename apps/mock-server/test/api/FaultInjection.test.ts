import { Status } from "@workspace-secrets/core/Status"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import * as Dispatcher from "../../src/api/Dispatcher.js"
import * as Handlers from "../../src/api/Handlers.js"
import * as InProcess from "../../src/transport/InProcess.js"
import * as Listener from "../../src/transport/Listener.js"
import * as Tenant from "../../src/world/Tenant.js"
import { WorkspaceSecrets } from "../../src/world/WorkspaceSecrets.js"

const decodeStatus = Schema.decodeUnknownSync(Schema.parseJson(Status))

const VALUE = "canary-value"

const fault = (): never => {
  throw new Error(`broken on purpose: ${VALUE}`)
}

/** A server with parts that a test can break. */
const open = async () => {
  const scope = await Effect.runPromise(Scope.make())
  const lines: Array<string> = []
  const logger = Logger.replace(
    Logger.defaultLogger,
    Logger.make((options) => void lines.push(Logger.stringLogger.log(options)))
  )
  const own = await Effect.runPromise(
    Effect.provide(Handlers.make, WorkspaceSecrets.Default)
  )
  const handlers = { create: own.create }
  const tenants = new Tenant.Tenants(await Effect.runPromise(Tenant.surroundings))
  const { tenant } = await Effect.runPromise(tenants.add({ apiKey: Redacted.make("key") }))
  const observe = vi.fn<(told: Dispatcher.ObservedRequest) => unknown>()
  const dispatch = Dispatcher.make({ ...own, create: (request) => handlers.create(request) }, tenants, {
    onRequest: observe
  })
  // Incoming requests and outgoing responses can be broken, for every transport.
  const broken: { incoming?: Partial<Dispatcher.Incoming>; headers?: Readonly<Record<string, string>> } = {}
  const dispatching: Dispatcher.Dispatch = (incoming) => {
    const { headers, incoming: part } = broken
    delete broken.headers
    delete broken.incoming
    const outgoing = dispatch({ ...incoming, ...part })
    return headers === undefined
      ? outgoing
      : Effect.map(outgoing, (outgoing) => ({ ...outgoing, headers: { ...outgoing.headers, ...headers } }))
  }
  const fetchInProcess = await Effect.runPromise(
    InProcess.makeFetch(dispatching).pipe(Scope.extend(scope), Effect.provide(logger))
  )
  const { port } = await Effect.runPromise(
    Listener.listen(dispatching, { host: "127.0.0.1", port: 0 }).pipe(Scope.extend(scope), Effect.provide(logger))
  )
  return {
    tenants,
    tenant,
    handlers,
    own,
    observe,
    lines,
    broken,
    url: `http://127.0.0.1:${port}`,
    fetchInProcess,
    close: () => Effect.runPromise(Scope.close(scope, Exit.void))
  }
}

type Opened = Awaited<ReturnType<typeof open>>

/** The ways to break one request, by step. */
const steps: Readonly<Record<string, (server: Opened) => void>> = {
  "authentication": ({ tenants }) => void vi.spyOn(tenants, "authenticate").mockImplementationOnce(fault),
  "the clock": ({ tenant }) => void vi.spyOn(tenant.clock, "tick").mockImplementationOnce(fault),
  "the date": ({ tenant }) => void vi.spyOn(tenant.clock, "httpDate").mockImplementationOnce(fault),
  "the id of the request": ({ tenant }) => void vi.spyOn(tenant.ids, "request").mockImplementationOnce(fault),
  "the target": ({ broken }) => {
    broken.incoming = { target: { indexOf: fault } as never }
  },
  "the route": ({ broken }) => {
    broken.incoming = { target: { indexOf: () => -1, split: fault } as never }
  },
  "the type of the body": ({ broken }) => {
    broken.incoming = { headers: { authorization: "Bearer key", "content-type": { join: fault } as never } }
  },
  "the body": ({ broken }) => {
    broken.incoming = { body: Effect.sync(fault) }
  },
  "the faults": ({ tenant }) => {
    tenant.faults.put([{ error: { code: "UNAVAILABLE" } }])
    vi.spyOn(tenant.faults, "hit").mockImplementationOnce(() => {
      tenant.faults.put([])
      return fault()
    })
  },
  "a fault whose details are no JSON": ({ tenant }) => {
    vi.spyOn(tenant.faults, "isEmpty", "get").mockReturnValueOnce(false)
    vi.spyOn(tenant.faults, "hit").mockReturnValueOnce({
      name: "fault",
      rule: { error: { code: "UNAVAILABLE", details: [{ "@type": "a", "value": 1n }] } }
    })
  },
  "a handler that throws": ({ handlers, own }) => {
    handlers.create = () => {
      handlers.create = own.create
      return fault()
    }
  },
  "a handler that dies": ({ handlers, own }) => {
    handlers.create = () => {
      handlers.create = own.create
      return Effect.sync(fault)
    }
  },
  "a handler that rejects": ({ handlers, own }) => {
    handlers.create = () => {
      handlers.create = own.create
      return Effect.promise(() => Promise.reject(new Error(VALUE)))
    }
  },
  "the encoder": ({ handlers, own }) => {
    handlers.create = () => {
      handlers.create = own.create
      return Effect.succeed({ metadata: VALUE } as never)
    }
  },
  "the journal": ({ tenant }) => void vi.spyOn(tenant.journal, "record").mockImplementationOnce(fault),
  "the journal, twice": ({ tenant }) =>
    void vi.spyOn(tenant.journal, "record").mockImplementationOnce(fault).mockImplementationOnce(fault)
}

const request = {
  method: "POST",
  headers: { "authorization": "Bearer key", "content-type": "application/json" },
  body: JSON.stringify({ metadata: { name: "name" }, spec: { value: VALUE } })
}

for (const transport of ["a socket", "no socket"] as const) {
  describe(`a server with ${transport}`, () => {
    let server: Opened
    const warnings: Array<string> = []
    const onWarning = ({ message }: Error) => void warnings.push(message)
    const ask = async (init: RequestInit = request) => {
      const fetch = transport === "a socket" ? globalThis.fetch : server.fetchInProcess
      const response = await fetch(`${server.url}/v1/workspace_secrets`, init)
      return { status: response.status, requestId: response.headers.get("x-request-id"), body: await response.text() }
    }
    /** Asserts that the server keeps serving, with all its data. */
    const goesOn = async () => {
      expect((await ask()).status).toBe(200)
      expect((await ask({ headers: request.headers })).status).toBe(200)
    }

    beforeAll(() => {
      process.on("warning", onWarning)
    })
    beforeEach(async () => {
      server = await open()
    })
    afterEach(async () => {
      vi.restoreAllMocks()
      await server.close()
    })
    afterAll(() => {
      process.off("warning", onWarning)
    })

    it.each(Object.entries(steps))("answers INTERNAL and keeps serving when this throws: %s", async (_, inject) => {
      inject(server)
      const { body, requestId, status } = await ask()
      expect([status, decodeStatus(body)]).toEqual([500, {
        code: 13,
        message: "the mock server failed unexpectedly; see its log",
        details: []
      }])
      expect(requestId).toMatch(/^req_[0-9A-HJKMNP-TV-Z]{26}$/)
      await vi.waitFor(() => expect(server.lines.join("\n")).toContain(`unexpected failure of ${requestId}`))
      expect(server.lines.join("\n")).not.toContain(VALUE)
      await goesOn()
    })

    it("fails a request whose response cannot be written, and keeps serving", async () => {
      server.broken.headers = { "x-broken": "a\r\nb" }
      if (transport === "a socket") {
        expect((await ask()).status).toBe(500)
      } else {
        await expect(ask()).rejects.toBeInstanceOf(TypeError)
      }
      await goesOn()
    })

    it("answers when a waiter of the journal throws, and drops that waiter", async () => {
      const match = {
        body: {
          get a(): number {
            return isBroken ? fault() : 999
          }
        }
      }
      let isBroken = false
      const wait = Effect.runPromiseExit(server.tenant.journal.waitFor(match))
      isBroken = true
      expect((await ask()).status).toBe(200)
      expect(Exit.isFailure(await wait)).toBe(true)
      await goesOn()
    })

    it.each([
      ["throws", fault],
      ["gives a promise that is rejected", () => Promise.reject(new Error(VALUE))]
    ])("answers when an observer %s, and does not call it again", async (_, observe) => {
      warnings.length = 0
      server.observe.mockImplementationOnce(observe)
      expect((await ask()).status).toBe(200)
      await vi.waitFor(() => expect(warnings.length).toBe(1))
      await goesOn()
      expect(server.observe).toHaveBeenCalledTimes(1)
      expect(warnings[0]).toContain("onRequest threw and is not called again: Error")
      expect(warnings.join()).not.toContain(VALUE)
    })

    it("keeps serving when a body breaks off", async () => {
      const body = new ReadableStream({
        pull: (controller) => {
          controller.error(new Error(VALUE))
        }
      })
      await expect(ask({ ...request, body, duplex: "half" })).rejects.toThrow()
      await goesOn()
    })
  })
}
