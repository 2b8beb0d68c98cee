// Runs npm and other programs for the tools.
import { spawn } from "node:child_process"

/** Disables npm's messages for interactive users. */
const quiet = {
  npm_config_audit: "false",
  npm_config_fund: "false",
  npm_config_update_notifier: "false",
  npm_config_loglevel: "error",
  npm_config_progress: "false"
}

/** The environment without the variables of `npm run`, as in a shell. */
export const environment = (more = {}) => {
  const own = Object.entries(process.env).filter(([name]) =>
    !/^(npm_(lifecycle|package|config_local_prefix|config_user_agent|command)|INIT_CWD|NODE_OPTIONS|FORCE_COLOR|NX_)/
      .test(name)
  )
  return { ...Object.fromEntries(own), NO_COLOR: "1", ...more }
}

/** Runs a program and returns its stdout. Fails with its output unless it exits with 0 in time. */
export const run = (command, args, { cwd, env = environment(), seconds = 120 } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
      timeout: seconds * 1000,
      killSignal: "SIGKILL"
    })
    let stdout = ""
    let stderr = ""
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      stdout += chunk
    })
    child.stderr.setEncoding("utf8").on("data", (chunk) => {
      stderr += chunk
    })
    child.on("error", reject)
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(stdout)
      const how = signal === null ? `exited with ${code}` : `was ended by ${signal}; it had ${seconds} s`
      reject(new Error(`${[command, ...args].join(" ")}\n${how}:\n${stdout}${stderr}`.trimEnd()))
    })
  })

/** Runs npm and returns its stdout. */
export const npm = (args, { env = environment(), ...options } = {}) =>
  run("npm", args, { ...options, env: { ...env, ...quiet } })
