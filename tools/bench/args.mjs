// What was asked for on the command line.
import { parseArgs } from "node:util"

const usage = `npm run bench -- <subject> [contestant …] [options]

Measures ours beside its peers, on this machine and in one run. Peers that are not there yet are installed from the npm
registry into node_modules/.cache/workspace-secrets; they are no dependencies of the repository.

Subjects
  client   one GET at a time, 20 in flight, against a bare node:http server: CPU per call, calls per second
  server   one GET at a time over 20 connections: requests per second, latency, memory, time to be ready
  witness  what it costs to be looked at: a proxy beside a bare one, and a layer around our client

Contestants
  all of them unless some are named; what ratios are taken to is always there

Options
  --rounds <n>     how many rounds to take medians of; 7 unless given
  --json           JSON with every sample on stdout, in place of the table
  --write          put the result into docs/benchmarks.md
  --profile <dir>  leave a V8 CPU profile of each of the contestants that run in a Node process of ours
  --help           this text
`

/** A mistake of the one who typed the command. */
export class UsageError extends Error {}

const listed = (names, word) =>
  new Intl.ListFormat("en-GB", { type: word === "or" ? "disjunction" : "conjunction" }).format(names)

const options = {
  rounds: { type: "string", default: "7" },
  json: { type: "boolean", default: false },
  write: { type: "boolean", default: false },
  profile: { type: "string" },
  help: { type: "boolean", short: "h", default: false }
}

const parse = (argv) => {
  try {
    return parseArgs({ args: argv, options, allowPositionals: true })
  } catch (error) {
    throw new UsageError(error.message)
  }
}

/** Reads the arguments; `subjects` has the names of each subject's contestants. */
export const read = (argv, subjects) => {
  const { positionals: [subject, ...only], values } = parse(argv)
  if (values.help) return { help: usage }
  const names = Object.keys(subjects)
  if (subject === undefined) throw new UsageError(`Say what to measure: ${listed(names, "or")}`)
  if (!names.includes(subject)) {
    throw new UsageError(`There is no subject "${subject}"; there is ${listed(names, "and")}`)
  }
  const unknown = only.filter((name) => !subjects[subject].includes(name))
  if (unknown.length > 0) {
    throw new UsageError(
      `There is no contestant "${unknown[0]}" in ${subject}; there is ${subjects[subject].join(", ")}`
    )
  }
  if (!/^[1-9]\d{0,2}$/.test(values.rounds)) {
    throw new UsageError(`--rounds takes a whole number from 1 to 999, not "${values.rounds}"`)
  }
  if (values.write && only.length > 0) throw new UsageError("--write takes the whole table; leave the contestants out")
  const { json, profile, write } = values
  return { subject, only, rounds: Number(values.rounds), json, write, profile }
}
