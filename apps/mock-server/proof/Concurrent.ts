/** Requests at the same time against one workspace: whether their answers could have come about one after another. */
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import { setImmediate } from "node:timers/promises"
import type { Answer, Request } from "./Call.js"
import { linearize, type Operation } from "./Linearizability.js"
import * as Model from "./Model.js"
import { requestOfOne } from "./Requests.js"
import { ask, Run, type Sent, serving, WrongAnswer } from "./Run.js"

/** How many histories of which seed, against which server. */
export interface Options {
  readonly histories: number
  readonly seed: number
  /** What the server is made of the right one; the right one unless given. */
  readonly between?: ((right: typeof fetch) => typeof fetch) | undefined
}

/** What came of it. */
export interface Result {
  readonly histories: number
  readonly requests: number
  /** How many requests began before the one before them had ended. */
  readonly overlapping: number
  /** Why it failed, as a person reads it; it has no keys and no values. */
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

/** Runs each list of requests in a fiber of its own. The scheduler decides when a request goes out and when its answer comes in. */
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

/** What is not as it should be, request by request. */
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

/** Runs histories until one fails; that one is made as short as can be. */
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
        // The last one that fails is the shortest.
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
        // Nothing in a history waits for the world outside: signals would never be heard.
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
