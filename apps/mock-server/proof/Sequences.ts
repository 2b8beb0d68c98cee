/** Sequences of requests by several keys, each answer held against the model. */
import * as FastCheck from "effect/FastCheck"
import { setImmediate } from "node:timers/promises"
import type { Request } from "./Call.js"
import type * as Model from "./Model.js"
import { request } from "./Requests.js"
import { ask, Run, serving, WrongAnswer } from "./Run.js"

type Fetch = typeof globalThis.fetch

/** How many sequences of which seed, against which server. */
export interface Options {
  readonly sequences: number
  readonly seed: number
  /** How long a sequence may be. */
  readonly maxRequests?: number | undefined
  /** What the server is made of the right one; the right one unless given. */
  readonly between?: ((right: Fetch) => Fetch) | undefined
  /** Is told, after each of them, how many sequences are done. */
  readonly onSequence?: ((done: number) => void) | undefined
}

/** What came of it. */
export interface Result {
  readonly sequences: number
  readonly requests: number
  /** How often each operation was answered with each status. */
  readonly answers: ReadonlyMap<string, number>
  /** Why it failed, as a person reads it; it has no keys and no values. */
  readonly failure: string | undefined
}

class Command implements FastCheck.AsyncCommand<{ world: Model.World }, Run> {
  constructor(readonly request: Request) {}

  check(): boolean {
    return true
  }

  async run(model: { world: Model.World }, run: Run): Promise<void> {
    model.world = await ask(run, model.world, this.request)
  }

  toString(): string {
    return this.request.op
  }
}

/** Runs sequences until one fails; that one is made as short as can be. */
export const check = ({ between, maxRequests = 20, onSequence, seed, sequences }: Options): Promise<Result> =>
  serving(async (served) => {
    let done = 0
    let requests = 0
    const answers = new Map<string, number>()
    let failed: { readonly run: Run; readonly why: ReadonlyArray<string> } | undefined
    const one = async (commands: Iterable<FastCheck.AsyncCommand<{ world: Model.World }, Run>>) => {
      const run = new Run(served, (op, status) => {
        requests++
        answers.set(`${op} ${status}`, (answers.get(`${op} ${status}`) ?? 0) + 1)
      })
      await served.reset()
      try {
        await FastCheck.asyncModelRun(() => Promise.resolve({ model: { world: served.world }, real: run }), commands)
      } catch (error) {
        // The last one that fails is the shortest.
        failed = { run, why: error instanceof WrongAnswer ? error.mismatch : ["the request failed"] }
        throw error
      }
      if (failed === undefined) {
        done++
        onSequence?.(done)
        // Nothing in a sequence waits for the world outside: signals would never be heard.
        await setImmediate()
      }
    }
    const commands = FastCheck.commands([request.map((request) => new Command(request))], {
      maxCommands: maxRequests,
      size: "max",
      disableReplayLog: true
    })
    await FastCheck.check(FastCheck.asyncProperty(commands, one), { numRuns: sequences, seed })
    return { sequences: done, requests, answers, failure: failed === undefined ? undefined : told(seed, failed) }
  }, between)

/** The script of a failure, and what was wrong with its last answer. */
const told = (seed: number, { run, why }: { readonly run: Run; readonly why: ReadonlyArray<string> }): string => {
  const last = run.sent.length - 1
  return `seed ${seed}\n\n${run.script((i) => i === last ? why : [])}\n`
}
