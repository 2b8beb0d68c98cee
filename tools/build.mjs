// Builds the modules of the package in the current directory: declarations by tsc, ES modules and CommonJS by tsup,
// file by file. A command in `dist/esm` is built like other modules; one in `dist/bin` is built by bundle.mjs.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { build } from "tsup"
import { isOfCommand, modulesOf } from "./workspaces.mjs"

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
      // Source maps point to `src`, which the package ships.
      options.sourcesContent = false
      // `import.meta` is empty in CommonJS, so its use fails the build.
      options.logOverride = { "empty-import-meta": "error" }
      // `createRequire` needs it in both formats.
      if (format === "cjs") options.define = { "import.meta.url": "__filename" }
    }
  })

const modules = modulesOf(process.cwd())
const importable = modules.filter((module) => !isOfCommand(module))

for (const format of ["esm", "cjs"]) rmSync(`dist/${format}`, { recursive: true, force: true })
try {
  await Promise.all([
    declarations(),
    compile("esm", isProgram ? importable : modules),
    compile("cjs", importable)
  ])
  cpSync("dist/esm", "dist/cjs", { recursive: true, filter: (path) => !/\.(js|js\.map)$/.test(path) })
  writeFileSync("dist/cjs/package.json", "{\"type\":\"commonjs\"}\n")
} catch (error) {
  console.error(`The build failed: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
