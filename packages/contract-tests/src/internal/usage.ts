import * as Data from "effect/Data"

/** What a user has to be told who did not tell a command properly. */
export class Usage extends Data.TaggedError("Usage")<{ readonly message: string }> {}

export const usage = (message: string): Usage => new Usage({ message })

/** Whether a host is this machine. */
export const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname)

/** Whether a URL leads to the real service. */
export const isReal = ({ hostname }: URL): boolean => hostname === "cadenya.com" || hostname.endsWith(".cadenya.com")

/**
 * What is wrong with a command line that `parseArgs` refused. Its own words quote what was typed, which can be a key: only the name of an
 * option is told.
 */
export const wrongArguments = (error: unknown): Usage => {
  if (error instanceof Usage) {
    return error
  }
  const { code, message } = error instanceof Error && "code" in error ? error : { code: undefined, message: "" }
  const option = /^(?:Unknown option|Option) '(?:-[a-z], )?(--?[a-z-]{1,30})(?: <value>)?'/.exec(message)?.[1]
  return usage(
    code === "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL"
      ? "there is an argument that belongs to no option"
      : option === undefined
      ? "there is an option that the command does not have"
      : code === "ERR_PARSE_ARGS_UNKNOWN_OPTION"
      ? `${option} is not an option of this command`
      : `${option}: ${/does not take/.test(message) ? "it takes no value" : "its value is missing"}`
  )
}

/** Throws where an option is given twice: which of the two is meant cannot be known. */
export const refuseTwice = (tokens: ReadonlyArray<{ readonly kind: string; readonly name?: string }>): void => {
  const given = new Set<string>()
  for (const { kind, name = "" } of tokens) {
    if (kind === "option" && given.has(name)) {
      throw usage(`--${name} is given twice`)
    }
    given.add(name)
  }
}
