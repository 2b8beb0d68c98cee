// Runs each bundle against a server. Self-contained bundles run outside of the directory with the packages.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { start } from "./server.mjs"

const server = await start()
const away = mkdtempSync(join(tmpdir(), "bundles-"))
for (const file of readdirSync("out").sort()) {
  const isWhole = file.includes("-inside")
  const path = isWhole ? join(away, file) : join("out", file)
  if (isWhole) cpSync(join("out", file), path)
  const env = { ...process.env, CADENYA_BASE_URL: server.url }
  const child = spawn(process.execPath, [path], { env, stdio: ["ignore", "pipe", "inherit"] })
  let out = ""
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    out += chunk
  })
  await once(child, "close")
  console.log(`${file}: ${out.trim()}`)
}
rmSync(away, { recursive: true })
await server.stop()
