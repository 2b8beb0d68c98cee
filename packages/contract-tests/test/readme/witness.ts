import * as Seal from "@workspace-secrets/contract-tests/Seal"
import * as Witness from "@workspace-secrets/contract-tests/Witness"
import * as WitnessHttpClient from "@workspace-secrets/contract-tests/WitnessHttpClient"
import * as Node from "@workspace-secrets/http-client/node"
import * as WorkspaceSecretsClient from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Layer from "effect/Layer"

const target = new URL(process.env["CADENYA_BASE_URL"] || "https://api.cadenya.com")

export const witness = Witness.make({
  seal: Seal.make(),
  onShown: ({ contradicted, requestId }) => {
    for (const { id, problem } of contradicted) {
      console.warn(`DRIFT ${id}: ${problem} (request id ${requestId ?? "unknown"})`)
    }
  }
})

export const client = WorkspaceSecretsClient.layerConfig().pipe(
  Layer.provide(WitnessHttpClient.layer({ witness, target })),
  Layer.provide(Node.layer())
)
