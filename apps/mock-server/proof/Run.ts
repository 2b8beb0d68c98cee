/** One run against a server: its requests, and the comparison of responses with the model. */
import * as Either from "effect/Either"
import { randomBytes } from "node:crypto"
import { startInProcess } from "../src/MockServer.js"
import type { Answer, Call, Created, Names, Request } from "./Call.js"
import { address, resolve, type Value } from "./Call.js"
import { script } from "./CurlScript.js"
import * as Model from "./Model.js"
import { keys } from "./Requests.js"

type Fetch = typeof globalThis.fetch

/** A server with the API keys of a run. */
export interface Served {
  readonly url: string
  readonly fetch: Fetch
  readonly tenants: ReadonlyArray<{ readonly apiKey: string; readonly workspaceId: string }>
  /** Its initial state. */
  readonly world: Model.World
  /** Restores the initial state. */
  readonly reset: () => Promise<void>
}

/** Makes a server in process. `between` may change it. */
export const serving = async <A>(
  use: (served: Served) => Promise<A>,
  between: (right: Fetch) => Fetch = (right) => right
): Promise<A> => {
  const server = await startInProcess()
  try {
    const tenants = await Promise.all(Array.from({ length: keys }, () => server.tenant({ journalSize: 0 })))
    const workspaces = await Promise.all(tenants.map(async ({ apiKey, workspaceId }) => {
      const response = await server.fetch(`${server.url}/v1/whoami`, { headers: { authorization: `Bearer ${apiKey}` } })
      return { id: workspaceId, profile: await response.json() as Model.Workspace["profile"] }
    }))
    return await use({
      url: server.url,
      fetch: between(server.fetch),
      tenants,
      world: Model.make(workspaces),
      reset: async () => {
        await Promise.all(tenants.map(({ control }) => control.reset()))
      }
    })
  } finally {
    await server.stop()
  }
}

/** A sent request, and what later requests can refer to. */
export interface Sent {
  readonly request: Request
  readonly call: Call
  gave: { readonly name: "ID" | "CURSOR"; readonly text: string } | undefined
}

/** A random key that no server knows. */
const strangersKey = `key_${randomBytes(16).toString("hex")}`

/** The state of a run: sent requests, ids, cursors and values. */
export class Run {
  readonly #served: Served
  readonly #values: string
  #created: ReadonlyArray<Created> = []
  #deleted: ReadonlyArray<Created> = []
  readonly #pages: Array<Names["pages"][number]> = []
  readonly sent: Array<Sent> = []

  readonly #onAnswer: (op: Call["op"], status: number) => void

  constructor(served: Served, onAnswer: (op: Call["op"], status: number) => void = () => {}) {
    this.#served = served
    this.#onAnswer = onAnswer
    // Values are unique in a request: wherever one is found, it is a leak.
    this.#values = randomBytes(9).toString("base64url")
  }

  /** The text of a value. It contains characters that need escapes in several encodings. */
  value({ number }: Value): string {
    return `${this.#values}-${number}${["", " é🔑", "\"\\\n", "'%2F"][number % 4]}`
  }

  get names(): Names {
    return {
      created: this.#created,
      deleted: this.#deleted,
      pages: this.#pages,
      workspace: (key) => this.#served.tenants[key]?.workspaceId ?? "workspace_none",
      value: (value) => this.value(value)
    }
  }

  /** Resolves a request in the current state. */
  resolve(request: Request): Sent {
    const sent = { request, call: resolve(request, this.names), gave: undefined }
    this.sent.push(sent)
    return sent
  }

  async ask(call: Call): Promise<Answer> {
    const { method, path } = address(call)
    const { fetch, tenants, url } = this.#served
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${tenants[call.key]?.apiKey ?? strangersKey}`,
        ...(call.body === undefined ? {} : { "content-type": call.contentType })
      },
      ...(call.body === undefined ? {} : { body: call.body })
    })
    this.#onAnswer(call.op, response.status)
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

  /** Keeps the id or the cursor of a response for later requests. */
  learn(sent: Sent, { status, text }: Answer): void {
    const { call } = sent
    if (status !== 200) {
      return
    }
    if (call.op === "create") {
      const { metadata } = JSON.parse(text) as { readonly metadata: { readonly id: string } }
      this.#created = [...this.#created, { id: metadata.id, key: call.key }]
      sent.gave = { name: "ID", text: metadata.id }
    } else if (call.op === "delete") {
      const isGone = ({ id }: Created) => call.target !== undefined && "id" in call.target && call.target.id === id
      this.#deleted = [...this.#deleted, ...this.#created.filter(isGone)]
      this.#created = this.#created.filter((created) => !isGone(created))
    } else if (call.op === "list") {
      const { nextCursor } = (JSON.parse(text) as { readonly pagination: { readonly nextCursor?: string } }).pagination
      if (nextCursor !== undefined && nextCursor !== "") {
        this.#pages.push({ cursor: nextCursor, call })
        sent.gave = { name: "CURSOR", text: nextCursor }
      }
    }
  }

  /** The requests so far as a script, with comments. */
  script(notes: (i: number) => ReadonlyArray<string>): string {
    return script(this.sent, this.#served.tenants.map(({ workspaceId }) => workspaceId), notes)
  }
}

/** A response that the model did not expect. Its message contains no keys or values. */
export class WrongAnswer extends Error {
  override readonly name = "WrongAnswer"
  constructor(readonly mismatch: Model.Mismatch) {
    super(mismatch.join("\n"))
  }
}

/** Sends a request. Returns the model's state after the response. */
export const ask = async (run: Run, world: Model.World, request: Request): Promise<Model.World> => {
  const times = request.op === "fill" ? request.count : 1
  let after = world
  for (let i = 0; i < times; i++) {
    after = await askOnce(run, after, request)
  }
  return after
}

const askOnce = async (run: Run, world: Model.World, request: Request): Promise<Model.World> => {
  const sent = run.resolve(request)
  const answer = await run.ask(sent.call)
  const after = Model.step(world, sent.call, answer)
  if (Either.isLeft(after)) {
    throw new WrongAnswer(after.left)
  }
  run.learn(sent, answer)
  return after.right
}
