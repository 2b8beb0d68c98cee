/**
 * The entry point of `workspace-secrets-mock`.
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
// Not `process.stdout.isTTY`: creating the stream makes a pipe non-blocking for the command of `exec`, which inherits it.
const colours = isatty(1) && isatty(2) && !process.env["NO_COLOR"]

const LoggerLive = Logger.replace(Logger.defaultLogger, Logger.withConsoleError(Logger.stringLogger))

// Exits at once: Node removes its signal handlers before it exits, so a second Ctrl-C could still kill the process.
process.once("beforeExit", () => process.exit())

/** How long to wait for a reader of the last lines, in milliseconds. */
const PATIENCE = 1000

Output.make.pipe(
  Effect.flatMap((console) =>
    Effect.withConsole(Cli.run({ argv: process.argv, variables: Object.keys(process.env), version, colours }), console)
  ),
  Effect.provide(Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, Terminal.layer, LoggerLive)),
  Effect.runFork
).addObserver((exit) => {
  // Do not wait longer for a reader that does not read.
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
  // Ends with the same signal: a shell stops its script after Ctrl-C only if the command ended with the signal.
  if (["SIGINT", "SIGTERM", "SIGHUP"].includes(signal)) {
    process.kill(process.pid, signal)
  }
})
