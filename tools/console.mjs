// Bundles the page of the mock server: one script and one style sheet, named by content hash, and the page that loads
// them.
import { build } from "esbuild"
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { basename } from "node:path"
import { notices } from "./notices.mjs"

rmSync("dist", { recursive: true, force: true })
try {
  const { metafile } = await build({
    entryPoints: { console: "src/main.tsx", style: "src/style.css" },
    entryNames: "[name]-[hash]",
    outdir: "dist",
    bundle: true,
    format: "esm",
    platform: "browser",
    target: ["es2022", "chrome120", "firefox120", "safari17"],
    minify: true,
    legalComments: "none",
    metafile: true,
    logLevel: "warning"
  })
  const [script, style] = [".js", ".css"].map((end) =>
    basename(Object.keys(metafile.outputs).find((path) => path.endsWith(end)))
  )
  const page = readFileSync("index.html", "utf8").replace("SCRIPT", script).replace("STYLE", style)
  writeFileSync("dist/index.html", page)
  writeFileSync("dist/LICENSES.txt", notices(metafile))
} catch (error) {
  console.error(`The page was not made: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
