/**
 * `serve`: listens until a signal stops it.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { constants } from "node:os"
import { isEveryAddress } from "../api/BaseUrl.js"
import type * as MockServer from "../MockServer.js"
import * as Server from "./Server.js"

/** Quotes a word for a POSIX shell. Double quotes do not protect all characters of a key. */
const quote = (word: string): string => /["$`\\!]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : `"${word}"`

/** The text to print for people when the server listens. */
export const banner = (
  { apiKey, url }: Pick<MockServer.Service, "apiKey" | "url">,
  { dataDir, host = "", snapshotFile }: {
    readonly dataDir?: string | undefined
    readonly host?: string | undefined
    readonly snapshotFile?: string | undefined
  } = {}
): string => {
  const key = Redacted.value(apiKey)
  const where = host !== "" && isEveryAddress(host)
    ? `every address of this machine (${host}), port ${new URL(url).port}`
    : url
  return [
    `Workspace Secrets mock server, listening on ${where}`,
    "",
    `  base URL   ${url}`,
    `  console    ${url}/_mock/ui`,
    `  API key    ${key}`,
    `  try        curl -H ${quote(`Authorization: Bearer ${key}`)} ${url}/v1/workspace_secrets`,
    "  serves     the operations on workspace secrets, and GET /v1/whoami; the API's other operations get 501",
    "",
    dataDir !== undefined
      ? `Every change is on disk in ${dataDir} before its answer. Ctrl-C stops it.`
      : snapshotFile === undefined
      ? "Everything is kept in memory. Ctrl-C stops it."
      : `Ctrl-C stops it, and saves what it holds to ${snapshotFile}.`
  ].join("\n")
}

/** The line to print for programs when the server listens. */
export const readyLine = ({ apiKey, url, workspaceId }: MockServer.Service, pid: number): string =>
  JSON.stringify({ url, apiKey: Redacted.value(apiKey), workspaceId, pid })

/** A terminal sends SIGHUP when its window is closed. */
const stopping = ["SIGINT", "SIGTERM", "SIGHUP"] as const

/**
 * Listens for the signals that stop a server. The inner effect ends with the first one. The second has no effect, because npm and the
 * terminal both send one on Ctrl-C. A third ends the process at once.
 */
const stopSignals: Effect.Effect<Effect.Effect<void>> = Effect.sync(() => {
  let signals = 0
  let first: (() => void) | undefined
  const told = new Promise<void>((resolve) => {
    first = resolve
  })
  const listener = (signal: NodeJS.Signals) => {
    first?.()
    if (++signals > 2) {
      process.exit(128 + constants.signals[signal])
    }
  }
  // The listeners are never removed: after the server has stopped, the second signal would kill the process.
  stopping.forEach((signal) => process.on(signal, listener))
  return Effect.promise(() => told)
})

/** Serves until a signal stops it. */
export const serve = (
  { json, ...settings }: Server.Settings & { readonly json: boolean }
): Effect.Effect<Server.Ended, Server.CannotStart, FileSystem.FileSystem> =>
  Effect.flatMap(
    stopSignals,
    (stopped) =>
      Server.use(settings, (service) =>
        Console.log(json ? readyLine(service, process.pid) : banner(service, settings)).pipe(
          Effect.zipRight(stopped),
          Effect.as({ code: 0 })
        ))
  )
