#!/usr/bin/env node
import { createRequire } from "node:module"
import * as Cli from "./Cli.js"

const { version } = createRequire(import.meta.url)("@workspace-secrets/contract-tests/package.json") as {
  readonly version: string
}

Cli.launch((environment) => Cli.run({ ...environment, version, command: "workspace-secrets-contract" }))
