/*
 * The examples of a README. Each is a complete program in a file, which is compiled, linted and run. The README omits
 * imports and complete paragraphs that an earlier example has shown.
 */

/** One example: its file, the whole program, and the part in the README. */
export interface Program {
  readonly file: string
  readonly code: string
  readonly shown: string
}

const IMPORT = /^import .*?from ".*?"$/gms

const isComplete = (paragraph: string): boolean =>
  !paragraph.startsWith(" ") &&
  (paragraph.match(/[([{]/g) ?? []).length === (paragraph.match(/[)\]}]/g) ?? []).length

/** The parts of a program in order: each import, and each complete paragraph. */
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

/** The files of the `ts` blocks of a README, in order. Throws if a block has no matching file. */
export const programsOf = (readme: string, files: Readonly<Record<string, string>>): ReadonlyArray<Program> => {
  const blocks = blocksOf(readme, "ts")
  const left = new Map(Object.entries(files))
  const shown = new Set<string>()
  const programs = blocks.map((block, index) => {
    const found = [...left].find(([, code]) => withoutShown(code, shown) === block)
    if (found === undefined) {
      throw new Error(`Example ${index + 1} of the README matches none of: ${[...left.keys()].join(", ")}\n\n${block}`)
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
