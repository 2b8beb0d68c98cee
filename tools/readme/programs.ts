/*
 * The examples of a README. Each is a whole program in a file of its own, which is compiled, linted and run. The README
 * leaves out what an earlier example has shown: imports, and paragraphs that are complete in themselves.
 */

/** One example: its file, the whole program, and what the README shows of it. */
export interface Program {
  readonly file: string
  readonly code: string
  readonly shown: string
}

const IMPORT = /^import .*?from ".*?"$/gms

const isComplete = (paragraph: string): boolean =>
  !paragraph.startsWith(" ") &&
  (paragraph.match(/[([{]/g) ?? []).length === (paragraph.match(/[)\]}]/g) ?? []).length

/** The parts of a program that stand by themselves, in their order: each import, and each complete paragraph. */
const partsOf = (code: string): ReadonlyArray<string> =>
  code.trimEnd().split("\n\n").flatMap((paragraph) =>
    paragraph.startsWith("import ") ? paragraph.match(IMPORT) ?? [] : isComplete(paragraph) ? [paragraph] : []
  )

const withoutShown = (code: string, shown: ReadonlySet<string>): string => {
  const paragraphs = code.trimEnd().split("\n\n").map((paragraph) =>
    paragraph.startsWith("import ")
      ? (paragraph.match(IMPORT) ?? []).filter((line) => !shown.has(line)).join("\n")
      : shown.has(paragraph)
      ? ""
      : paragraph
  )
  return `${paragraphs.filter((paragraph) => paragraph !== "").join("\n\n")}\n`
}

/** The blocks of a language in a README. */
export const blocksOf = (readme: string, language: string): ReadonlyArray<string> =>
  [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, found, block = ""]) => found === language ? [block] : [])

/** The files behind the `ts` blocks of a README, in its order. Throws where a block and the files do not fit. */
export const programsOf = (readme: string, files: Readonly<Record<string, string>>): ReadonlyArray<Program> => {
  const blocks = blocksOf(readme, "ts")
  const left = new Map(Object.entries(files))
  const shown = new Set<string>()
  const programs = blocks.map((block, index) => {
    const found = [...left].find(([, code]) => withoutShown(code, shown) === block)
    if (found === undefined) {
      throw new Error(`Example ${index + 1} of the README is none of: ${[...left.keys()].join(", ")}\n\n${block}`)
    }
    const [file, code] = found
    left.delete(file)
    for (const part of partsOf(code)) {
      shown.add(part)
    }
    return { file, code, shown: block }
  })
  if (left.size > 0) {
    throw new Error(`The README does not show: ${[...left.keys()].join(", ")}`)
  }
  return programs
}
