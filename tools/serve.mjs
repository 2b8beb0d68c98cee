// Starts the bundled mock server command for other tools.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { environment } from "./npm.mjs"
import { nx } from "./nx.mjs"
import { root } from "./workspaces.mjs"

/** Bundles the command if its sources changed. */
export const bundle = async () => {
  const lines = []
  if (await nx(["run", "@workspace-secrets/mock-server:bundle"], (line) => lines.push(line)) !== 0) {
    throw new Error(lines.join("\n"))
  }
}

/** Starts the command with additional arguments. Returns its URL, its key, and functions that stop it in order or at once. */
export const serve = async (args = [], port = 0) => {
  const command = [join(root, "apps/mock-server/dist/bin/main.js"), "--port", String(port), "--json", ...args]
  const child = spawn(process.execPath, command, { env: environment(), stdio: ["ignore", "pipe", "inherit"] })
  const closed = once(child, "close")
  const kill = () => child.kill("SIGKILL")
  process.once("exit", kill)
  const end = (signal) => async () => {
    child.kill(signal)
    await closed
    process.off("exit", kill)
  }
  const stop = end("SIGTERM")
  for await (const line of createInterface({ input: child.stdout })) {
    const { apiKey, url } = JSON.parse(line)
    return { apiKey, kill: end("SIGKILL"), stop, url }
  }
  throw new Error("the mock server did not start")
}
