import { behaviours } from "@workspace-secrets/contract-tests/Behaviours"
import { contract } from "@workspace-secrets/contract-tests/Contract"
import * as Layer from "effect/Layer"
import * as MockServer from "../src/MockServer.js"
import { target, whole } from "../test/target.js"
import * as C from "./WrongClient.js"
import * as W from "./WrongServer.js"

/** All tools that make wrong servers, nested, without changing anything. */
const unchanged: W.WrongServer = (right, other) =>
  [
    W.secrets((secret) => secret),
    W.errors((body, response) => W.answered(response, body)),
    W.sent("POST", (body) => body),
    W.sent("PATCH", (body) => body),
    W.cursors((cursor) => cursor, (cursor) => cursor)
  ].reduce((server, wrong) => wrong(server, other), right)

/** All tools that make wrong clients, without changing anything. */
const unchangedClient: C.WrongClient = (http) =>
  [
    C.urls((url) => url),
    C.params((params) => params),
    C.bodies((json) => json),
    C.errors((json) => json)
  ].reduce((client, wrong) => wrong(client), http)

// The unchanged server must pass. So a wrong server fails because of its defect, and not because of these tools.
contract(
  "the mock server, in process",
  Layer.provide(
    target({ between: unchanged, client: C.layersOf(unchangedClient) }),
    MockServer.layerInProcess(whole)
  )
)

/** Removes empty fields of JSON. */
const withoutEmpty = (json: unknown): unknown =>
  Array.isArray(json)
    ? json.map(withoutEmpty)
    : typeof json === "object" && json !== null
    ? Object.fromEntries(
      Object.entries(json)
        .filter(([key, value]) => value !== "" && (key !== "labels" || Object.keys(value as object).length > 0))
        .map(([key, value]) => [key, key === "labels" ? value : withoutEmpty(value)])
    )
    : json

const omitting: W.WrongServer = W.bodies((body) => W.at(withoutEmpty(body)))

// The other answers where the sources disagree.
for (const omitUnsetFields of [undefined, true]) {
  contract(
    `a server that leaves fields that are not set out, and ${omitUnsetFields === true ? "says so" : "says nothing"}`,
    Layer.provide(target({ between: omitting, omitUnsetFields }), MockServer.layerInProcess(whole))
  )
}

for (const [paths, other] of [["scoped", "/v1/workspace_secrets"], ["unscoped", "/v1/workspaces/"]] as const) {
  const without: W.WrongServer = W.refuses(
    ({ url }) => url.pathname.startsWith(other) && url.pathname.includes("/workspace_secrets"),
    [404, 5]
  )
  contract(
    `a server with ${paths} paths alone`,
    Layer.provide(target({ between: without, paths }), MockServer.layerInProcess(whole)),
    { behaviours: behaviours.filter(({ layouts }) => layouts.every((layout) => layout === paths)) }
  )
}
