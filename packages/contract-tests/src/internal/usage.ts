import * as Data from "effect/Data"

/** Invalid arguments or variables of a command. */
export class Usage extends Data.TaggedError("Usage")<{ readonly message: string }> {}

export const usage = (message: string): Usage => new Usage({ message })

/** Whether a host is the loopback. */
export const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname)

/** Whether a URL is that of the real service. */
export const isReal = ({ hostname }: URL): boolean => hostname === "cadenya.com" || hostname.endsWith(".cadenya.com")

/**
 * Converts an error of `parseArgs`. Its message quotes the arguments, which may contain a key, so only the name of an
 * option is shown.
 */
export const wrongArguments = (error: unknown): Usage => {
  if (error instanceof Usage) {
    return error
  }
  const { code, message } = error instanceof Error && "code" in error ? error : { code: undefined, message: "" }
  const option = /^(?:Unknown option|Option) '(?:-[a-z], )?(--?[a-z-]{1,30})(?: <value>)?'/.exec(message)?.[1]
  return usage(
    code === "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL"
      ? "unexpected argument"
      : option === undefined
      ? "unknown option"
      : code === "ERR_PARSE_ARGS_UNKNOWN_OPTION"
      ? `unknown option ${option}`
      : `${option} ${/does not take/.test(message) ? "has no value" : "needs a value"}`
  )
}

/** Throws if an option is given twice. */
export const refuseTwice = (tokens: ReadonlyArray<{ readonly kind: string; readonly name?: string }>): void => {
  const given = new Set<string>()
  for (const { kind, name = "" } of tokens) {
    if (kind === "option" && given.has(name)) {
      throw usage(`--${name} is given twice`)
    }
    given.add(name)
  }
}
