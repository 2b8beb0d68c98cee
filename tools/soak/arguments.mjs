import { parseArgs } from "node:util"

/** A mistake of the one who typed the command. */
class UsageError extends Error {}

const wholeNumber = (name, text, min) => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < min) {
    throw new UsageError(`--${name} takes a whole number from ${min} on, not "${text}"`)
  }
  return value
}

/** A number that nobody chose. */
export const anySeed = () => Math.floor(Math.random() * 2 ** 31)

/** Reads arguments that are all whole numbers, each with the least that it may be and what it is unless given. */
const read = (argv, numbers) => {
  let parsed
  try {
    parsed = parseArgs({
      args: argv,
      options: {
        ...Object.fromEntries(
          Object.entries(numbers).map(([name, { unless }]) => [name, { type: "string", default: String(unless) }])
        ),
        help: { type: "boolean" }
      }
    })
  } catch (error) {
    throw new UsageError(error.message)
  }
  const { help, ...values } = parsed.values
  return help ? undefined : Object.fromEntries(
    Object.entries(values).map(([name, text]) => [name, wholeNumber(name, text, numbers[name].min)])
  )
}

/** The soak of a command line: prints how it is used where it is asked to or was not, and gives the exit code. */
export const command = (usage, numbers, run) => async (argv) => {
  try {
    const options = read(argv, numbers)
    await (options === undefined ? console.log(usage) : run(options))
    return 0
  } catch (error) {
    const isUsage = error instanceof UsageError
    console.error(isUsage ? `${error.message}\n\n${usage}` : error instanceof Error ? error.message : error)
    return isUsage ? 2 : 1
  }
}
