// Makes the program of the package in the current directory, `dist/bin`, from the sources of everything that is in it.
import { build } from "esbuild"
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { launcher } from "./workspaces.mjs"

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

const options = {
  bundle: true,
  platform: "node",
  target: "node20.19",
  conditions: ["@workspace-secrets/source", "module"],
  mainFields: ["module", "main"],
  tsconfig: "tsconfig.build.json",
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  logLevel: "warning"
}

/*
 * Loading some hundreds of modules one by one takes most of a second, so the command is one script, a function of what a module has, and a
 * launcher that runs it. Its name has a hash of it in it: the launcher keeps what was compiled of it by that name. Names inside stay as they
 * are: minified ones would save nothing that can be measured, and they make a stack trace readable.
 */
rmSync("dist/bin", { recursive: true, force: true })
try {
  const { metafile } = await build({
    ...options,
    entryPoints: { program: "src/bin/main.ts" },
    entryNames: "[name]-[hash]",
    outdir: "dist/bin",
    format: "cjs",
    define: { "import.meta.url": "$url" },
    banner: { js: "(function(require,$url){const module={exports:{}};" },
    footer: { js: "})" },
    metafile: true
  })
  const program = basename(Object.keys(metafile.outputs)[0])
  await build({
    ...options,
    entryPoints: { main: `src/${launcher}` },
    outdir: "dist/bin",
    format: "esm",
    define: { PROGRAM: JSON.stringify(program) }
  })
  writeFileSync("dist/bin/LICENSES.txt", notices(metafile))
} catch (error) {
  console.error(`The command was not made: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
