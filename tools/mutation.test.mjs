import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { describe, it } from "node:test"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { documentOf } from "./mutation/document.mjs"
import { reasonFor } from "./mutation/prose.mjs"
import { count, isOf, recordOf, scoreOf } from "./mutation/results.mjs"

const string = (value) => ({ node: { type: "StringLiteral", value }, parent: null })
const template = (...raws) => ({
  node: { type: "TemplateLiteral", quasis: raws.map((raw) => ({ value: { raw } })) },
  parent: null
})
const identifier = (name) => ({ type: "Identifier", name })
const call = (object, property) => ({
  type: "CallExpression",
  callee: { type: "MemberExpression", object: identifier(object), property: identifier(property) }
})
const object = (...keys) => ({
  type: "ObjectExpression",
  properties: keys.map((key) => ({ type: "ObjectProperty", computed: false, key: identifier(key) }))
})

describe("what is not mutated", () => {
  for (const text of ["no such secret in this workspace", "malformed, or", " characters", "leave it out"]) {
    it(`includes sentences: ${JSON.stringify(text)}`, () => {
      assert.equal(reasonFor(string(text)), "sentence")
      assert.equal(reasonFor(template("", text)), "sentence")
    })
  }

  for (const text of ["metadata.name", "application/json", "Bearer ", "GET /v1", "asc", ",", " ", "", "wsec_"]) {
    it(`excludes texts of the protocol: ${JSON.stringify(text)}`, () => {
      assert.equal(reasonFor(string(text)), undefined)
      assert.equal(reasonFor(template("", text)), undefined)
    })
  }

  it("includes log calls, service names and schema documentation only", () => {
    assert.equal(reasonFor({ node: call("Effect", "logError"), parent: null }), "text of the log")
    assert.equal(reasonFor({ node: call("Context", "Tag"), parent: null }), "name of a service")
    const annotations = call("self", "annotations")
    const documentation = object("identifier", "description")
    assert.equal(reasonFor({ node: documentation, parent: annotations }), "documentation of a schema")
    assert.equal(reasonFor({ node: documentation, parent: call("self", "make") }), undefined)
    assert.equal(reasonFor({ node: object("description", "pattern"), parent: annotations }), undefined)
    assert.equal(reasonFor({ node: object(), parent: annotations }), undefined)
    assert.equal(reasonFor({ node: call("Math", "log2"), parent: null }), undefined)
    const isTrue = { type: "BooleanLiteral", value: true }
    const option = (name) => ({ type: "ObjectProperty", key: identifier(name), value: isTrue })
    assert.equal(reasonFor({ node: isTrue, parent: option("strict") }), "option of the types alone")
    assert.equal(reasonFor({ node: isTrue, parent: option("exact") }), undefined)
  })
})

const source = "const limit = 50\nconst isMany =\n  n > limit\n"
const at = (line, from, to) => ({ start: { line, column: from }, end: { line, column: to } })
const mutants = [
  { status: "Survived", location: at(3, 3, 12), replacement: "n >= limit" },
  { status: "NoCoverage", location: at(1, 15, 17), replacement: "5`0" },
  { status: "Killed", location: at(3, 3, 12), replacement: "true" },
  { status: "Timeout", location: at(3, 3, 12), replacement: "false" },
  { status: "RuntimeError", location: at(3, 3, 12), replacement: "nothing" },
  { status: "Ignored", statusReason: "sentence", location: at(3, 3, 12), replacement: "\"\"" }
]

describe("the results of mutation", () => {
  it("count killed mutants, also if a mutant has no test", () => {
    assert.deepEqual(count(mutants), { killed: 2, survived: 2, ignored: 1 })
    assert.equal(scoreOf({ killed: 3, survived: 1 }), 75)
    assert.equal(scoreOf({ killed: 0, survived: 0 }), undefined)
  })

  it("are kept for a source, with the survivors in their order", () => {
    const record = recordOf({ mutants, source }, "2026-11-24")
    assert.deepEqual(record.survivors, [
      { place: "1:15", from: "50", to: "5`0", isCovered: false },
      { place: "3:3", from: "n > limit", to: "n >= limit" }
    ])
    assert.equal(isOf(record, source), true)
    assert.equal(isOf(record, `${source} `), false)
  })

  it("become a document that also lists what was not run", () => {
    const subject = { what: "all of it", tests: "its own" }
    const modules = [{ name: "List", ...recordOf({ mutants, source }, "2026-11-24") }]
    const text = documentOf([{ name: "core", subject, modules, missing: ["Page"] }], "Made by hand.")
    assert.match(text, /^\| List +\| 50\.0 % \| +2 \| +2 \| +1 \| 2026-11-24 \|$/m)
    assert.match(text, /^Not run, or not since they were changed: `Page`\.$/m)
    assert.match(text, /^- 1:15 `50` as `` 5`0 ``, where no test comes$/m)
    assert.match(text, /^- 3:3 `n > limit` as `n >= limit`$/m)
    assert.match(text, /Made by hand\.\n$/)
  })
})

describe("the command", () => {
  const run = (...args) =>
    promisify(execFile)(process.execPath, [fileURLToPath(new URL("mutation.mjs", import.meta.url)), ...args])

  for (
    const [args, message] of [
      [["cor"], /^Unknown subject "cor"; known: core and server\n$/],
      [["core", "Fieldmask"], /^Unknown module "Fieldmask" in core; known: AccountId, .*FieldMask.*\n$/],
      [["--fast"], /^Unknown option '--fast'/],
      [["--tests", "test/Labels.test.ts"], /^--tests needs a subject: core Labels --tests test\/Labels\.test\.ts\n$/],
      [["core", "--tests", "test/No.test.ts"], /^No file "test\/No\.test\.ts" in packages\/core; expected a path/]
    ]
  ) {
    it(`refuses ${args.join(" ")}`, async () => {
      await assert.rejects(run(...args), ({ code, stderr }) => code === 2 && message.test(stderr))
    })
  }
})
