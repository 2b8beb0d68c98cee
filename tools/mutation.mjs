// Mutates the sources and checks that the tests fail: `npm run mutation -- core FieldMask`.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { fileOf, install } from "./bench/peers.mjs"
import { documentOf, table } from "./mutation/document.mjs"
import { GOAL, isOf, isSurvivor, recordOf, scoreOf, total } from "./mutation/results.mjs"
import { subjects } from "./mutation/subjects.mjs"
import { setup } from "./setup.mjs"
import { root } from "./workspaces.mjs"

// 10 needs Node 22.
const VERSION = "9.6.1"
const stryker = {
  name: "@stryker-mutator/core",
  version: VERSION,
  plugins: { "@stryker-mutator/vitest-runner": VERSION }
}

const cache = join(root, "node_modules/.cache/workspace-secrets/mutation")
const file = join(root, "docs/mutation.md")
const results = join(root, "tools/mutation/results.json")

const help = `npm run mutation -- [subject [module …]] [options]

Changes the sources, one small change at a time, and sees whether a test fails. The result of each module is kept in
tools/mutation/results.json, and what Stryker needs to try only survivors and changes again in node_modules/.cache. Stryker
is installed first, into node_modules/.cache/workspace-secrets; it is no dependency of the repository.

Subjects
${Object.entries(subjects).map(([name, { what }]) => `  ${name.padEnd(10)}${what}`).join("\n")}

Modules
  all of the subject unless some are named, without their ending: FieldMask, internal/fast

Options
  --tests FILE   hold the module against these test files of its package alone (may be repeated). This is quick, because a
                 survivor and an endless loop cost all tests; a later run without it tries only these again
  --write        run nothing, and put the kept results of the sources as they are into docs/mutation.md
  --help         this text

A mutant takes from one to ten seconds, a module from one to twenty minutes.
Exit codes: 1 where less than ${GOAL} % were noticed, 2 for a mistake in the command.
`

/** Invalid arguments. */
class UsageError extends Error {}

/** Parses the arguments: pairs of a subject's name and a module. */
const read = (argv) => {
  let parsed
  try {
    parsed = parseArgs({
      args: argv,
      options: {
        tests: { type: "string", multiple: true, default: [] },
        write: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false }
      },
      allowPositionals: true
    })
  } catch (error) {
    throw new UsageError(error.message)
  }
  const { positionals: [name, ...modules], values } = parsed
  if (values.help || values.write) return { ...values, runs: [] }
  if (name !== undefined && !Object.hasOwn(subjects, name)) {
    throw new UsageError(`Unknown subject "${name}"; known: ${Object.keys(subjects).join(" and ")}`)
  }
  const known = Object.entries(subjects).filter(([other]) => name === undefined || other === name)
    .flatMap(([subject, { modules }]) => modules.map((module) => ({ subject, module })))
  const unknown = modules.filter((module) => !known.some((run) => run.module === module))
  if (unknown.length > 0) {
    throw new UsageError(`Unknown module "${unknown[0]}" in ${name}; known: ${subjects[name].modules.join(", ")}`)
  }
  if (values.tests.length > 0 && name === undefined) {
    throw new UsageError("--tests needs a subject: core Labels --tests test/Labels.test.ts")
  }
  const absent = values.tests.find((file) => !existsSync(join(root, subjects[name].directory, file)))
  if (absent !== undefined) {
    throw new UsageError(
      `No file "${absent}" in ${subjects[name].directory}; expected a path such as test/Labels.test.ts`
    )
  }
  return { ...values, runs: known.filter(({ module }) => modules.length === 0 || modules.includes(module)) }
}

const pathOf = ({ module, subject }) => `${subjects[subject].directory}/src/${module}.ts`

/** The file with the result of a module, from which Stryker continues. */
const resultOf = ({ module, subject }) => join(cache, subject, `${module.replace("/", "+")}.json`)

const kept = () => existsSync(results) ? JSON.parse(readFileSync(results, "utf8")) : {}

/** Keeps the result of a module. */
const keep = (run) => {
  const { files } = JSON.parse(readFileSync(resultOf(run), "utf8"))
  // A module without mutants has no result.
  const result = files[pathOf(run)] ?? { mutants: [], source: readFileSync(join(root, pathOf(run)), "utf8") }
  const all = kept()
  const records = { ...all[run.subject], [run.module]: recordOf(result, new Date().toISOString().slice(0, 10)) }
  all[run.subject] = Object.fromEntries(Object.entries(records).sort(([a], [b]) => a < b ? -1 : 1))
  writeFileSync(results, `${JSON.stringify(all, undefined, 1)}\n`)
}

/** The kept result of a module, unless the module has changed since. */
const known = (run) => {
  const record = kept()[run.subject]?.[run.module]
  return record === undefined || !isOf(record, readFileSync(join(root, pathOf(run)), "utf8"))
    ? undefined
    : { name: run.module, ...record }
}

/**
 * The last result without survivors, from which Stryker continues. Stryker does not know which tests reach code that
 * runs when a module loads, and would not retry its survivors with new tests.
 */
const begin = (run) => {
  const begun = `${resultOf(run)}.begun`
  mkdirSync(join(cache, run.subject), { recursive: true })
  rmSync(begun, { force: true })
  if (existsSync(resultOf(run))) {
    const result = JSON.parse(readFileSync(resultOf(run), "utf8"))
    for (const file of Object.values(result.files)) file.mutants = file.mutants.filter((mutant) => !isSurvivor(mutant))
    writeFileSync(begun, JSON.stringify(result))
  }
  return begun
}

const mutate = async (run, tests) => {
  const config = join(cache, "stryker.config.json")
  const begun = begin(run)
  writeFileSync(
    config,
    JSON.stringify({
      mutate: [pathOf(run)],
      plugins: [
        fileOf(stryker, "@stryker-mutator/vitest-runner/dist/src/index.js"),
        join(root, "tools/mutation/prose.mjs")
      ],
      ignorers: ["prose"],
      testRunner: "vitest",
      vitest: {
        configFile: `tools/mutation/${run.subject}.vitest.config.ts`,
        dir: subjects[run.subject].directory,
        // Vitest does not see imports with a computed name.
        related: false
      },
      coverageAnalysis: "perTest",
      concurrency: 1,
      incremental: true,
      incrementalFile: begun,
      reporters: ["clear-text", "progress-append-only"],
      clearTextReporter: { reportTests: false, reportScoreTable: false },
      ignorePatterns: ["docs", "**/dist"],
      // Vitest finds no test below node_modules.
      tempDirName: ".stryker-tmp",
      cleanTempDir: "always",
      allowConsoleColors: process.stdout.isTTY === true && !process.env.NO_COLOR,
      warnings: { slow: false }
    })
  )
  const bin = fileOf(stryker, "@stryker-mutator/core/bin/stryker.js")
  const child = spawn(process.execPath, [bin, "run", config], {
    cwd: root,
    env: { ...process.env, MUTATED_MODULE: run.module, MUTATION_TESTS: tests.join(",") },
    stdio: "inherit"
  })
  const [code] = await once(child, "close")
  if (code !== 0) throw new Error(`Stryker ended with exit code ${code} at ${pathOf(run)}.`)
  renameSync(begun, resultOf(run))
  keep(run)
}

const versions = () => {
  const { version } = JSON.parse(readFileSync(join(root, "node_modules/vitest/package.json"), "utf8"))
  return `Stryker ${VERSION}, Vitest ${version}, Node ${process.versions.node}.`
}

const write = () => {
  const all = Object.entries(subjects).map(([name, subject]) => {
    const results = subject.modules.map((module) => ({ module, result: known({ subject: name, module }) }))
    return {
      name,
      subject,
      modules: results.flatMap(({ result }) => result ?? []),
      missing: results.filter(({ result }) => result === undefined).map(({ module }) => module)
    }
  })
  writeFileSync(file, documentOf(all, versions()))
}

const main = async () => {
  const { help: wantsHelp, runs, tests, write: wantsDocument } = read(process.argv.slice(2))
  if (wantsHelp) return process.stdout.write(help)
  if (wantsDocument) return write()
  setup()
  const failures = await install([stryker], (line) => process.stderr.write(`${line}\n`))
  if (failures.size > 0) throw new Error(failures.get(stryker.name))
  for (const run of runs) await mutate(run, tests)
  const modules = runs.map(known)
  console.log(table(modules))
  const score = scoreOf(total(modules))
  if (score < GOAL) {
    console.error(`${score.toFixed(1)} % of the mutants were noticed, which is less than ${GOAL} %.`)
    process.exitCode = 1
  }
}

await main().catch((error) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = error instanceof UsageError ? 2 : 1
})
