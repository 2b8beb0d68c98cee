import { contract } from "@workspace-secrets/contract-tests/Contract"
import * as Layer from "effect/Layer"
import * as MockServer from "../src/MockServer.js"
import { target } from "../test/target.js"
import * as C from "./WrongClient.js"
import * as W from "./WrongServer.js"

/** What servers are made wrong with, one around the other, and nothing changed. */
const unchanged: W.WrongServer = (right, other) =>
  [
    W.secrets((secret) => secret),
    W.errors((body, response) => W.answered(response, body)),
    W.sent("POST", (body) => body),
    W.sent("PATCH", (body) => body),
    W.cursors((cursor) => cursor, (cursor) => cursor)
  ].reduce((server, wrong) => wrong(server, other), right)

/** What clients are made wrong with, and nothing changed. */
const unchangedClient: C.WrongClient = (http) =>
  [
    C.urls((url) => url),
    C.params((params) => params),
    C.bodies((json) => json),
    C.errors((json) => json)
  ].reduce((client, wrong) => wrong(client), http)

// On a socket it is held against the contract in the tests. Here, it shows too that a wrong server is caught for what it
// does wrong, and not for how it is made.
contract(
  "the mock server, in process",
  Layer.provide(
    target({ between: unchanged, client: C.layersOf(unchangedClient) }),
    MockServer.layerInProcess()
  )
)
