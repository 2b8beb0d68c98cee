// The witness of a soak, in a child process, to measure its memory. `witness-proxy.mjs <url of the server>`; talks to
// its parent over IPC.
import * as Seal from "@workspace-secrets/contract-tests/Seal"
import * as Witness from "@workspace-secrets/contract-tests/Witness"
import * as WitnessProxy from "@workspace-secrets/contract-tests/WitnessProxy"
import * as Effect from "effect/Effect"
import { measureMemory } from "./memory.mjs"

const troubles = []
const witness = Witness.make({ seal: Seal.make(), seesAllWrites: true })

process.on("message", () =>
  process.send({
    ...measureMemory(),
    counts: witness.counts,
    judged: [...witness.findings.values()].reduce(
      (sum, { confirmed, contradicted }) => sum + confirmed + contradicted,
      0
    ),
    troubles
  }))
process.on("disconnect", () => process.exit())

Effect.runFork(Effect.scoped(Effect.gen(function*() {
  const { url } = yield* WitnessProxy.make({
    target: new URL(process.argv[2]),
    port: 0,
    witness,
    onTrouble: (code) => troubles.push(code)
  })
  process.send({ url })
  yield* Effect.never
})))
