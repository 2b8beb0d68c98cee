// Command-line arguments of the benchmarks.
import { parseArgs } from "node:util"

const usage = `npm run bench -- <subject> [contestant …] [options]

Compares our packages with their peers, on this machine and in one run. Missing peers are installed from the npm
registry into node_modules/.cache/workspace-secrets; they are not dependencies of the repository.

Subjects
  client   one GET at a time, 20 in flight, against a bare node:http server: CPU per call, calls per second
  server   one GET at a time over 20 connections: requests per second, latency, memory, start time
  witness  overhead of a witness: a proxy compared with a bare one, and a layer around our client

Contestants
  Default: all. The references of the ratios are always included.

Options
  --rounds <n>     number of rounds, of which medians are taken; default 7
  --json           print JSON with every sample instead of the table
  --write          write the result to docs/benchmarks.md
  --profile <dir>  write V8 CPU profiles of the contestants that run in our Node processes
  --help           this text
`

/** Invalid arguments. */
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

/** Parses the arguments. `subjects` has the contestants of each subject. */
export const read = (argv, subjects) => {
  const { positionals: [subject, ...only], values } = parse(argv)
  if (values.help) return { help: usage }
  const names = Object.keys(subjects)
  if (subject === undefined) throw new UsageError(`Missing subject: ${listed(names, "or")}`)
  if (!names.includes(subject)) {
    throw new UsageError(`Unknown subject "${subject}"; known: ${listed(names, "and")}`)
  }
  const unknown = only.filter((name) => !subjects[subject].includes(name))
  if (unknown.length > 0) {
    throw new UsageError(
      `Unknown contestant "${unknown[0]}" in ${subject}; known: ${subjects[subject].join(", ")}`
    )
  }
  if (!/^[1-9]\d{0,2}$/.test(values.rounds)) {
    throw new UsageError(`--rounds takes a whole number from 1 to 999, not "${values.rounds}"`)
  }
  if (values.write && only.length > 0) throw new UsageError("--write takes the whole table; leave the contestants out")
  const { json, profile, write } = values
  return { subject, only, rounds: Number(values.rounds), json, write, profile }
}
