import { parseArgs } from "node:util"

/** Invalid arguments. */
class UsageError extends Error {}

const wholeNumber = (name, text, min) => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < min) {
    throw new UsageError(`--${name} takes a whole number from ${min} on, not "${text}"`)
  }
  return value
}

/** A random seed. */
export const anySeed = () => Math.floor(Math.random() * 2 ** 31)

/** Parses integer arguments, each with a minimum and a default. */
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

/** Runs a soak from the command line. Prints the usage with --help or for invalid arguments, and returns the exit code. */
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
