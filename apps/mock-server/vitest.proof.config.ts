import { mergeConfig } from "vitest/config"
import { project } from "../../tools/vitest.base.js"

/** The long proofs, which CI runs after the tests: `npm run proof`. */
export default mergeConfig(project("mock-server", { directory: "proof", threads: 2 }), {
  test: { testTimeout: 120_000 }
})
