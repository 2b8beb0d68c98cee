/** The command line of the generated sequences: `npm run generated`. */
import { parseArgs } from "node:util"
import * as Concurrent from "./Concurrent.js"
import { check, type Options } from "./Sequences.js"

const usage = `npm run generated -- [--sequences N] [--histories N] [--seed N]

Sends random sequences of requests to a mock server in this process: all operations, valid and invalid, by several keys, in both layouts of
the paths. A model, written from the wire contract, says what each answer has to be. A sequence that fails is made as short as can be, and
printed as lines of curl for a server started by npm start. Keys and values are never printed.

After that it sends requests to one workspace at the same time, and looks for an order, one after another, that explains their answers.

  --sequences  how many sequences; 1000 unless given
  --histories  how many histories of requests at the same time; 100 unless given
  --seed       a whole number; the same one makes the same sequences; by chance unless given

Exits with 0 when all answers were right, 1 when one was wrong, 2 for arguments that are wrong.`

interface Output {
  readonly out: (line: string) => void
  readonly err: (line: string) => void
}

type Between = Options["between"]

class UsageError extends Error {}

const wholeNumber = (name: string, text: string, min: number): number => {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < min || value > 2 ** 31 - 1) {
    throw new UsageError(`--${name} takes a whole number from ${min} to ${2 ** 31 - 1}`)
  }
  return value
}

const options = {
  sequences: { type: "string", default: "1000" },
  histories: { type: "string", default: "100" },
  seed: { type: "string" },
  help: { type: "boolean", short: "h", default: false }
} as const

const read = (args: ReadonlyArray<string>) => {
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : "wrong arguments")
  }
}

const search = async (args: ReadonlyArray<string>, { err, out }: Output, between: Between): Promise<number> => {
  const { help, ...values } = read(args)
  if (help) {
    out(usage)
    return 0
  }
  const sequences = wholeNumber("sequences", values.sequences, 1)
  const seed = wholeNumber("seed", values.seed ?? String(Math.floor(Math.random() * 2 ** 31)), 0)
  const histories = wholeNumber("histories", values.histories, 0)
  out(`seed ${seed}: ${sequences} sequences, ${histories} histories`)
  const begin = performance.now()
  const seconds = () => (performance.now() - begin) / 1000
  const step = Math.max(1, Math.floor(sequences / 20))
  const { answers, failure, requests } = await check({
    between,
    sequences,
    seed,
    onSequence: (done) => {
      if (done % step === 0) {
        out(`${Math.floor(done / sequences * 100)} %: ${done} sequences, ${seconds().toFixed(0)} s`)
      }
    }
  })
  if (failure !== undefined) {
    err(failure)
    return 1
  }
  const rows = [...answers].sort(([a], [b]) => a < b ? -1 : 1).map(([kind, count]) => `${kind}: ${count}`)
  out(`${requests} answers were right (${rows.join(", ")})`)
  const concurrent = await Concurrent.check({ between, histories, seed })
  if (concurrent.failure !== undefined) {
    err(concurrent.failure)
    return 1
  }
  out(
    `${concurrent.requests} answers of ${histories} histories have an order; ${concurrent.overlapping} requests overlapped`
  )
  return 0
}

/** Runs the command with these arguments. Returns the exit code. `between` may change the server under test. */
export const run = (args: ReadonlyArray<string>, output: Output, between?: Between): Promise<number> =>
  search(args, output, between).catch((error: unknown) => {
    if (!(error instanceof UsageError)) {
      throw error
    }
    output.err(`${error.message}\n\n${usage}`)
    return 2
  })
