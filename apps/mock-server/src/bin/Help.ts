/**
 * Formats `--help`.
 */
import type { Setting } from "./Setting.js"
import { prefix, variableOf } from "./Setting.js"

/** The help page of a command. */
export interface Page {
  readonly usage: ReadonlyArray<string>
  readonly about: ReadonlyArray<string>
  readonly commands?: ReadonlyArray<readonly [name: string, description: string]> | undefined
  readonly settings: ReadonlyArray<Setting<unknown>>
  readonly settingsTitle?: string | undefined
  readonly notes?: ReadonlyArray<string> | undefined
  readonly examples: ReadonlyArray<string>
}

const WIDTH = 80
const COLUMN = 26

const wrap = (text: string, width: number): ReadonlyArray<string> =>
  text.split(" ").reduce<Array<string>>((lines, word) => {
    const line = lines.at(-1)
    if (line === undefined || line.length + 1 + word.length > width) {
      lines.push(word)
    } else {
      lines[lines.length - 1] = `${line} ${word}`
    }
    return lines
  }, [])

const entry = (name: string, description: string): string => {
  const [first = "", ...rest] = wrap(description, WIDTH - COLUMN)
  const head = `  ${name}`
  return [
    ...(head.length < COLUMN - 1 ? [`${head.padEnd(COLUMN)}${first}`] : [head, `${" ".repeat(COLUMN)}${first}`]),
    ...rest.map((line) => `${" ".repeat(COLUMN)}${line}`)
  ].join("\n")
}

const settingEntry = ({ description, fallback, name, placeholder }: Setting<unknown>): string =>
  entry(
    placeholder === undefined ? `--${name}` : `--${name} <${placeholder}>`,
    fallback === undefined ? description : `${description} [${fallback}]`
  )

const environment = (settings: ReadonlyArray<Setting<unknown>>): ReadonlyArray<string> => {
  const valued = settings.find(({ placeholder }) => placeholder !== undefined)
  const toggled = settings.find(({ placeholder }) => placeholder === undefined)
  const examples = [
    ...(valued === undefined ? [] : [`${variableOf(valued.name)} for --${valued.name}`]),
    ...(toggled === undefined ? [] : [`${variableOf(toggled.name)}=true for --${toggled.name}`])
  ]
  return [
    `Every option can also be set as an environment variable, ${prefix}…: ${
      examples.join(", ")
    }. An option wins over its variable.`
  ]
}

/** Formats a page for the terminal. */
export const render = (page: Page, colours: boolean): string => {
  const title = (text: string) => colours ? `\x1b[1m${text}\x1b[22m` : text
  const paragraphs = (texts: ReadonlyArray<string>) => texts.map((text) => wrap(text, WIDTH).join("\n")).join("\n\n")
  const indented = (lines: ReadonlyArray<string>) => lines.map((line) => `  ${line}`).join("\n")
  return [
    `${title("Usage")}\n${indented(page.usage)}`,
    paragraphs(page.about),
    ...(page.commands === undefined
      ? []
      : [`${title("Commands")}\n${page.commands.map(([name, description]) => entry(name, description)).join("\n")}`]),
    `${title(page.settingsTitle ?? "Options")}\n${page.settings.map(settingEntry).join("\n")}`,
    paragraphs(environment(page.settings)),
    ...(page.notes === undefined ? [] : [paragraphs(page.notes)]),
    `${title("Examples")}\n${indented(page.examples)}`
  ].join("\n\n")
}
