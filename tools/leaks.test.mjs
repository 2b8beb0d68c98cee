import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "node:test"
import { root } from "./workspaces.mjs"

const packages = ["packages/core", "packages/http-client", "packages/contract-tests", "apps/mock-server"]

const testsOf = (directory) =>
  readdirSync(join(root, directory, "test"), { recursive: true })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(root, directory, "test", file), "utf8"))

describe("the lists of spellings and of sinks", () => {
  for (const directory of packages) {
    it(`are used by tests of ${directory}, so that a new entry is tested there`, () => {
      const texts = testsOf(directory)
      const from = (list) => texts.filter((text) => text.includes(`tools/leaks/${list}.js"`))
      assert.ok(from("spellings").some((text) => /Object\.(entries|values)\(spellings\)/.test(text)))
      assert.ok(from("sinks").some((text) => /\bprinted\(/.test(text)))
      assert.ok(from("sinks").some((text) => /\b(logged|leakingAnywhere)\(/.test(text)))
    })

    it(`are what ${directory} looks for secrets in objects with, whatever prints those`, () => {
      const alone =
        /expect\([^\n]*\b(JSON\.stringify|inspect|String)\([^\n]*\.not\.(toContain|toMatch)\(.?(canary|hunter|key|sk_live)/i
      assert.deepEqual(testsOf(directory).flatMap((text) => text.match(alone)?.[0] ?? []), [])
    })

    it(`have no copy in ${directory}`, () => {
      assert.deepEqual(testsOf(directory).filter((text) => /Inspectable\.toStringUnknown|new Console\(/.test(text)), [])
    })
  }
})
