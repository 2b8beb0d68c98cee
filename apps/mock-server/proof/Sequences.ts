/** Runs generated sequences of requests by several keys, and compares each response with the model. */
import * as FastCheck from "effect/FastCheck"
import { setImmediate } from "node:timers/promises"
import type { Request } from "./Call.js"
import type * as Model from "./Model.js"
import { request } from "./Requests.js"
import { ask, Run, serving, WrongAnswer } from "./Run.js"

type Fetch = typeof globalThis.fetch

/** The number of sequences, the seed, and the server. */
export interface Options {
  readonly sequences: number
  readonly seed: number
  /** The maximum length of a sequence. */
  readonly maxRequests?: number | undefined
  /** Changes the server under test. Default: the correct server. */
  readonly between?: ((right: Fetch) => Fetch) | undefined
  /** Called after each sequence with the number done. */
  readonly onSequence?: ((done: number) => void) | undefined
}

/** The result. */
export interface Result {
  readonly sequences: number
  readonly requests: number
  /** Counts of responses by operation and status. */
  readonly answers: ReadonlyMap<string, number>
  /** The reason of a failure, for people. It contains no keys and no values. */
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

/** Runs sequences until one fails, and shrinks that one. */
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
        // The last failure is the shortest.
        failed = { run, why: error instanceof WrongAnswer ? error.mismatch : ["the request failed"] }
        throw error
      }
      if (failed === undefined) {
        done++
        onSequence?.(done)
        // Yields to the event loop, so that signals are handled: sequences do no I/O.
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

/** The script of a failure, with the problem of its last response. */
const told = (seed: number, { run, why }: { readonly run: Run; readonly why: ReadonlyArray<string> }): string => {
  const last = run.sent.length - 1
  return `seed ${seed}\n\n${run.script((i) => i === last ? why : [])}\n`
}
