// docs/mutation.md: which mutants the tests kill.
import { markdown } from "../bench/table.mjs"
import { GOAL, scoreOf, total } from "./results.mjs"

const about =
  `Stryker changes the sources, one small change at a time: a mutant. Where a test fails or does not come to an end,
the mutant is killed; one that survives is a change that no test notices. Not every survivor is a hole: some say the same in another way,
such as a shortcut that is not taken. The score is the part that is killed; the goal is ${GOAL} %. A mutant that does not even load counts
for neither.

Mutants of what only people or types read are not made (\`tools/mutation/prose.mjs\` says what that is). \`npm run mutation\`
takes too long for every run of CI, so it is run by hand, and each module says when: \`npm run mutation -- --help\`. A run may
hold a module against some of its tests only (\`--tests\`), so a score says the least that is killed.`

const percent = (score) => score === undefined ? undefined : `${score.toFixed(1)} %`

const row = (label, date, counts) => ({ label, date, ...counts, score: percent(scoreOf(counts)) })

/** The table of a subject's records, with a total if there are several. */
export const table = (modules) =>
  markdown(
    [
      { title: "module", left: true, cell: ({ label }) => label },
      { title: "score", cell: ({ score }) => score },
      { title: "killed", cell: ({ killed }) => String(killed) },
      { title: "survived", cell: ({ survived }) => String(survived) },
      { title: "left out", cell: ({ ignored }) => String(ignored) },
      { title: "run", left: true, cell: ({ date }) => date }
    ],
    [
      ...modules.map(({ date, name, ...counts }) => row(name, date, counts)),
      ...modules.length > 1 ? [row("all of them", "", total(modules))] : []
    ]
  )

const code = (text) => text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``

const survivors = (modules) =>
  modules.filter(({ survivors }) => survivors.length > 0).flatMap(({ name, survivors }) => [
    `### ${name}`,
    survivors.map(({ from, isCovered = true, place, to }) =>
      `- ${place} ${code(from)} as ${code(to)}${isCovered ? "" : ", where no test comes"}`
    ).join("\n")
  ])

const section = ({ missing, modules, name, subject }) => [
  `## ${name}`,
  `Mutated: ${subject.what}. Held against the tests: ${subject.tests}.`,
  ...modules.length === 0 ? [] : [table(modules)],
  ...missing.length === 0 ? [] : [`Not run, or not since they were changed: ${missing.map(code).join(", ")}.`],
  ...survivors(modules)
]

/** The document of subjects (`{ name, subject, modules, missing }`, where modules are named records) and tool versions. */
export const documentOf = (subjects, versions) =>
  `${["# Mutation testing", about, ...subjects.flatMap(section), versions].join("\n\n")}\n`
