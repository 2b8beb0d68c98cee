// Compares our packages with their peers: `npm run bench -- client`.
import { readFileSync, writeFileSync } from "node:fs"
import { cpus, loadavg } from "node:os"
import { join } from "node:path"
import { nx } from "../nx.mjs"
import { setup } from "../setup.mjs"
import { root } from "../workspaces.mjs"
import { read, UsageError } from "./args.mjs"
import { client } from "./client.mjs"
import { install } from "./peers.mjs"
import { replaceSection } from "./sections.mjs"
import { server } from "./server.mjs"
import { markdown, ratio } from "./table.mjs"
import { witness } from "./witness.mjs"

const subjects = { client, server, witness }

const tell = (line) => process.stderr.write(`${line}\n`)

const build = async (projects) => {
  tell("Building what changed …")
  const lines = []
  const code = await nx(["run-many", "-t", "build", "-p", projects.join(","), "--output-style=static"], (line) => {
    lines.push(line)
  })
  if (code !== 0) throw new Error(`The build failed:\n${lines.join("\n")}`)
}

const machine = () => {
  const [{ model }, ...others] = cpus()
  return `${others.length + 1} × ${model.trim()}, ${process.platform} ${process.arch}, Node ${process.versions.node}`
}

const load = () => loadavg()[0].toFixed(2)

const text = ({ command, date, leftOut, loads, report }) =>
  [
    `${report.about}`,
    ...report.tables.map(({ columns, rows, title }) => [title, markdown(columns, rows)].filter(Boolean).join("\n\n")),
    ...report.goals.length === 0
      ? []
      : [markdown([
        { title: "goal", left: true, cell: ({ goal }) => goal },
        { title: "measured", cell: ({ text, value }) => text ?? `${ratio(value)} ×` },
        { title: "", left: true, cell: ({ met }) => met ? "met" : "missed" }
      ], report.goals)],
    ...leftOut.map(({ label, reason }) => `Left out: ${label}, ${reason}.`),
    `\`${command}\` on ${date}; ${machine()}; load ${loads.join(" at the start, ")} at the end.`
  ].join("\n\n")

const main = async () => {
  const { help, json, only, profile, rounds, subject: name, write } = read(
    process.argv.slice(2),
    Object.fromEntries(
      Object.entries(subjects).map(([name, { contestants }]) => [name, contestants.map((c) => c.name)])
    )
  )
  if (help !== undefined) return process.stdout.write(help)
  const subject = subjects[name]
  setup()
  await build(subject.projects)
  const wanted = subject.contestants.filter((contestant) =>
    only.length === 0 || only.includes(contestant.name) || subject.baselines.includes(contestant.name)
  )
  const reasons = new Map(wanted.flatMap(({ lacks, name }) => {
    const reason = lacks?.()
    return reason === undefined ? [] : [[name, reason]]
  }))
  const failures = await install(wanted.flatMap(({ name, peer }) => peer && !reasons.has(name) ? [peer] : []), tell)
  for (const { name, peer } of wanted) if (failures.has(peer?.name)) reasons.set(name, failures.get(peer.name))
  const contestants = wanted.filter(({ name }) => !reasons.has(name))
  const before = load()
  if (before > 0.5) tell(`The machine is busy: its load is ${before}. Trust the ratios more than the numbers.`)
  const samples = await subject.run(contestants, { isWhole: only.length === 0, profile, rounds, tell })
  const result = {
    command: ["npm run bench --", ...process.argv.slice(2).filter((argument) => argument !== "--write")].join(" "),
    date: new Date().toISOString().slice(0, 10),
    loads: [before, load()],
    leftOut: wanted.flatMap(({ label, name }) => reasons.has(name) ? [{ label, reason: reasons.get(name) }] : []),
    report: subject.report(contestants, samples)
  }
  if (write) {
    const file = join(root, "docs/benchmarks.md")
    writeFileSync(file, replaceSection(readFileSync(file, "utf8"), name, text(result)))
    tell(`Wrote docs/benchmarks.md`)
  }
  process.stdout.write(
    json
      ? `${
        JSON.stringify(
          {
            ...result,
            report: undefined,
            goals: result.report.goals,
            machine: machine(),
            samples: Object.fromEntries(samples)
          },
          null,
          2
        )
      }\n`
      : `${text(result)}\n`
  )
}

await main().catch((error) => {
  tell(error instanceof UsageError ? `${error.message}\nMore: npm run bench -- --help` : error.message)
  process.exitCode = error instanceof UsageError ? 2 : 1
})
