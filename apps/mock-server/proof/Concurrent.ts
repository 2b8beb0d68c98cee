/** Sends concurrent requests to one workspace, and checks that their responses are linearizable. */
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import { setImmediate } from "node:timers/promises"
import type { Answer, Request } from "./Call.js"
import { linearize, type Operation } from "./Linearizability.js"
import * as Model from "./Model.js"
import { requestOfOne } from "./Requests.js"
import { ask, Run, type Sent, serving, WrongAnswer } from "./Run.js"

/** The number of histories, the seed, and the server. */
export interface Options {
  readonly histories: number
  readonly seed: number
  /** Changes the server under test. Default: the correct server. */
  readonly between?: ((right: typeof fetch) => typeof fetch) | undefined
}

/** The result. */
export interface Result {
  readonly histories: number
  readonly requests: number
  /** How many requests overlapped with the one before. */
  readonly overlapping: number
  /** The reason of a failure, for people. It contains no keys and no values. */
  readonly failure: string | undefined
}

interface Asked {
  readonly sent: Sent
  readonly answer: Answer
  readonly fiber: number
}

const step = (world: Model.World, { answer, sent }: Asked): Model.World | undefined => {
  const after = Model.step(world, sent.call, answer)
  return Either.isRight(after) ? after.right : undefined
}

const keyOf = ({ cursors, workspaces, ...world }: Model.World): string =>
  JSON.stringify([workspaces.map(({ secrets }) => secrets), [...cursors.keys()], world.notFound])

/** Runs each list of requests in its own fiber. The scheduler decides when requests and responses are delivered. */
const together = async (
  run: Run,
  scheduler: FastCheck.Scheduler,
  fibers: ReadonlyArray<ReadonlyArray<Request>>
): Promise<ReadonlyArray<Operation<Asked>>> => {
  const history: Array<Operation<Asked>> = []
  let now = 0
  await scheduler.waitFor(Promise.all(fibers.map(async (requests, fiber) => {
    for (const request of requests) {
      const sent = run.resolve(request)
      const invoked = now++
      await scheduler.schedule(Promise.resolve())
      const answer = await run.ask(sent.call)
      await scheduler.schedule(Promise.resolve())
      history.push({ what: { sent, answer, fiber }, invoked, answered: now++ })
      run.learn(sent, answer)
    }
  })))
  return history
}

/** The problems, by request. */
interface Failed {
  readonly run: Run
  readonly notes: (sent: Sent | undefined) => ReadonlyArray<string>
}

const notLinearizable = (run: Run, history: ReadonlyArray<Operation<Asked>>): Failed => ({
  run,
  notes: (sent) => {
    const operation = history.find(({ what }) => what.sent === sent)
    return operation === undefined ? [] : [
      `fiber ${
        operation.what.fiber + 1
      }, from ${operation.invoked} to ${operation.answered}: ${operation.what.answer.status}`,
      ...(sent === run.sent.at(-1) ? ["no order of the requests of the fibers explains their answers"] : [])
    ]
  }
})

const few = FastCheck.array(requestOfOne, { maxLength: 4, size: "max" })

/** Runs histories until one fails, and shrinks that one. */
export const check = ({ between, histories, seed }: Options): Promise<Result> =>
  serving(async (served) => {
    let done = 0
    let requests = 0
    let overlapping = 0
    let failed: Failed | undefined
    const one = async (
      scheduler: FastCheck.Scheduler,
      before: ReadonlyArray<Request>,
      fibers: ReadonlyArray<ReadonlyArray<Request>>
    ) => {
      const run = new Run(served, () => requests++)
      const fail = (failure: Failed, error: unknown) => {
        // The last failure is the shortest.
        failed = failure
        throw error
      }
      await served.reset()
      let world = served.world
      let history: ReadonlyArray<Operation<Asked>> = []
      try {
        for (const request of before) {
          world = await ask(run, world, request)
        }
        history = await together(run, scheduler, fibers)
      } catch (error) {
        const why = error instanceof WrongAnswer ? error.mismatch : ["the request failed"]
        fail({ run, notes: (sent) => sent === run.sent.at(-1) ? why : [] }, error)
      }
      if (linearize(history, world, step, keyOf) === undefined) {
        fail(notLinearizable(run, history), new Error("not linearizable"))
      }
      if (failed === undefined) {
        done++
        overlapping += history.filter((a) =>
          history.some((b) => b.invoked < a.invoked && a.invoked < b.answered)
        ).length
        // Yields to the event loop, so that signals are handled: histories do no I/O.
        await setImmediate()
      }
    }
    const fibers = FastCheck.array(few, { minLength: 2, maxLength: 3, size: "max" })
    const property = FastCheck.asyncProperty(FastCheck.scheduler(), few, fibers, one)
    await FastCheck.check(property, { numRuns: histories, seed })
    return { histories: done, requests, overlapping, failure: failed === undefined ? undefined : told(seed, failed) }
  }, between)

const told = (seed: number, { notes, run }: Failed): string =>
  `seed ${seed}\n\n${run.script((i) => notes(run.sent[i]))}\n`
