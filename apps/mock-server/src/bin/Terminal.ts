/**
 * The terminal for prompts.
 */
import * as NodeTerminal from "@effect/platform-node/NodeTerminal"
import * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/**
 * Node's terminal, created with the first read. Creating it opens stdin, which must stay untouched for the command of `exec`, which
 * inherits it.
 */
export const layer: Layer.Layer<Terminal.Terminal> = Layer.sync(Terminal.Terminal, () => {
  const made = NodeTerminal.make()
  return {
    columns: Effect.sync(() => process.stdout.columns ?? 0),
    rows: Effect.sync(() => process.stdout.rows ?? 0),
    isTTY: Effect.sync(() => Boolean(process.stdout.isTTY)),
    readInput: Effect.flatMap(made, (terminal) => terminal.readInput),
    readLine: Effect.scoped(Effect.flatMap(made, (terminal) => terminal.readLine)),
    display: (text) => Effect.scoped(Effect.flatMap(made, (terminal) => terminal.display(text)))
  }
})
