import { contract } from "@workspace-secrets/contract-tests/Contract"
import * as Layer from "effect/Layer"
import * as MockServer from "../src/MockServer.js"
import { target } from "../test/target.js"

// On a socket it is held against the contract in the tests.
contract("the mock server, in process", Layer.provide(target(), MockServer.layerInProcess()))
