import { mergeConfig } from "vitest/config"
import { project } from "../../tools/vitest.base.js"

/** The long proofs, which CI runs after the tests: `npm run proof`. */
export default mergeConfig(project("contract-tests", { directory: "proof" }), { test: { testTimeout: 120_000 } })
