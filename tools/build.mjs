// Builds the package in the current directory: declarations by tsc, ES modules and CommonJS by tsup, file by file. A command
// that the manifest has in `dist/bin` becomes a program with everything in it, and one in `dist/esm` a module like the others.
import { build as bundle } from "esbuild"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { build } from "tsup"
import { isOfCommand, launcher, modulesOf } from "./workspaces.mjs"

const { bin = {} } = JSON.parse(readFileSync("package.json", "utf8"))
const isProgram = Object.values(bin).some((path) => path.startsWith("./dist/bin/"))

const declarations = async () => {
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc")
  const child = spawn(process.execPath, [tsc, "-p", "tsconfig.build.json"], { stdio: "inherit" })
  const [code] = await once(child, "exit")
  if (code !== 0) throw new Error("tsc found errors")
}

const compile = (format, modules) =>
  modules.length === 0 ? undefined : build({
    config: false,
    entry: modules.map((module) => `src/${module}`),
    outDir: `dist/${format}`,
    format,
    bundle: false,
    // The specifiers in the sources end in ".js", so both formats keep that extension.
    outExtension: () => ({ js: ".js" }),
    target: "es2022",
    tsconfig: "tsconfig.build.json",
    sourcemap: true,
    splitting: false,
    removeNodeProtocol: false,
    silent: true,
    esbuildOptions: (options) => {
      options.outbase = "src"
      // The maps lead to `src`, which the package ships.
      options.sourcesContent = false
      // `import.meta` is empty in CommonJS: better no build than a wrong one.
      options.logOverride = { "empty-import-meta": "error" }
    }
  })

/** The directory of the package in `node_modules` that a file is of. */
const packageOf = (file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]

/** The licences of what is in a bundle: they ask to be handed on with it. */
const notices = ({ outputs }) => {
  const files = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => bytesInOutput > 0 ? [file] : [])
  )
  return [...new Set(files.map(packageOf).filter((directory) => directory !== undefined))].map((directory) => {
    const { license, name, version } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"))
    const file = readdirSync(directory).find((entry) => /^licen[cs]e(\.|$)/i.test(entry))
    return `${name} ${version} (${license})\n\n${file === undefined ? "" : readFileSync(join(directory, file), "utf8")}`
  }).sort().join(`\n${"-".repeat(80)}\n\n`)
}

/**
 * Loading some hundreds of modules one by one takes most of a second, so the command is one file, and one more for each part that it
 * loads when it needs it. Names stay as they are: minified ones would save nothing that can be measured, and they make a stack trace
 * readable.
 */
const command = async () => {
  const { metafile } = await bundle({
    entryPoints: { main: `src/${launcher}` },
    outdir: "dist/bin",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    conditions: ["@workspace-secrets/source", "module"],
    mainFields: ["module", "main"],
    tsconfig: "tsconfig.build.json",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    // For what is still CommonJS among the packages.
    banner: {
      js: "import{createRequire as $createRequire}from\"node:module\";const require=$createRequire(import.meta.url);"
    }
  })
  writeFileSync("dist/bin/LICENSES.txt", notices(metafile))
}

const modules = modulesOf(process.cwd())
const importable = modules.filter((module) => !isOfCommand(module))

rmSync("dist", { recursive: true, force: true })
try {
  await Promise.all([
    declarations(),
    compile("esm", isProgram ? importable : modules),
    compile("cjs", importable),
    isProgram ? command() : undefined
  ])
  cpSync("dist/esm", "dist/cjs", { recursive: true, filter: (path) => !/\.(js|js\.map)$/.test(path) })
  writeFileSync("dist/cjs/package.json", "{\"type\":\"commonjs\"}\n")
} catch (error) {
  console.error(`The build failed: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
