// Lints the given documents with the recommended rules of Redocly and Spectral, without any warning.
import { createConfig, lintFromString } from "@redocly/openapi-core"
import spectralCore from "@stoplight/spectral-core"
import rulesets from "@stoplight/spectral-rulesets"
import { readFileSync } from "node:fs"
import { resolve } from "node:path"

const redocly = await createConfig({ extends: ["recommended"] })
const spectral = new spectralCore.Spectral()
// There is no contact.
spectral.setRuleset({ extends: [[rulesets.oas, "recommended"]], rules: { "info-contact": "off" } })

const lint = async (file) => {
  const source = readFileSync(file, "utf8")
  const ofRedocly = await lintFromString({ source, absoluteRef: resolve(file), config: redocly })
  const ofSpectral = await spectral.run(JSON.parse(source))
  return [
    ...ofRedocly.map(({ location, message, ruleId, severity }) =>
      `Redocly, ${severity}, ${ruleId}: ${message} (${location[0]?.pointer})`
    ),
    ...ofSpectral.map(({ code, message, path, severity }) =>
      `Spectral, ${["error", "warning"][severity] ?? "note"}, ${code}: ${message} (${path.join(".")})`
    )
  ].map((problem) => `${file}: ${problem}`)
}

const files = process.argv.slice(2)
const problems = (await Promise.all(files.map(lint))).flat()
const broken = await lint("broken.json")
for (const linter of ["Redocly", "Spectral"]) {
  if (!broken.some((problem) => problem.includes(`${linter}, error`))) {
    problems.push(`${linter} takes a broken document`)
  }
}
if (problems.length > 0) {
  console.error(problems.join("\n"))
  process.exitCode = 1
} else {
  console.log(`${files.join(" and ")}: nothing to say`)
}
