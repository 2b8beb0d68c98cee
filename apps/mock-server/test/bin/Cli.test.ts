import { describe, expect, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { stripVTControlCharacters } from "node:util"
import { banner } from "../../src/bin/Serve.js"
import { cli, seeHelp } from "./command.js"

const ends = (...args: ReadonlyArray<string>) => cli(args).run

const environment = (variables: Readonly<Record<string, string>>) =>
  Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables))))

const lines = (text: string) => text.split("\n").filter((line) => line !== "")

const someHosts = "host names or addresses separated by commas, without a scheme or a port"

const aKey = "an API key of visible ASCII characters, with spaces only between them"
const aToken = "a token of visible ASCII characters, with spaces only between them"
const aClock = "real, fixed:<moment> or stepping:<moment>,<milliseconds>, with a moment such as 2026-01-01T00:00:00Z"

const aBaseUrl = "a base URL such as http://127.0.0.1:4010, without user or password"

describe("run", () => {
  it.effect.each<[ReadonlyArray<string>, ReadonlyArray<string>]>([
    [["--help"], ["workspace-secrets-mock [command] [options]", "  exec  ", "--host <address>", "--port <port>"]],
    [["-h"], ["workspace-secrets-mock [command] [options]"]],
    [["--port", "0", "-h"], ["workspace-secrets-mock [command] [options]"]],
    [["--help", "--bogus"], ["workspace-secrets-mock [command] [options]"]],
    [["--bogus", "--help"], ["workspace-secrets-mock [command] [options]"]],
    [["serve", "--seed-file", "none.json", "--help"], ["workspace-secrets-mock [serve] [options]", "--json"]],
    [["exec", "--help"], ["workspace-secrets-mock exec [options] -- <command> [arguments]", "CADENYA_BASE_URL"]],
    [["exec", "-h", "--", "npm", "test"], ["workspace-secrets-mock exec [options] -- <command> [arguments]"]],
    [["ready", "--bogus", "--help"], ["workspace-secrets-mock ready [options]", "--timeout <seconds>"]]
  ])("prints help for %j", ([args, expected]) =>
    Effect.gen(function*() {
      const ended = yield* ends(...args)
      expect(ended).toMatchObject({ code: 0, errors: "" })
      for (const words of expected) {
        expect(ended.output).toContain(words)
      }
      // A terminal has 80 columns by default.
      expect(ended.output.split("\nExamples")[0]?.split("\n").filter((line) => line.length > 80)).toEqual([])
    }))

  it.effect.each<[ReadonlyArray<string>, string, ReadonlyArray<string>?]>([
    [["--port", "65536"], "--port: expected a port, 0 to 65535"],
    [["--port", "-1"], "--port: expected a port, 0 to 65535"],
    [["--port", "http"], "--port: expected a port, 0 to 65535"],
    [["--port", "80.5"], "--port: expected a port, 0 to 65535"],
    [["--host", "fe80::1%eth0"], "--host: expected a host name or an address without a zone (%eth0), which no URL has"],
    [["--host", ""], "--host: expected a host name or an address without a zone (%eth0), which no URL has"],
    ...["", "a,,b", "http://a", "a:80", "a,*"].map((names): [ReadonlyArray<string>, string] => [
      ["--allowed-host", names],
      `--allowed-host: expected ${someHosts}`
    ]),
    ...["0", "-1", "1.5", "1e3", "many", "", "1000001"].map((count): [ReadonlyArray<string>, string] => [
      ["--max-connections", count],
      "--max-connections: expected a whole number from 1 to 1000000"
    ]),
    [["--api-key", ""], `--api-key: expected ${aKey}`],
    [["--api-key", "a key "], `--api-key: expected ${aKey}`],
    [["--api-key", "schlüssel"], `--api-key: expected ${aKey}`],
    [["--control-token", " a token"], `--control-token: expected ${aToken}`],
    [["--seed", "-1"], "--seed: expected a whole number from 0 to 2^53 - 1"],
    [["--seed", "9007199254740992"], "--seed: expected a whole number from 0 to 2^53 - 1"],
    ...[
      "",
      "canary",
      "fixed",
      "fixed:2026-01-01",
      "fixed:2026-02-30T00:00:00Z",
      "fixed:1969-12-31T23:59:59Z",
      "fixed:2026-01-01T00:00:00+01:00",
      "fixed:2026-01-01T00:00:00Z,1000",
      "stepping:2026-01-01T00:00:00Z",
      "stepping:2026-01-01T00:00:00Z,-1"
    ].map((clock): [ReadonlyArray<string>, string] => [["--clock", clock], `--clock: expected ${aClock}`]),
    [["--prot", "1"], "--prot is not an option of serve. Did you mean --port?"],
    [["--port", "0", "serve"], "serve: a command comes before its options"],
    [["4010"], "expected a command (serve, exec, ready) or an option"],
    [["serve", "--", "npm"], "serve runs no command: use exec", ["serve"]],
    [["exec"], "exec: expected a command after --", ["exec"]],
    [["exec", "npm", "test"], "exec: expected a command after --", ["exec"]],
    [["exec", "--"], "exec: expected a command after --", ["exec"]],
    [["exec", "--json", "--", "npm"], "--json is an option of serve, not of exec", ["exec"]],
    [["ready", "--url", "localhost"], `--url: expected ${aBaseUrl}`, ["ready"]],
    [["ready", "--url", "ftp://localhost"], `--url: expected ${aBaseUrl}`, ["ready"]],
    [["ready", "--url", "http://user:canary@localhost"], `--url: expected ${aBaseUrl}`, ["ready"]],
    [["ready", "--timeout", "0"], "--timeout: expected a number of seconds, more than 0 and at most 86400", ["ready"]]
  ])(
    "exits with 2 for wrong arguments, with the reason and a hint to the help (%$)",
    ([args, reason, command = []]) =>
      Effect.gen(function*() {
        const ended = yield* ends(...args)
        expect(ended).toMatchObject({ code: 2, output: "" })
        expect(lines(ended.errors)).toEqual([reason, seeHelp(...command)])
      })
  )

  it.effect.each<[ReadonlyArray<string>, string, ReadonlyArray<string>?]>([
    [["--PORT", "4961"], "--PORT is not an option of serve. Did you mean --port?"],
    [["--PORT=4961"], "--PORT is not an option of serve. Did you mean --port?"],
    [["--Port", "4961"], "--Port is not an option of serve. Did you mean --port?"],
    [["--API-KEY=canary"], "--API-KEY is not an option of serve. Did you mean --api-key?"],
    [["--api_key", "canary"], "--api_key is not an option of serve. Did you mean --api-key?"],
    [["--apiKey=canary"], "--apiKey is not an option of serve. Did you mean --api-key?"],
    [["--api-kye=canary"], "--api-kye is not an option of serve. Did you mean --api-key?"],
    [["--WRITE-ONLY-VALUES"], "--WRITE-ONLY-VALUES is not an option of serve. Did you mean --write-only-values?"],
    [["--SEED-FILE=/nonexistent"], "--SEED-FILE is not an option of serve. Did you mean --seed-file?"],
    [["--seedfile", "canary"], "--seedfile is not an option of serve. Did you mean --seed-file?"],
    [["-port", "0"], "-port is not an option of serve. Did you mean --port?"],
    [["-p", "0"], "-p is not an option of serve"],
    [["-p=canary"], "-p is not an option of serve"],
    [["--no-json"], "--no-json is not an option of serve. Did you mean --json?"],
    [["--log-level", "debug"], "--log-level is not an option of serve"],
    [["--HELP"], "--HELP is not an option of serve. Did you mean --help?"],
    [["--help=canary"], "--help is not an option of serve. Did you mean --help?"],
    [["--VERSION"], "--VERSION is not an option of serve. Did you mean --version?"],
    [["--version", "--port", "0"], "--version and --wizard stand alone; --completions takes bash, fish, sh or zsh"],
    [["--completions", "tcsh"], "--version and --wizard stand alone; --completions takes bash, fish, sh or zsh"],
    [["serve", "--version"], "--version is not an option of serve. It stands alone", ["serve"]],
    [["SERVE", "--port", "0"], "expected a command (serve, exec, ready) or an option. Did you mean serve?"],
    [["exce", "--", "npm"], "expected a command (serve, exec, ready) or an option. Did you mean exec?"],
    [["", "canary"], "expected a command (serve, exec, ready) or an option"],
    [["--json", "canary"], "argument 2 is not an option: options begin with --"],
    [["--json", "false"], "argument 2 is not an option: options begin with --"],
    [["--json", "-"], "argument 2 is not an option: options begin with --"],
    [["--json=canary"], "--json: expected true or false"],
    [["--json="], "--json: expected true or false"],
    [["--port", "0", "--port", "0"], "--port is given twice"],
    [["--port=0", "--port", "1"], "--port is given twice"],
    [["--json", "--json"], "--json is given twice"],
    [["--log", "--port", "0", "--log=false"], "--log is given twice"],
    [["--port"], "--port: expected a value"],
    [["--port="], "--port: expected a port, 0 to 65535"],
    [["--port=0=1"], "--port: expected a port, 0 to 65535"],
    [
      ["--host", "--json"],
      "--host: expected a value, and found an option. If it is the value, write --host=<address>"
    ],
    [
      ["--snapshot-file", "--port=0"],
      "--snapshot-file: expected a value, and found an option. If it is the value, write --snapshot-file=<file>"
    ],
    [["exec", "--PORT=0", "--", "npm"], "--PORT is not an option of exec. Did you mean --port?", ["exec"]],
    [["serve", "--url", "http://127.0.0.1:1"], "--url is an option of ready, not of serve", ["serve"]],
    [["--wait"], "--wait is an option of ready, not of serve"],
    [["ready", "--port", "1"], "--port is an option of serve and exec, not of ready", ["ready"]],
    [["ready", "--Url", "canary"], "--Url is not an option of ready. Did you mean --url?", ["ready"]],
    [["ready", "--url", "http://127.0.0.1:1", "--url", "http://127.0.0.1:2"], "--url is given twice", ["ready"]],
    [["ready", "--timeout", "1"], "--timeout needs --wait", ["ready"]],
    [["ready", "--wait=false", "--timeout", "1"], "--timeout needs --wait", ["ready"]],
    [["ready", "http://127.0.0.1:1"], "argument 1 is not an option: options begin with --", ["ready"]]
  ])(
    "ignores no argument, and quotes no value (%$)",
    ([args, reason, command = []]) =>
      Effect.gen(function*() {
        const ended = yield* ends(...args)
        expect(ended).toMatchObject({ code: 2, output: "" })
        expect(lines(ended.errors)).toEqual([reason, seeHelp(...command)])
      })
  )

  it.live("accepts a switch with a value, which wins over the environment", () =>
    Effect.gen(function*() {
      const variables = environment({ WORKSPACE_SECRETS_MOCK_WAIT: "true" })
      const url = "http://127.0.0.1:1"
      const told = yield* ends("ready", "--wait=false", "--url", url).pipe(variables)
      expect(told.errors).toMatch(/is not ready: /)
      const waited = yield* ends("ready", "--timeout", "0.1", "--url", url).pipe(variables)
      expect(waited.errors).toMatch(/is not ready after 0.1 s: /)
    }))

  it.live.each<[Readonly<Record<string, string>>, string]>([
    [{ WORKSPACE_SECRETS_MOCK_HOST: "0.0.0.0", WORKSPACE_SECRETS_MOCK_PORT: "1" }, "http://127.0.0.1:1"],
    [{ WORKSPACE_SECRETS_MOCK_HOST: "::", WORKSPACE_SECRETS_MOCK_PORT: "1" }, "http://[::1]:1"],
    [{ WORKSPACE_SECRETS_MOCK_HOST: "localhost", WORKSPACE_SECRETS_MOCK_PORT: "1" }, "http://localhost:1"],
    [{ CADENYA_BASE_URL: "http://0.0.0.0:1/a/" }, "http://127.0.0.1:1/a"],
    [{ CADENYA_BASE_URL: "http://[::]:1" }, "http://[::1]:1"],
    [{ CADENYA_BASE_URL: "", WORKSPACE_SECRETS_MOCK_PORT: "1" }, "http://127.0.0.1:1"]
  ])("checks the reachable URL of a server: %j", ([variables, url]) =>
    Effect.gen(function*() {
      const ended = yield* ends("ready").pipe(environment(variables))
      expect(ended.errors.startsWith(`${url} is not ready`)).toBe(true)
    }))

  it("prints what it listens on, and the URL to reach it", () => {
    const service = { url: "http://[::1]:4010", apiKey: Redacted.make("key") }
    expect(banner(service, { host: "::" }).split("\n").slice(0, 3)).toEqual([
      "Workspace Secrets mock server, listening on every address of this machine (::), port 4010",
      "",
      "  base URL   http://[::1]:4010"
    ])
  })

  it.effect("warns about unknown environment variables, without their values", () =>
    Effect.gen(function*() {
      const ended = yield* cli(["--seed-file", "none.json"], {
        variables: [
          "PATH",
          "WORKSPACE_SECRETS_MOCK_PROT",
          "WORKSPACE_SECRETS_MOCK_APIKEY",
          "workspace_secrets_mock_port",
          "WORKSPACE_SECRETS_MOCK_",
          "WORKSPACE_SECRETS_MOCK_PORT",
          "WORKSPACE_SECRETS_MOCK_TIMEOUT",
          // Kubernetes sets these for a service with this name.
          "WORKSPACE_SECRETS_MOCK_SERVICE_HOST",
          "WORKSPACE_SECRETS_MOCK_SERVICE_PORT",
          "WORKSPACE_SECRETS_MOCK_SERVICE_PORT_HTTP",
          "WORKSPACE_SECRETS_MOCK_PORT_4010_TCP",
          "WORKSPACE_SECRETS_MOCK_PORT_4010_TCP_ADDR"
        ]
      }).run
      expect(lines(ended.errors)).toEqual([
        "WORKSPACE_SECRETS_MOCK_ is ignored: no option has this variable",
        "WORKSPACE_SECRETS_MOCK_APIKEY is ignored: no option has this variable. Did you mean WORKSPACE_SECRETS_MOCK_API_KEY?",
        "WORKSPACE_SECRETS_MOCK_PROT is ignored: no option has this variable. Did you mean WORKSPACE_SECRETS_MOCK_PORT?",
        "workspace_secrets_mock_port is ignored: no option has this variable. Did you mean WORKSPACE_SECRETS_MOCK_PORT?",
        "seed file none.json: there is no such file"
      ])
    }))

  it.effect("ignores the address that Kubernetes sets, for the port only", () =>
    Effect.gen(function*() {
      const ended = yield* ends().pipe(environment({ WORKSPACE_SECRETS_MOCK_CLOCK: "tcp://10.0.0.1:4010" }))
      expect(lines(ended.errors)).toEqual([`WORKSPACE_SECRETS_MOCK_CLOCK: expected ${aClock}`, seeHelp()])
    }))

  it.effect.each<[string, string, string]>([
    ["WORKSPACE_SECRETS_MOCK_PORT", "canary", "a port, 0 to 65535"],
    ["WORKSPACE_SECRETS_MOCK_ALLOWED_HOST", "canary/", someHosts],
    ["WORKSPACE_SECRETS_MOCK_API_KEY", "canary\t", aKey],
    ["WORKSPACE_SECRETS_MOCK_CONTROL_TOKEN", "canary\t", aToken],
    ["WORKSPACE_SECRETS_MOCK_SEED", "canary", "a whole number from 0 to 2^53 - 1"],
    ["WORKSPACE_SECRETS_MOCK_CLOCK", "canary", aClock],
    ["WORKSPACE_SECRETS_MOCK_ACCEPT_ANY_KEY", "canary", "true or false"],
    ["WORKSPACE_SECRETS_MOCK_LOG", "canary", "true or false"],
    ["WORKSPACE_SECRETS_MOCK_WRITE_ONLY_VALUES", "canary", "true or false"]
  ])(
    "names an invalid variable, and does not quote it: %s",
    ([variable, value, expected]) =>
      Effect.gen(function*() {
        const ended = yield* ends("serve").pipe(environment({ [variable]: value }))
        expect(ended).toMatchObject({ code: 2, output: "" })
        expect(lines(ended.errors)).toEqual([`${variable}: expected ${expected}`, seeHelp("serve")])
      })
  )

  it.effect("reads options from the environment, except from empty variables and those of Kubernetes", () =>
    Effect.gen(function*() {
      const none = yield* ends().pipe(environment({ WORKSPACE_SECRETS_MOCK_SEED_FILE: "none.json" }))
      expect(none).toMatchObject({ code: 1, errors: "seed file none.json: there is no such file" })
      const other = yield* ends("--seed-file", "other.json").pipe(
        environment({
          WORKSPACE_SECRETS_MOCK_API_KEY: "",
          WORKSPACE_SECRETS_MOCK_PORT: "tcp://10.0.0.1:4010",
          WORKSPACE_SECRETS_MOCK_SEED_FILE: "none.json",
          WORKSPACE_SECRETS_MOCK_WRITE_ONLY_VALUES: "1"
        })
      )
      expect(other).toMatchObject({ code: 1, errors: "seed file other.json: there is no such file" })
    }))

  it.effect("prints in colour only on a terminal", () =>
    Effect.gen(function*() {
      const plain = yield* cli(["--help"]).run
      const coloured = yield* cli(["--help"], { colours: true }).run
      expect(coloured.output).not.toBe(plain.output)
      expect(stripVTControlCharacters(coloured.output)).toBe(plain.output)
    }))
})
