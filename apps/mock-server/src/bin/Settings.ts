/**
 * The options of each command.
 */
import { isApiKey } from "@workspace-secrets/core/ApiKey"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { bare, inUrl, isEveryAddress, reachable, urlOf } from "../api/BaseUrl.js"
import { isOrigin } from "../transport/Cors.js"
import { isHostName } from "../transport/Gate.js"
import type { ClockOptions } from "../world/TenantClock.js"
import type { Scope } from "../world/TenantSettings.js"
import { knownScopes } from "../world/TenantSettings.js"
import { fromVariable, setting, toggle, variableOf } from "./Setting.js"

/** The default of `--api-key`. */
const defaultApiKey = "mock-api-key"

const defaultPort = 4010

const text = (expected: string) => ({
  expected,
  read: (text: string) => text === "" ? Option.none() : Option.some(text)
})

const defaultHost = "127.0.0.1"

const hostReader = {
  expected: "a host name or an address without a zone (%eth0), which no URL has",
  read: (text: string) => text === "" || text.includes("%") ? Option.none() : Option.some(bare(text))
}

const key = (expected: string) => ({
  expected,
  read: (text: string) => isApiKey(text) ? Option.some(Redacted.make(text)) : Option.none()
})

const wholeNumber = {
  expected: "a whole number from 0 to 2^53 - 1",
  read: (text: string) =>
    /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text)) ? Option.some(Number(text)) : Option.none()
}

/** `Date.parse` would read February 30 as March 1 or 2. */
const isMoment = (text: string): boolean => {
  const millis = Date.parse(text)
  return millis >= 0 && new Date(millis).toISOString().slice(0, 19) === text.slice(0, 19)
}

const clockReader = {
  expected: "real, fixed:<moment> or stepping:<moment>,<milliseconds>, with a moment such as 2026-01-01T00:00:00Z",
  read: (text: string): Option.Option<ClockOptions> => {
    if (text === "real") {
      return Option.some({ type: "real" })
    }
    const [, type, at = "", step] =
      /^(fixed|stepping):(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z)(?:,(\d{1,12}))?$/.exec(text) ?? []
    if (type === undefined || !isMoment(at) || (type === "stepping") !== (step !== undefined)) {
      return Option.none()
    }
    return Option.some(step === undefined ? { type: "fixed", at } : { type: "stepping", at, stepMillis: Number(step) })
  }
}

const portReader = {
  expected: "a port, 0 to 65535",
  read: (text: string) => /^\d{1,5}$/.test(text) && Number(text) <= 65535 ? Option.some(Number(text)) : Option.none()
}

/** More than any process has descriptors for. */
const manyConnections = 1_000_000

const connectionsReader = {
  expected: `a whole number from 1 to ${manyConnections}`,
  read: (text: string) =>
    Option.filter(wholeNumber.read(text), (connections) => connections >= 1 && connections <= manyConnections)
}

const port = (fallback: number) =>
  setting("port", {
    ...portReader,
    placeholder: "port",
    description: "Port to listen on. 0 picks a free port.",
    fallback,
    shown: String(fallback)
  })

/** The options that `serve` and `exec` share. */
const server = (fallbackPort: number) => ({
  host: setting("host", {
    ...hostReader,
    placeholder: "address",
    description: "Address to listen on. Anyone who can reach it can use the server.",
    fallback: defaultHost,
    shown: defaultHost
  }),
  allowedHosts: setting("allowed-host", {
    expected: "host names or addresses separated by commas, without a scheme or a port",
    read: (text: string): Option.Option<ReadonlyArray<string>> =>
      text.split(",").every(isHostName) ? Option.some(text.split(",")) : Option.none(),
    placeholder: "names",
    description:
      "Host names to accept, separated by commas, in addition to loopback names and --host. A request with another Host gets 403. If other"
      + " machines can reach --host, IP addresses are always accepted.",
    fallback: undefined,
    shown: "none"
  }),
  port: port(fallbackPort),
  maxConnections: setting("max-connections", {
    ...connectionsReader,
    placeholder: "number",
    description:
      "Maximum number of open connections, or fewer if the process cannot open as many. Further ones get 503.",
    fallback: undefined,
    shown: "1000"
  }),
  apiKey: setting("api-key", {
    ...key("an API key of visible ASCII characters, with spaces only between them"),
    placeholder: "key",
    description: "The accepted API key. Any other key gets 401. If set, the control API needs it, too.",
    fallback: undefined,
    shown: defaultApiKey
  }),
  acceptAnyKey: toggle(
    "accept-any-key",
    "Accept every API key. Each key is isolated: it has its own secrets, and starts with the same ones as --api-key."
  ),
  controlToken: setting("control-token", {
    ...key("a token of visible ASCII characters, with spaces only between them"),
    placeholder: "token",
    description:
      "Token for the control API under /_mock, instead of --api-key. Without either, the control API is open to this machine, and closed if"
      + " other machines can reach --host.",
    fallback: undefined
  }),
  seedFile: setting("seed-file", {
    ...text("a path"),
    placeholder: "file",
    description: "JSON file with the initial secrets. It is never written.",
    fallback: undefined
  }),
  snapshotFile: setting("snapshot-file", {
    ...text("a path"),
    placeholder: "file",
    description:
      "File to load at the start, if it exists, and to save to when the server stops: the secrets of the first API key, with their values,"
      + " its clock and its ids.",
    fallback: undefined
  }),
  dataDir: setting("data-dir", {
    ...text("a path"),
    placeholder: "directory",
    description:
      "Directory to keep the data of every API key in. It is created if it does not exist. Every change is on disk before its response. The next"
      + " start loads the data; --seed-file, --seed and --clock then apply to new API keys only. Cannot be combined with --snapshot-file.",
    fallback: undefined
  }),
  dataKeyFile: setting("data-key-file", {
    ...text("a path"),
    placeholder: "file",
    description:
      "File with the key that encrypts --data-dir: 64 hexadecimal digits, from `openssl rand -hex 32`. The cipher is AES-256-GCM.",
    fallback: undefined
  }),
  randomSeed: setting("seed", {
    ...wholeNumber,
    placeholder: "number",
    description: "Seed for ids. With a fixed or stepping clock, the same requests get the same bytes.",
    fallback: undefined
  }),
  clock: setting("clock", {
    ...clockReader,
    placeholder: "clock",
    description:
      "Clock: real; fixed:2026-01-01T00:00:00Z (frozen); or stepping:2026-01-01T00:00:00Z,1000 (advances 1000 ms on every request).",
    fallback: undefined,
    shown: "real"
  }),
  scopes: setting("scopes", {
    expected: `none, or known scopes separated by commas: ${knownScopes.join(", ")}`,
    read: (text: string): Option.Option<ReadonlyArray<Scope>> => {
      const scopes = text === "none" ? [] : text.split(",")
      const known = knownScopes.filter((scope) => scopes.includes(scope))
      return known.length === scopes.length ? Option.some(known) : Option.none()
    },
    placeholder: "scopes",
    description: "Scopes of the first API key, or none. Without secrets:manage, operations on secrets get 403.",
    fallback: undefined,
    shown: "every scope"
  }),
  disabled: toggle("disabled-key", "Disable the first API key: every operation gets 401."),
  archived: toggle("archived-workspace", "Archive the workspace of the first API key: operations on secrets get 403."),
  writeOnlyValues: toggle(
    "write-only-values",
    "Leave spec.value out of every response, as the API's guide says."
  ),
  uppercaseNames: toggle("uppercase-names", "Store the names of secrets in upper case, as the API's guide says."),
  corsOrigin: setting("cors-origin", {
    expected: "an origin such as http://localhost:5173, without a path, or *",
    read: (text: string) => isOrigin(text) ? Option.some(text) : Option.none(),
    placeholder: "origin",
    description:
      "Origin of the pages that may call the API from a browser, or * for all. /_mock is never open to them.",
    fallback: undefined,
    shown: "none"
  }),
  log: toggle(
    "log",
    "Print a line for each request on stderr: status, path, duration, tenant, applied fault. Never values or API keys."
  )
})

/** The settings of `serve`. */
export const serve = {
  ...server(defaultPort),
  json: toggle("json", "Print one line of JSON when the server is ready: url, apiKey, workspaceId, pid.")
}

/** The settings of `exec`. */
export const exec = server(0)

const isBaseUrl = (text: string): boolean => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === ""
}

const urlReader = {
  expected: "a base URL such as http://127.0.0.1:4010, without user or password",
  read: (text: string) => isBaseUrl(text) ? Option.some(reachableUrl(text)) : Option.none()
}

/** The URL without query and trailing slashes. An address that means "every interface" becomes loopback. */
const reachableUrl = (text: string): string => {
  const url = text.replace(/[?#].*$/, "").replace(/\/+$/, "")
  const host = bare(new URL(text).hostname)
  return isEveryAddress(host) ? url.replace(/^(https?:\/\/)(?:\[[^\]]*\]|[^:/]*)/i, `$1${inUrl(reachable(host))}`) : url
}

/** The base URL that follows from the variables of `--host` and `--port`, if one is set. */
const served = Effect.map(
  Effect.all([fromVariable(variableOf("host"), hostReader), fromVariable(variableOf("port"), portReader)]),
  ([host, port]) =>
    Option.isNone(host) && Option.isNone(port)
      ? Option.none()
      : Option.some(urlOf(Option.getOrElse(host, () => defaultHost), Option.getOrElse(port, () => defaultPort)))
)

/** The settings of `ready`. */
export const ready = {
  url: setting("url", {
    ...urlReader,
    placeholder: "url",
    description: "Base URL of the server.",
    otherwise: Effect.flatMap(
      fromVariable("CADENYA_BASE_URL", urlReader),
      (url) => Option.isSome(url) ? Effect.succeed(url) : served
    ),
    fallback: `http://${defaultHost}:${defaultPort}`,
    shown: `CADENYA_BASE_URL of the environment, else http://127.0.0.1:${defaultPort}`
  }),
  wait: toggle("wait", "Wait until the server is ready."),
  timeout: setting("timeout", {
    expected: "a number of seconds, more than 0 and at most 86400",
    read: (text: string) =>
      /^\d+(\.\d+)?$/.test(text) && Number(text) > 0 && Number(text) <= 86_400
        ? Option.some(Number(text) * 1000)
        : Option.none(),
    placeholder: "seconds",
    description: "Longest time to wait.",
    fallback: 30_000,
    shown: "30"
  })
}
