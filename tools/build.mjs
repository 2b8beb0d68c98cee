// Builds the package in the current directory: declarations by tsc, ES modules and CommonJS by tsup, file by file.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { cpSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { build } from "tsup"
import { launchers, modulesOf } from "./workspaces.mjs"

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

const modules = modulesOf(process.cwd())
const importable = modules.filter((module) => !launchers.has(module))

rmSync("dist", { recursive: true, force: true })
try {
  await Promise.all([declarations(), compile("esm", modules), compile("cjs", importable)])
  cpSync("dist/esm", "dist/cjs", {
    recursive: true,
    filter: (path) =>
      !/\.(js|js\.map)$/.test(path) &&
      ![...launchers].some((launcher) => new RegExp(`[\\\\/]${launcher.replace(".ts", "")}\\.d\\.ts`).test(path))
  })
  writeFileSync("dist/cjs/package.json", "{\"type\":\"commonjs\"}\n")
} catch (error) {
  console.error(`The build failed: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
