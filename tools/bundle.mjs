// Bundles the command of the package in the current directory into `dist/bin`, from sources. Copies the bundled
// console, if the package has one, to `dist/ui`.
import { build } from "esbuild"
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { notices } from "./notices.mjs"
import { launcher, root } from "./workspaces.mjs"

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
 * Loading hundreds of modules takes most of a second, so the command is one script and a launcher. The script's name
 * contains its hash, by which the launcher caches the compiled code. Names are not minified: that saves nothing
 * measurable, and stack traces stay readable.
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
  rmSync("dist/ui", { recursive: true, force: true })
  if (JSON.parse(readFileSync("package.json", "utf8")).devDependencies?.["@workspace-secrets/console"] !== undefined) {
    cpSync(join(root, "apps/console/dist"), "dist/ui", { recursive: true })
  }
} catch (error) {
  console.error(`The command was not made: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
