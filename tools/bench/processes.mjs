// Parts of a benchmark in child processes.
import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

const running = new Set()

// No child outlives the benchmark.
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL")
})
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130))

/** Registers a child process to be killed at exit. */
export const adopt = (child) => {
  running.add(child)
  child.once("exit", () => running.delete(child))
  return child
}

/** Starts a module of this directory. It sends a message when it is ready, and answers each message. */
export const start = async (module, args, { execArgv = [] } = {}) => {
  // Peers may warn about future Node versions.
  const env = { ...process.env, NODE_NO_WARNINGS: "1" }
  const child = adopt(fork(fileURLToPath(new URL(module, import.meta.url)), args, { execArgv, env }))
  const answer = () =>
    new Promise((resolve, reject) => {
      const onMessage = (message) => {
        child.off("exit", onExit)
        resolve(message)
      }
      const onExit = (code, signal) => {
        child.off("message", onMessage)
        reject(new Error(`${[module, ...args].join(" ")} ended with ${signal ?? `exit code ${code}`}`))
      }
      child.once("message", onMessage).once("exit", onExit)
    })
  const ready = await answer()
  return {
    pid: child.pid,
    ready,
    ask: (message) => {
      child.send(message)
      return answer()
    },
    stop: async () => {
      const exit = once(child, "exit")
      child.disconnect()
      await exit
    }
  }
}

/** The child side of `start`. Exits when the parent disconnects. */
export const serve = (ready, answer = () => undefined) => {
  process.on("message", async (message) => {
    process.send(await answer(message))
  })
  process.on("disconnect", () => process.exit())
  process.send(ready)
}
