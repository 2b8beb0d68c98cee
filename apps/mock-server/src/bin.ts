#!/usr/bin/env node
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import { createRequire } from "node:module"
import * as Cli from "./Cli.js"

const { version } = createRequire(import.meta.url)("@workspace-secrets/mock-server/package.json") as { version: string }
const colours = process.stdout.isTTY && process.stderr.isTTY && !process.env["NO_COLOR"]

Cli.run({ argv: process.argv, version, colours }).pipe(
  Effect.map((code) => {
    process.exitCode = code
  }),
  Effect.provide(NodeContext.layer),
  NodeRuntime.runMain
)
