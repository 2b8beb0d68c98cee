import * as C from "../WrongClient.js"
import { at } from "../WrongServer.js"

const isProfile = (json: object) => "spec" in json && "type" in at(json, "spec")

/** Clients that are wrong about what they give. What servers can be wrong about is among those. */
export const wrongClients: C.WrongClients = {
  "gives a profile the name of its key": [
    C.bodies((json) =>
      isProfile(json) ? { ...json, metadata: { ...at(json, "metadata"), name: "mock-api-key" } } : json
    ),
    "WS-CLIENT-014"
  ],
  "has words of its own in its errors": [
    C.errors((json) => ({ ...json, message: "something went wrong" })),
    "WS-CLIENT-108"
  ]
}
