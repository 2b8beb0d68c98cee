/**
 * The program.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { createRequire } from "node:module"
import { constants } from "node:os"
import { isatty } from "node:tty"
import * as Cli from "./Cli.js"
import * as Output from "./Output.js"
import * as Terminal from "./Terminal.js"

const { version } = createRequire(import.meta.url)("@workspace-secrets/mock-server/package.json") as { version: string }
// Asking process.stdout would make it a stream, and a pipe non-blocking for the command that inherits it.
const colours = isatty(1) && isatty(2) && !process.env["NO_COLOR"]

const LoggerLive = Logger.replace(Logger.defaultLogger, Logger.withConsoleError(Logger.stringLogger))

// Where Node ends by itself, it first takes its signal handlers off, and a second Ctrl-C in that moment kills what has already stopped well.
process.once("beforeExit", () => process.exit())

/** How long the last lines may take to be read, in milliseconds. */
const PATIENCE = 1000

Output.make.pipe(
  Effect.flatMap((console) =>
    Effect.withConsole(Cli.run({ argv: process.argv, variables: Object.keys(process.env), version, colours }), console)
  ),
  Effect.provide(Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, Terminal.layer, LoggerLive)),
  Effect.runFork
).addObserver((exit) => {
  // Somebody who does not read what is printed keeps nobody waiting.
  setTimeout(() => process.exit(), PATIENCE).unref()
  if (Exit.isFailure(exit)) {
    Output.printError(Cause.pretty(exit.cause))
    process.exitCode = 1
    return
  }
  if ("code" in exit.value) {
    process.exitCode = exit.value.code
    return
  }
  const { signal } = exit.value
  process.exitCode = 128 + constants.signals[signal]
  // A shell that runs a script ends it when a command was ended by Ctrl-C, which it knows by the signal.
  if (["SIGINT", "SIGTERM", "SIGHUP"].includes(signal)) {
    process.kill(process.pid, signal)
  }
})
