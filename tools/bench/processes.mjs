// Parts of a benchmark, each in a process of its own.
import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

const running = new Set()

// Nothing stays behind, whatever ends the benchmark.
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL")
})
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130))

/** Counts a process among those that end with this one. */
export const adopt = (child) => {
  running.add(child)
  child.once("exit", () => running.delete(child))
  return child
}

/** Starts a module of this directory, which answers each message with one, and sends one when it is ready. */
export const start = async (module, args, { execArgv = [] } = {}) => {
  // A peer may warn that it will need another Node one day.
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

/** The other side of `start`: says that it is ready, and answers each message. Ends when it is left alone. */
export const serve = (ready, answer = () => undefined) => {
  process.on("message", async (message) => {
    process.send(await answer(message))
  })
  process.on("disconnect", () => process.exit())
  process.send(ready)
}
