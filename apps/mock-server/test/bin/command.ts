import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll } from "vitest"
import * as Cli from "../../src/bin/Cli.js"

export const here = fileURLToPath(new URL("../..", import.meta.url))
/** The built command. */
export const main = join(here, "dist/bin/main.js")

export const { version } = JSON.parse(readFileSync(join(here, "package.json"), "utf8")) as { readonly version: string }

/** The hint at the end of a usage error. */
export const seeHelp = (...command: ReadonlyArray<string>): string =>
  `Run ${["workspace-secrets-mock", ...command].join(" ")} --help for the options.`

/** A directory for the tests of a file, removed after them. */
export const scratch = () => {
  const directory = mkdtempSync(join(tmpdir(), "mock-server-"))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  return {
    directory,
    write: (name: string, text: string): string => {
      const path = join(directory, name)
      writeFileSync(path, text)
      return path
    }
  }
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

const { FORCE_COLOR: _force, NO_COLOR: _no, NODE_OPTIONS: _options, ...environment } = process.env

/** Makes the command treat its pipes as a terminal. */
export const onTerminal = [
  "--import",
  `data:text/javascript,${
    encodeURIComponent(
      "import tty from 'node:tty'; import { syncBuiltinESMExports } from 'node:module'; tty.isatty = () => true; syncBuiltinESMExports()"
    )
  }`
]

/** The built command as a child process. */
export class Child {
  stdout = ""
  stderr = ""
  readonly #process
  readonly ended: Promise<Ended>

  constructor(
    args: ReadonlyArray<string>,
    env: NodeJS.ProcessEnv = {},
    nodeArgs: ReadonlyArray<string> = [],
    program = main,
    /** Whether to start a process group, which gets signals like the foreground group of a terminal. */
    ownGroup = false
  ) {
    this.#process = spawn(process.execPath, [...nodeArgs, program, ...args], {
      cwd: here,
      env: { ...environment, ...env },
      detached: ownGroup,
      stdio: ["pipe", "pipe", "pipe"]
    })
    this.#process.stdout.on("data", (chunk: Buffer) => {
      this.stdout += chunk.toString()
    })
    this.#process.stderr.on("data", (chunk: Buffer) => {
      this.stderr += chunk.toString()
    })
    this.ended = once(this.#process, "close").then(([code, signal]: Array<unknown>) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stdout: this.stdout,
      stderr: this.stderr
    }))
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  /** Closes the readers of its output. */
  deafen(): void {
    this.#process.stdout.destroy()
    this.#process.stderr.destroy()
  }

  /** Stops reading its output. */
  pause(): void {
    this.#process.stdout.pause()
    this.#process.stderr.pause()
  }

  /** Resolves when it has ended, whether its output was read or not. */
  get exited(): Promise<Array<unknown>> {
    return once(this.#process, "exit")
  }

  /** Writes to its stdin, and closes it. */
  input(text: string): void {
    this.#process.stdin.end(text)
  }

  /** Waits until its output matches a pattern. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.stdout)
      if (found !== null) {
        return found
      }
      await Promise.race([
        once(this.#process.stdout, "data"),
        this.ended.then(({ stderr }) => {
          throw new Error(`it ended before it said ${String(pattern)}: ${stderr}`)
        })
      ])
    }
  }

  /** Waits for the URL of the server in its output. */
  async url(): Promise<string> {
    return (await this.says(/listening on (\S+)\n/))[1] ?? ""
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  /** Sends a signal to its process group, as a terminal does. */
  killGroup(signal: NodeJS.Signals): void {
    process.kill(-(this.pid ?? 0), signal)
  }
}

/** Runs the command in this process. Returns its output. */
export const cli = (
  args: ReadonlyArray<string>,
  options: {
    readonly colours?: boolean
    readonly onOutput?: () => void
    readonly variables?: ReadonlyArray<string>
  } = {}
) => {
  const output: Array<string> = []
  const errors: Array<string> = []
  const print = (lines: Array<string>) => (...parts: ReadonlyArray<unknown>) =>
    Effect.sync(() => {
      lines.push(parts.map(String).join(" "))
      options.onOutput?.()
    })
  const run = Console.consoleWith((console) =>
    Cli.run({
      argv: ["node", "workspace-secrets-mock", ...args],
      variables: options.variables ?? [],
      version: "1.2.3",
      colours: options.colours ?? false
    })
      .pipe(
        Effect.map((outcome) => ({ ...outcome, output: output.join("\n"), errors: errors.join("\n") })),
        Effect.withConsole({ ...console, log: print(output), error: print(errors) }),
        Effect.provide(NodeContext.layer)
      )
  )
  return { run, output }
}
