import { contract } from "@workspace-secrets/contract-tests/Contract"
import * as Target from "@workspace-secrets/contract-tests/Target"
import * as MockServer from "@workspace-secrets/mock-server/MockServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const target = Layer.unwrapEffect(
  Effect.map(
    MockServer.MockServer,
    ({ apiKey, fetch, url, workspaceId }) => Target.layer({ apiKey, baseUrl: url, fetch, workspaceId })
  )
)

contract("the mock server", target.pipe(Layer.provide(MockServer.layerInProcess())))
