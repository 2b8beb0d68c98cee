import { run } from "./Generated.js"

// vite-node puts itself and its options before our arguments.
process.exitCode = await run(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`)
})
