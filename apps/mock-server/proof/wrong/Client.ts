import * as C from "../WrongClient.js"
import { at, text } from "../WrongServer.js"

const isProfile = (json: object) => "spec" in json && "type" in at(json, "spec")

/** Clients with wrong results. This includes everything that servers can do wrong. */
export const wrongClients: C.WrongClients = {
  "gives a value as its JSON": [
    C.bodies((json) => {
      const { value } = at(json, "spec")
      return typeof value === "string" ? { ...json, spec: { value: JSON.stringify(value).slice(1, -1) } } : json
    }),
    "WS-CLIENT-001",
    "WS-CLIENT-002"
  ],
  "loses the last secret of a page that is not the last": [
    C.bodies((json) =>
      Array.isArray(json["items"]) && text(at(json, "pagination")["nextCursor"]) !== ""
        ? { ...json, items: json["items"].slice(0, -1) }
        : json
    ),
    "WS-CLIENT-007",
    "WS-CLIENT-008"
  ],
  "gives a profile the name of its key": [
    C.bodies((json) =>
      isProfile(json) ? { ...json, metadata: { ...at(json, "metadata"), name: "mock-api-key" } } : json
    ),
    "WS-CLIENT-014"
  ],
  "has its own fields in its errors": [
    C.errors((json) => ({ ...json, message: "something went wrong" })),
    "WS-CLIENT-108"
  ]
}
