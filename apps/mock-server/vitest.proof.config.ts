import { defineConfig } from "vitest/config"
import { project } from "../../tools/vitest.base.js"

const { test, ...config } = project("mock-server proof")

/** The long proofs, which CI runs after the tests: `npm run proof`. */
export default defineConfig({ ...config, test: { ...test, include: ["proof/**/*.test.ts"], testTimeout: 120_000 } })
