// Measures the client's bundle and its cold start: `npm run size`. Fails over the limits.
import * as esbuild from "esbuild"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { parseArgs } from "node:util"
import { gzipSync } from "node:zlib"
import * as vite from "vite"
import { nx } from "./nx.mjs"
import { root } from "./workspaces.mjs"

const name = "@workspace-secrets/http-client"

/** The whole client on fetch, minified and gzipped. */
const LIMIT_KB = 90

/** The same with a program that uses `stream`. */
const STREAM_LIMIT_KB = 96

/**
 * An import may take three times as long as the start of Node (150 ms if Node takes 50), because machines differ and a
 * busy machine slows down both. The limit applies to the client's own modules, and to the client bundled with Effect's
 * modules. The time of Effect's separate modules is only shown.
 */
const LIMIT_STARTS = 3

const client = `
export { layer, WorkspaceSecretsClient } from "${name}/WorkspaceSecretsClient"
export { layer as fetchLayer } from "${name}/fetch"
`

// Most programs do not use streams; the first use adds Effect's stream runtime.
const streaming = `
${client}
export { runForEach } from "effect/Stream"
`

const gzipped = (code) => gzipSync(code, { level: 9 }).length / 1000
const minify = { minify: true, target: "es2022", format: "esm", legalComments: "none" }

/** The client as Vite bundles it for a browser: Rollup, then esbuild. */
const bundleWithVite = async (contents) => {
  const entry = "\0client"
  const [{ output: [{ code }] }] = await vite.build({
    configFile: false,
    root,
    logLevel: "error",
    plugins: [{
      name: "entry",
      resolveId: (id) => id === join(root, "client") ? entry : undefined,
      load: (id) => id === entry ? contents : undefined
    }],
    build: { write: false, target: "es2022", lib: { entry: "client", formats: ["es"] } }
  })
  return (await esbuild.transform(code, minify)).code
}

const bundleWithEsbuild = async (contents, options = {}) => {
  const { metafile, outputFiles } = await esbuild.build({
    stdin: { contents, resolveDir: join(root, "packages/http-client") },
    ...minify,
    bundle: true,
    write: false,
    metafile: true,
    platform: "browser",
    logLevel: "error",
    ...options
  })
  return { code: outputFiles[0].text, imports: Object.values(metafile.outputs)[0].imports.map(({ path }) => path) }
}

/** The modules of other packages that an entry point imports, without Node's. */
const importsOf = async (entry) => {
  const external = ["effect", "effect/*", "@effect/*", "undici", "undici/*"]
  const { imports } = await bundleWithEsbuild(`export * from "${entry}"`, { external, platform: "node" })
  return [...new Set(imports)].filter((path) => external.some((one) => path.startsWith(one.replace("*", ""))))
}

/** Imports modules in a child process. Returns the start time of Node and the import time of each group. */
const load = async (...groups) => {
  const program = `
    const times = [performance.now()]
    for (const group of ${JSON.stringify(groups)}) {
      await Promise.all(group.map((path) => import(path)))
      times.push(performance.now())
    }
    console.log(JSON.stringify(times))
  `
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    cwd: join(root, "packages/http-client"),
    stdio: ["ignore", "pipe", "inherit"]
  })
  let out = ""
  child.stdout.on("data", (chunk) => {
    out += chunk
  })
  const [code] = await once(child, "close")
  if (code !== 0) throw new Error(`Could not import ${groups.flat().at(-1)}`)
  return JSON.parse(out).map((time, i, times) => time - (times[i - 1] ?? 0))
}

const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

const columns = (samples) => samples[0].map((_, i) => median(samples.map((sample) => sample[i])))

const coldStarts = async (bundle, rounds) => {
  const { exports } = JSON.parse(readFileSync(join(root, "packages/http-client/package.json"), "utf8"))
  const entries = Object.entries(exports)
    .filter(([path, target]) => target !== null && path !== "./package.json")
    .map(([path]) => `${name}${path.slice(1)}`)
  const peers = new Map(await Promise.all(entries.map(async (entry) => [entry, await importsOf(entry)])))
  const loads = [...entries.map((entry) => [peers.get(entry), [entry]]), [[pathToFileURL(bundle).href]]]
  const samples = loads.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [i, groups] of loads.entries()) samples[i].push(await load(...groups))
  }
  return {
    node: median(samples.flat().map(([start]) => start)),
    entries: entries.map((entry, i) => {
      const [, others, own] = columns(samples[i])
      return { entry, others, own }
    }),
    bundled: columns(samples.at(-1))[1]
  }
}

const ms = (time) => `${Math.round(time)} ms`.padStart(8)

const main = async () => {
  const { values: { rounds } } = parseArgs({ options: { rounds: { type: "string", default: "3" } } })
  const lines = []
  const code = await nx(["run", `${name}:build`, "--output-style=static"], (line) => lines.push(line))
  if (code !== 0) throw new Error(`The build failed:\n${lines.join("\n")}`)

  const failures = []
  const limit = (what, actual, most, unit) => {
    if (actual > most) {
      failures.push(`${what}: ${actual.toFixed(1)} ${unit}, over the limit of ${most.toFixed(1)} ${unit}`)
    }
  }

  const bundle = await bundleWithVite(client)
  const withStreams = await bundleWithVite(streaming)
  const { code: other } = await bundleWithEsbuild(client)
  console.log(`The client on fetch, minified and gzipped: ${gzipped(bundle).toFixed(1)} kB of at most ${LIMIT_KB} kB`)
  console.log(`  bundled by Vite; by esbuild alone, which drops less, ${gzipped(other).toFixed(1)} kB`)
  console.log(`  with what runs a stream ${gzipped(withStreams).toFixed(1)} kB of at most ${STREAM_LIMIT_KB} kB`)
  limit("The bundle with what runs a stream", gzipped(withStreams), STREAM_LIMIT_KB, "kB")

  const directory = mkdtempSync(join(tmpdir(), "size-"))
  try {
    const file = join(directory, "client.mjs")
    writeFileSync(file, bundle)
    const { bundled, entries, node } = await coldStarts(file, Number(rounds))
    const most = LIMIT_STARTS * node
    console.log(
      `\nA cold start, medians of ${rounds}: Node itself ${ms(node).trim()}, and at most ${ms(most).trim()} more for`
    )
    console.log(`${ms(bundled)}  the client on fetch in one file`)
    limit("The import of the client in one file", bundled, most, "ms")
    for (const { entry, others, own } of entries) {
      console.log(
        `${ms(own)}  ${entry}, after ${ms(others).trim()} for the modules of Effect and undici that it imports`
      )
      limit(`The import of ${entry}`, own, most, "ms")
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }

  if (failures.length > 0) {
    console.error(`\n${failures.join("\n")}`)
    process.exitCode = 1
  }
}

await main().catch((error) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
