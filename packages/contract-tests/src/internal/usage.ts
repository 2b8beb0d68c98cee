import * as Data from "effect/Data"

/** What a user has to be told who did not tell a command properly. */
export class Usage extends Data.TaggedError("Usage")<{ readonly message: string }> {}

export const usage = (message: string): Usage => new Usage({ message })

/** Whether a host is this machine. */
export const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname)

/** Whether a URL leads to the real service. */
export const isReal = ({ hostname }: URL): boolean => hostname === "cadenya.com" || hostname.endsWith(".cadenya.com")
