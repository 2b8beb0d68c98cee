import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import test from "node:test"
import { root } from "./workspaces.mjs"

const page = readFileSync(join(root, "docs/WIRE.md"), "utf8")

/** A name as it is compared: without Markdown, in lower case. */
const plain = (text) => text.replaceAll(/[`*]/g, "").replace(/ \([DPA]\)$/, "").trim().toLowerCase()

/** The text below each heading, with the text below its smaller headings. */
const sections = new Map(
  [...page.matchAll(/^(##+) (.+)$/gm)].map(({ 0: line, 1: level, 2: name, index }) => {
    const rest = page.slice(index + line.length)
    const end = rest.search(new RegExp(`^#{2,${level.length}} `, "m"))
    return [plain(name), end === -1 ? rest : rest.slice(0, end)]
  })
)

/** What a section has names for: smaller headings, first columns of tables, and fields. */
const namesIn = (section) =>
  [/^###+ (.+)$/gm, /^\| ([^|]+) \|/gm, /`([^`]+)`/g]
    .flatMap((pattern) => [...section.matchAll(pattern)])
    .map(([, name]) => plain(name))

const sectionOf = (name) => sections.get(name) ?? sections.get(`${name} of the server`)

/** What is wrong with a reference such as `List` or `Transport: Auth`. */
const fault = (reference) => {
  const [name, ...row] = reference.split(": ").map(plain)
  const section = sectionOf(name)
  if (section === undefined) return `no section "${name}"`
  const found = row.every((wanted) =>
    namesIn(section).some((known) => `${known} `.startsWith(`${wanted} `)) ||
    section.toLowerCase().includes(`\n- ${wanted} `)
  )
  return found ? undefined : `no row "${row.join(": ")}" in "${name}"`
}

/** Text with comments that span lines on one line. */
const joined = (text) => text.replaceAll(/\n\s*(?:\*(?!\/)|\/\/|#)?\s*/g, " ")

const files = execFileSync("git", ["ls-files", "*.ts", "*.tsx", "*.mjs", "*.md"], { cwd: root, encoding: "utf8" })
  .split("\n").filter((file) => file !== "" && !file.startsWith("tools/") && file !== "docs/WIRE.md")

const references = files.flatMap((file) =>
  [...joined(readFileSync(join(root, file), "utf8")).matchAll(/\bWIRE\.md, ([^().]+)/g)]
    .flatMap(([, list]) => list.split("; ").map((reference) => ({ file, reference })))
)

test("each reference to WIRE.md names a section of docs/WIRE.md, or a row in one", () => {
  assert.ok(references.length > 100)
  assert.deepEqual(
    references.flatMap(({ file, reference }) => fault(reference) === undefined ? [] : [`${file}: ${fault(reference)}`]),
    []
  )
})

test("a reference to a section or row that is not there is found", () => {
  assert.equal(fault("Transport: Auth"), undefined)
  assert.equal(fault("Semantics: Who may"), undefined)
  assert.equal(fault("Cookies"), `no section "cookies"`)
  assert.equal(fault("Transport: Cookies"), `no row "cookies" in "transport"`)
  assert.equal(fault("Errors: 41"), `no row "41" in "errors"`)
})
