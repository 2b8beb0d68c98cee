/**
 * Checks the command line against the options of its command. Nothing is silently ignored. Errors quote only names of options, because a
 * misplaced word can be an API key.
 */
import * as Either from "effect/Either"
import { closest, distance } from "fastest-levenshtein"
import { parseArgs } from "node:util"
import type { Setting } from "./Setting.js"
import { prefix, variableOf } from "./Setting.js"

type Options = ReadonlyArray<Setting<unknown>>

/** A name in lower case, without `-` and `_`. */
const folded = (name: string): string => name.toLowerCase().replaceAll(/[-_]/g, "")

/** The name that was probably meant, if one is similar. */
const nearest = (name: string, names: ReadonlyArray<string>): string | undefined => {
  const found = closest(folded(name), names.map(folded))
  return distance(folded(name), found) <= Math.max(2, Math.floor(found.length / 3))
    ? names.find((known) => folded(known) === found)
    : undefined
}

const didYouMean = (name: string | undefined): string => name === undefined ? "" : `. Did you mean ${name}?`

/** The options that belong to no command. */
const ofAll = ["help", "version", "completions", "wizard"]

/** The part of a word that an error may show: the name of an option, without its value. */
const nameIn = (word: string): string => /^-[\w-]*/.exec(word)?.[0] ?? "-"

const unknownOption = (
  word: string,
  command: string,
  commands: Readonly<Record<string, Options>>
): string => {
  const written = nameIn(word)
  const name = written.replace(/^-+/, "")
  const elsewhere = Object.keys(commands).filter((other) => commands[other]?.some((option) => option.name === name))
  if (written === `--${name}` && elsewhere.length > 0) {
    return `--${name} is an option of ${elsewhere.join(" and ")}, not of ${command}`
  }
  if (ofAll.includes(name) && word === `--${name}`) {
    return `--${name} is not an option of ${command}. It stands alone`
  }
  const known = [...(commands[command] ?? []).map((option) => option.name), ...ofAll]
  const meant = nearest(name, known)
  return `${written} is not an option of ${command}${didYouMean(meant && `--${meant}`)}`
}

/**
 * Checks the words after a command. Returns each option with its value as two words, also for switches. Fails with the reason.
 */
export const read = (
  command: string,
  words: ReadonlyArray<string>,
  commands: Readonly<Record<string, Options>>
): Either.Either<ReadonlyArray<string>, string> => {
  const options = commands[command] ?? []
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(
      options.map(({ name, placeholder }) => [name, { type: placeholder === undefined ? "boolean" : "string" }])
    ),
    strict: false,
    tokens: true
  })
  const given = new Set<string>()
  const line: Array<string> = []
  for (const token of tokens) {
    const word = words[token.index] ?? ""
    if (token.kind !== "option") {
      return Either.left(
        Object.hasOwn(commands, word)
          ? `${word}: a command comes before its options`
          : `argument ${token.index + 1} is not an option: options begin with --`
      )
    }
    const option = options.find(({ name }) => token.rawName === `--${name}`)
    if (option === undefined) {
      return Either.left(unknownOption(word, command, commands))
    }
    if (given.has(option.name)) {
      return Either.left(`--${option.name} is given twice`)
    }
    given.add(option.name)
    const { inlineValue = false, value } = token
    if (option.placeholder === undefined) {
      line.push(`--${option.name}`, value ?? "true")
      continue
    }
    const isOption = (text: string) =>
      /^--./.test(text) && options.some(({ name }) => text.split("=")[0] === `--${name}`)
    if (value === undefined || (!inlineValue && isOption(value))) {
      return Either.left(
        `--${option.name}: expected a value${
          value === undefined
            ? ""
            : `, and found an option. If it is the value, write --${option.name}=<${option.placeholder}>`
        }`
      )
    }
    line.push(`--${option.name}`, value)
  }
  return Either.right(line)
}

/** The error for a first word that is not a command. */
export const unknownCommand = (word: string, commands: ReadonlyArray<string>): string => {
  const meant = nearest(word, commands)
  return `expected a command (${commands.join(", ")}) or an option${
    meant === undefined ? "" : `. Did you mean ${meant}?`
  }`
}

/** Variables that Kubernetes sets for a service with this server's name. */
const isOfService = (rest: string): boolean =>
  /^(SERVICE_(HOST|PORT)(_.*)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/.test(rest)

/** Warnings about environment variables that look like options but are none. */
export const unknownVariables = (variables: ReadonlyArray<string>, options: Options): ReadonlyArray<string> => {
  const known = [...new Set(options.map(({ name }) => variableOf(name)))]
  return variables.filter((name) =>
    name.toUpperCase().startsWith(prefix) && !known.includes(name) && !isOfService(name.slice(prefix.length))
  ).sort().map((name) => {
    const meant = nearest(name.slice(prefix.length), known.map((variable) => variable.slice(prefix.length)))
    return `${name} is ignored: no option has this variable${didYouMean(meant && `${prefix}${meant}`)}`
  })
}
