// Runs a program of `examples` from its TypeScript source: `npm run example -- read-a-secret`.
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { setup } from "./setup.mjs"

const examples = join(dirname(dirname(fileURLToPath(import.meta.url))), "examples")
const [name = "", ...args] = process.argv.slice(2)
const program = join(examples, `${name.replace(/\.ts$/, "")}.ts`)

if (name === "" || !existsSync(program)) {
  const names = readdirSync(examples).filter((file) => /^[a-z-]+\.ts$/.test(file)).map((file) =>
    file.replace(".ts", "")
  )
  console.error(`npm run example -- <name>, where <name> is one of: ${names.join(", ")}`)
  process.exit(2)
}

setup()
const viteNode = createRequire(import.meta.url).resolve("vite-node/vite-node.mjs")
const { status } = spawnSync(
  process.execPath,
  [viteNode, "--config", join(examples, "vitest.config.ts"), program, ...args],
  { stdio: "inherit" }
)
process.exitCode = status ?? 1
