// Counts what was tried and held: `npm run soak -- hostile`. Its table is that of docs/security.md.
import { execFile, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { viteNode } from "../sources.mjs"
import { anySeed, command } from "./arguments.mjs"
import { build } from "./build.mjs"
import { Hostile, table } from "./hostile.mjs"
import { randomOf } from "./random.mjs"

const usage = `npm run soak -- hostile [--rounds N] [--seed N]

Tries every attack of hostile peers on the mock server, and every spelling of a secret in every way of printing what has it, and prints how
often each was tried and held. Fails when one did not hold. The table is that of docs/security.md.

  --rounds  how often each attack is tried; 10 unless given
  --seed    a whole number that chance follows from; by chance unless given`

const maxConnections = 400

const pathOf = (file) => fileURLToPath(new URL(file, import.meta.url))

const attacked = async ({ rounds, seed }) => {
  const child = fork(pathOf("server.mjs"), ["1", "1000", String(maxConnections)], {
    execArgv: ["--expose-gc", "--max-old-space-size=128"]
  })
  try {
    const [{ strangers, url }] = await once(child, "message")
    const hostile = new Hostile({ keys: strangers, maxConnections, random: randomOf(seed), url })
    await hostile.rounds(rounds)
    hostile.close()
    return { failures: hostile.failures, rows: [...hostile.tally.values()] }
  } finally {
    child.kill()
  }
}

const told = async () => {
  const args = [viteNode, "--config", pathOf("../../apps/mock-server/vitest.config.ts"), pathOf("../leaks/held.ts")]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout.trim().split("\n").at(-1))
}

const run = async (options) => {
  await build()
  const { failures, rows } = await attacked(options)
  const leaks = await told()
  console.log(table([...rows, ...leaks.rows]))
  console.log(`\n${leaks.spellings} spellings of a secret, each in every sink`)
  if (failures.length > 0) throw new Error(failures.join("\n\n"))
  if (leaks.rows.some(({ held, tried }) => held < tried)) throw new Error("a secret was told")
}

/** Tries all of it with these arguments, and gives the exit code. */
export const main = command(usage, {
  rounds: { min: 1, unless: 10 },
  seed: { min: 0, unless: anySeed() }
}, run)
