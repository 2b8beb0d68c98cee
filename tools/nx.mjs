// Runs Nx with the settings of this repository, after installing missing dependencies: `node tools/nx.mjs run-many -t
// test`.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createRequire } from "node:module"
import { dirname } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { stripVTControlCharacters } from "node:util"
import { setup } from "./setup.mjs"

const here = fileURLToPath(import.meta.url)

/** Runs Nx. `onLine` receives each output line; without it, stdio is inherited. */
export const nx = async (args, onLine) => {
  // Nx forces colours on its tasks and replays them from its cache, so colours are removed here. Setting both variables
  // would make Node warn.
  const env = { ...process.env, NX_DAEMON: "false", NX_TUI: "false" }
  delete env.NO_COLOR
  const child = spawn(process.execPath, [createRequire(here).resolve("nx/bin/nx.js"), ...args], {
    cwd: dirname(dirname(here)),
    env,
    stdio: onLine === undefined ? "inherit" : ["ignore", "pipe", "pipe"]
  })
  // On Ctrl-C, the terminal also signals Nx: wait for its exit and return its code.
  const wait = () => {}
  process.on("SIGINT", wait)
  if (onLine !== undefined) {
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", onLine)
  }
  const [code] = await once(child, "close")
  process.off("SIGINT", wait)
  return code ?? 130
}

const plain = () =>
  process.env.FORCE_COLOR === undefined && (Boolean(process.env.NO_COLOR) || process.stdout.isTTY !== true)

if (process.argv[1] === here) {
  setup()
  const print = (line) => process.stdout.write(`${stripVTControlCharacters(line)}\n`)
  process.exitCode = await nx(process.argv.slice(2), plain() ? print : undefined)
}
