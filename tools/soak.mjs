// Long runs that are too slow for `npm test`: `npm run soak -- client`.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { root } from "./workspaces.mjs"

const soaks = {
  client: {
    what: "10,000 calls, 200 at a time, a fifth of which the server lets down; nothing may be left over",
    directory: "packages/http-client",
    env: { SOAK_CALLS: "10000" }
  },
  server: {
    what:
      "1,000,000 mixed requests, a tenth of them hostile, each answer held against a model; --help says how to shorten it",
    // Loaded lazily, because its imports may be installed first.
    run: async (args) => (await import("./soak/main.mjs")).main(args)
  },
  hostile: {
    what: "attacks on the mock server, and secrets in every spelling and every sink: how many were tried and held",
    run: async (args) => (await import("./soak/held.mjs")).main(args)
  },
  snapshot: {
    what: "100 servers, each killed at a moment while it saves its snapshot; what is left has to be whole",
    run: async (args) => (await import("./soak/snapshot.mjs")).main(args)
  },
  witness: {
    what:
      "100,000 exchanges through a witness, 50 at a time; all have to come as they were sent, in memory that is bounded",
    run: async (args) => (await import("./soak/witness.mjs")).main(args)
  }
}

const help = `Usage: npm run soak -- <name>

${Object.entries(soaks).map(([name, { what }]) => `  ${name.padEnd(10)}${what}`).join("\n")}
`

const main = async ([name, ...rest]) => {
  if (name === "--help" || name === "-h") {
    console.log(help)
    return 0
  }
  if (Object.hasOwn(soaks, name ?? "") && soaks[name].run !== undefined) {
    return soaks[name].run(rest)
  }
  if (!Object.hasOwn(soaks, name ?? "") || rest.length > 0) {
    const wrong = name === undefined ? "Say which" : `Expected one of ${Object.keys(soaks).join(", ")}`
    console.error(`${wrong}.\n\n${help}`)
    return 2
  }
  const { directory, env } = soaks[name]
  const vitest = join(root, "node_modules/vitest/vitest.mjs")
  const child = spawn(process.execPath, [vitest, "run", "--config", "vitest.proof.config.ts", "node.load"], {
    cwd: join(root, directory),
    env: { ...process.env, ...env },
    stdio: "inherit"
  })
  const [code] = await once(child, "exit")
  return code ?? 1
}

process.exitCode = await main(process.argv.slice(2))
