import assert from "node:assert/strict"
import { test } from "node:test"
import { verdict } from "./audit.mjs"
import { bomOf, bundled } from "./sbom.mjs"

const component = (name, version = "1.0.0") => ({ "bom-ref": `${name}@${version}`, name, version })

const bom = {
  bomFormat: "CycloneDX",
  metadata: { component: component("everything") },
  components: [component("@x/mine"), component("needed")],
  dependencies: [
    { ref: "everything@1.0.0", dependsOn: ["@x/mine@1.0.0"] },
    { ref: "@x/mine@1.0.0", dependsOn: ["needed@1.0.0"] },
    { ref: "needed@1.0.0", dependsOn: [] }
  ]
}

test("the package is the subject, with its dependencies and bundled packages", () => {
  const licences = "needed 1.0.0 (MIT)\n\nMIT License (see below)\n\n@y/inside 2.0.0-rc.1 (ISC)\n\nISC\n"
  const made = bomOf(bom, { name: "@x/mine", version: "1.0.0" }, bundled(licences))
  assert.equal(made.metadata.component.name, "@x/mine")
  assert.deepEqual(made.components.map((one) => one["bom-ref"]), ["needed@1.0.0", "@y/inside@2.0.0-rc.1"])
  assert.equal(made.components[1].purl, "pkg:npm/%40y/inside@2.0.0-rc.1")
  assert.deepEqual(made.components[1].licenses, [{ license: { id: "ISC" } }])
  assert.deepEqual(made.dependencies, [
    { ref: "@x/mine@1.0.0", dependsOn: ["needed@1.0.0", "@y/inside@2.0.0-rc.1"] },
    { ref: "needed@1.0.0", dependsOn: [] },
    { ref: "@y/inside@2.0.0-rc.1", dependsOn: [] }
  ])
})

test("an unknown package is an error", () => {
  assert.throws(() => bomOf(bom, { name: "@x/other", version: "1.0.0" }), /does not have @x\/other@1\.0\.0/)
})

test("an audit without an answer of the registry does not pass", () => {
  for (const stdout of ["", "<html>", "{}", "null", "{\"message\":\"405 Method Not Allowed\"}"]) {
    const { code, text } = verdict(stdout)
    assert.equal(code, 2)
    assert.match(text, /does not answer audits, so nothing was checked/)
  }
  const counts = { info: 0, low: 0, moderate: 0, high: 0, critical: 0, total: 0 }
  assert.equal(verdict(JSON.stringify({ metadata: { vulnerabilities: counts } })).code, 0)
  const found = verdict(JSON.stringify({
    metadata: { vulnerabilities: { ...counts, high: 1, total: 1 } },
    vulnerabilities: { bad: { name: "bad", range: "<2", severity: "high" } }
  }))
  assert.deepEqual(found, { code: 1, text: "high: 1\nhigh  bad <2" })
})
