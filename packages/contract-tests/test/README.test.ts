import { expect, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { behaviours } from "../src/Behaviours.js"

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8")

const readme = read("../README.md")

it("shows the very file that runs the suite against the mock server", () => {
  expect(readme).toContain(`\`\`\`ts\n${read("../../../apps/mock-server/test/contract.test.ts")}\`\`\``)
})

it("says how many behaviours there are", () => {
  expect(readme).toContain(` ${behaviours.length} behaviours`)
})
