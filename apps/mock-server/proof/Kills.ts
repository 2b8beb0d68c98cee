/*
 * Kills servers with a data directory under load, and checks what the next server loads.
 */
import type { PCGRandom } from "effect/Utils"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

const here = fileURLToPath(new URL("..", import.meta.url))

/** The API keys of the load, and how many secrets it changes concurrently for each. */
const KEYS = ["key-of-one", "key-of-two"] as const
const SECRETS = 4

/** The value of a secret, or `undefined` if it does not exist. */
type State = string | undefined

/** A secret: its state after the last response, and after the request in flight. */
interface Slot {
  readonly key: string
  readonly externalId: string
  state: State
  underWay: { readonly state: State } | undefined
}

export const slots = (): ReadonlyArray<Slot> =>
  KEYS.flatMap((key) =>
    Array.from({ length: SECRETS }, (_, i) => ({ key, externalId: `s-${i}`, state: undefined, underWay: undefined }))
  )

const request = (url: string, { externalId, key, state }: Slot, next: State) => {
  const collection = `${url}/v1/workspace_secrets`
  const one = `${collection}/external_id:${externalId}`
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" }
  const spec = { value: next }
  return state === undefined
    ? fetch(collection, {
      method: "POST",
      headers,
      body: JSON.stringify({ metadata: { name: "n", externalId }, spec })
    })
    : next === undefined
    ? fetch(one, { method: "DELETE", headers })
    : fetch(one, { method: "PATCH", headers, body: JSON.stringify({ spec, updateMask: "spec.value" }) })
}

/** Changes a secret repeatedly, until the server is gone. */
const load = async (url: string, slot: Slot, random: PCGRandom, onAnswer: () => void): Promise<void> => {
  for (;;) {
    const next = slot.state !== undefined && random.number() < 0.3 ? undefined : `v${random.integer(1e9)}`
    slot.underWay = { state: next }
    let status
    try {
      const response = await request(url, slot, next)
      await response.arrayBuffer()
      status = response.status
    } catch {
      return
    }
    if (status !== 200) {
      throw new Error(`a change was answered with ${status}`)
    }
    slot.state = next
    slot.underWay = undefined
    onAnswer()
  }
}

/** Reads the secrets of a key from a server. */
const read = async (url: string, key: string): Promise<ReadonlyMap<string, string>> => {
  const response = await fetch(`${url}/v1/workspace_secrets?limit=200`, { headers: { authorization: `Bearer ${key}` } })
  const { items } = await response.json() as {
    readonly items: ReadonlyArray<{
      readonly metadata: { readonly externalId: string }
      readonly spec: { readonly value: string }
    }>
  }
  return new Map(items.map(({ metadata, spec }) => [metadata.externalId, spec.value]))
}

/** Compares what a server has loaded with the expected state, which it then replaces. Returns the problems. */
const check = async (url: string, all: ReadonlyArray<Slot>): Promise<ReadonlyArray<string>> => {
  const problems: Array<string> = []
  for (const key of KEYS) {
    const found = await read(url, key)
    const own = all.filter((slot) => slot.key === key)
    const unknown = [...found.keys()].filter((id) => !own.some(({ externalId }) => externalId === id))
    problems.push(...unknown.map((id) => `${key} has ${id}, which nobody made`))
    for (const slot of own) {
      const state = found.get(slot.externalId)
      if (state !== slot.state && (slot.underWay === undefined || state !== slot.underWay.state)) {
        problems.push(
          `${key} has ${slot.externalId} as ${state}; it was ${slot.state}, ${
            slot.underWay === undefined ? "and nothing was under way" : `and became ${slot.underWay.state}`
          }`
        )
      }
      slot.state = state
      slot.underWay = undefined
    }
  }
  return problems
}

/** The result of one kill. */
export interface Kill {
  readonly problems: ReadonlyArray<string>
  /** The number of changes confirmed before. */
  readonly answered: number
  /** The number of changes that its start dropped. */
  readonly dropped: number
  /** Whether it had started to listen. */
  readonly isReady: boolean
}

/** Starts a server, checks what it has loaded, and kills it at some moment. */
export const kill = async (
  program: string,
  args: ReadonlyArray<string>,
  all: ReadonlyArray<Slot>,
  random: PCGRandom
): Promise<Kill> => {
  const child = spawn(process.execPath, [program, "--port", "0", "--json", "--accept-any-key", ...args], {
    cwd: here,
    stdio: ["ignore", "pipe", "pipe"]
  })
  let errors = ""
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const ended = once(child, "close") as Promise<[code: number | null, signal: string | null]>
  const kill = (millis: number) => setTimeout(() => child.kill("SIGKILL"), millis)
  // Some are killed before they listen.
  const early = random.number() < 0.1 ? kill(random.integer(400)) : undefined
  const line = await Promise.race([once(child.stdout, "data"), ended.then(() => undefined)]) as [Buffer] | undefined
  const result = { problems: [] as Array<string>, answered: 0, isReady: line !== undefined }
  if (line !== undefined && early === undefined) {
    const { url } = JSON.parse(line[0].toString()) as { readonly url: string }
    result.problems.push(...await check(url, all))
    // Counts changes instead of time, so that slow machines have the same load.
    const [last, delay] = [1 + random.integer(40), random.integer(4)]
    await Promise.all(all.map((slot) =>
      load(url, slot, random, () => {
        if (++result.answered === last) {
          kill(delay)
        }
      })
    ))
  }
  const [code, signal] = await ended
  if (signal !== "SIGKILL") {
    result.problems.push(`it ended with ${code ?? signal}: ${errors}`)
  }
  return { ...result, dropped: Number(/; (\d+) unfinished/.exec(errors)?.[1] ?? 0) }
}
