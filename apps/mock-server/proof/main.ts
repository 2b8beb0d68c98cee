import { run } from "./Generated.js"

// vite-node has put itself and its options before those that are ours.
process.exitCode = await run(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`)
})
