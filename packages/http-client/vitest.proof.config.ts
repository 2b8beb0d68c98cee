import { defineConfig } from "vitest/config"
import { project } from "../../tools/vitest.base.js"
import config from "./vitest.config.js"

const { test } = project("http-client", { directory: "proof" })

/** The long proofs, which CI runs after the tests: `npm run proof`. */
export default defineConfig({ ...config, test: { ...test, testTimeout: 120_000 } })
