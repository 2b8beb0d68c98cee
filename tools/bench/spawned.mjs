// Servers that run as commands.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { get } from "node:http"
import { createServer } from "node:net"
import { apiKey, path } from "./answers.mjs"
import { adopt } from "./processes.mjs"

const PATIENCE = 60_000

/** Returns a free port. */
const freePort = async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address()
  server.close()
  await once(server, "close")
  return port
}

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis))

const answers = (port) =>
  new Promise((resolve) => {
    const request = get({ port, path, agent: false, headers: { authorization: `Bearer ${apiKey}` } }, (response) => {
      let body = ""
      response.setEncoding("utf8").on("data", (chunk) => {
        body += chunk
      })
      response.on("end", () => resolve(response.statusCode === 200 && JSON.parse(body).metadata.name === "name"))
    })
    request.on("error", () => resolve(false))
  })

/** Starts a server and waits for its first response. */
export const launch = async ({ command, name, peer }, directory) => {
  const port = await freePort()
  const [program, args] = command(port, directory, peer)
  const began = performance.now()
  const child = adopt(spawn(program, args, { cwd: directory, stdio: ["ignore", "ignore", "pipe"] }))
  let errors = ""
  child.stderr.on("data", (chunk) => {
    errors += chunk
  })
  let failure
  child.on("error", (error) => {
    failure = error.message
  })
  while (!await answers(port)) {
    failure ??= child.exitCode === null ? undefined : `exit code ${child.exitCode}: ${errors.trim().slice(-500)}`
    failure ??= performance.now() - began > PATIENCE ? `no answer within ${PATIENCE / 1000} s` : undefined
    if (failure !== undefined) throw new Error(`${name} did not start, ${failure}`)
    await pause(2)
  }
  return { child, pid: child.pid, port, ready: performance.now() - began }
}

/** Stops a server and waits for its exit. */
export const end = async ({ child }) => {
  const exit = once(child, "exit")
  child.kill("SIGKILL")
  await exit
}

const HERTZ = 100

/** The CPU time (µs) and memory (bytes) of a process; `undefined` if the system does not report them. */
export const usage = (pid) => {
  try {
    const [, fields] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")
    const [user, system] = fields.split(" ").slice(11, 13).map(Number)
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))
    return { cpu: (user + system) / HERTZ * 1e6, resident: Number(kilobytes) * 1024 }
  } catch {
    return { cpu: undefined, resident: undefined }
  }
}
