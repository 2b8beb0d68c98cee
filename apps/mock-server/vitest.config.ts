import { mergeConfig } from "vitest/config"
import { project } from "../../tools/vitest.base.js"

export default mergeConfig(project("mock-server", { threads: 2 }), {
  test: {
    // Properties are long, and the other projects run beside them.
    testTimeout: 20_000
  }
})
