import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import test from "node:test"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const guide = readFileSync(join(root, "CONTRIBUTING.md"), "utf8")

/** The files and folders in the first column of a section's table. */
const placesIn = (heading) => {
  const [, section = ""] = guide.split(`\n## ${heading}\n`)
  return [...section.split("\n## ")[0].matchAll(/^\| `([^`]+)` \|/gm)].map(([, place]) => place)
}

const sourcesOf = (parent) =>
  readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "node_modules")
    .map(({ name }) => `${parent}/${name}/src`)

/** The sources that contain a pattern. */
const filesWith = (pattern) =>
  ["packages", "apps", "effect4/packages"].flatMap(sourcesOf).flatMap((directory) =>
    readdirSync(join(root, directory), { recursive: true })
      .map((file) => `${directory}/${file.replaceAll("\\", "/")}`)
      .filter((file) => /\.tsx?$/.test(file) && pattern.test(readFileSync(join(root, file), "utf8")))
  )

const covers = (place, file) => place.endsWith("/") ? file.startsWith(place) : file === place

const guides = [
  ["How to add a field", /\blastUsedAt\b/],
  // Not the CSS variable of the documentation page.
  ["How to add an operation", /(["'])delete\1|(?<!-)\bdelete:/]
]

for (const [heading, pattern] of guides) {
  test(`${heading}: lists each source to change`, () => {
    const places = placesIn(heading)
    const missing = filesWith(pattern).filter((file) => !places.some((place) => covers(place, file)))
    assert.deepEqual(missing, [])
  })

  test(`${heading}: lists no other place`, () => {
    const files = filesWith(pattern)
    const places = placesIn(heading)
    assert.notEqual(places.length, 0)
    assert.deepEqual(places.filter((place) => !files.some((file) => covers(place, file))), [])
  })
}
