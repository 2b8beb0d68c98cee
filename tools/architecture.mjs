// Writes the drawings of docs/architecture.md from the imports in `src`, with dependency-cruiser; with `--check` it
// only compares. It fails for circular imports, or if the page names a file that does not exist.
import { format } from "dependency-cruiser"
import { execFile } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { root } from "./workspaces.mjs"

const page = join(root, "docs/architecture.md")

/** The drawings: their modules, and how modules are grouped into boxes. */
const drawings = {
  packages: { includeOnly: "^(packages|apps)/[^/]+/src/", collapse: "^(packages|apps)/[^/]+/" },
  "apps/mock-server": {
    includeOnly: "^apps/mock-server/src/",
    exclude: "/src/(index|bin)\\.ts$",
    collapse: "^apps/mock-server/src/[^/]+/"
  },
  "packages/http-client": {
    includeOnly: "^packages/http-client/src/",
    exclude: "/src/index\\.ts$|/weakMemo\\.ts$",
    collapse: "^packages/http-client/src/internal/[^/]+/"
  }
}

const cruise = async () => {
  const bin = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs")
  const args = [bin, "--config", ".dependency-cruiser.mjs", "--output-type", "json", "packages", "apps"]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, maxBuffer: Infinity })
  return JSON.parse(stdout)
}

/** The label of a box: a folder or a module, without the common path. */
const label = (path) =>
  path.replace(/^(packages|apps)\/(?:([^/]+)\/$|[^/]+\/src\/(internal\/)?)/, "$2").replace(/\.ts$/, "")

/** Sorts the boxes from top to bottom: importers first. Fails for circular imports. */
export const sorted = (arrows) => {
  const order = []
  const visit = (box, above) => {
    if (above.includes(box)) throw new Error(`The imports go in a circle: ${[...above, box].join(" -> ")}`)
    if (order.includes(box)) return
    for (const [from, to] of arrows) if (from === box) visit(to, [...above, box])
    order.unshift(box)
  }
  for (const box of arrows.flat().sort()) visit(box, [])
  return order
}

/** The imports between the boxes as a Mermaid flowchart. */
export const draw = async (cruised, name, options) => {
  const { output } = await format(cruised, { outputType: "json", ...options })
  const arrows = JSON.parse(output).modules.flatMap(({ dependencies, source }) =>
    dependencies.map(({ resolved }) => [label(source), label(resolved)])
  ).filter(([from, to]) => from !== to)
  const boxes = sorted(arrows)
  const lines = boxes.flatMap((box, at) => [
    `  box${at}["${box}"]`,
    ...boxes.flatMap((other, to) =>
      arrows.some(([from, into]) => from === box && into === other) ? [`  box${at} --> box${to}`] : []
    )
  ])
  return `<!-- drawing of ${name} -->\n\`\`\`mermaid\nflowchart TD\n${
    lines.join("\n")
  }\n\`\`\`\n<!-- end of drawing -->`
}

/** The missing files that a text names by path. */
export const missingFiles = (text) =>
  [...text.matchAll(/`((?:packages|apps|tools)\/[\w./-]+\.\w+)`/g)].map(([, path]) => path)
    .filter((path) => !existsSync(join(root, path)))

const main = async (check) => {
  const before = readFileSync(page, "utf8")
  const cruised = await cruise()
  let after = before
  for (const [name, options] of Object.entries(drawings)) {
    const drawing = await draw(cruised, name, options)
    after = after.replace(new RegExp(`<!-- drawing of ${name} -->[^]*?<!-- end of drawing -->`), () => drawing)
  }
  const missing = missingFiles(after)
  if (missing.length > 0) throw new Error(`docs/architecture.md names files that do not exist:\n${missing.join("\n")}`)
  if (check && after !== before) {
    throw new Error(
      "The drawings in docs/architecture.md differ from the imports in src.\nTo fix: npm run architecture"
    )
  }
  if (!check) writeFileSync(page, after)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(process.argv.includes("--check")).catch((error) => {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  })
}
