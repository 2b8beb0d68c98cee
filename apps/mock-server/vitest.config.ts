import { mergeConfig } from "vitest/config"
import { project } from "../../tools/vitest.base.js"

export default mergeConfig(project("mock-server"), {
  test: {
    // The files share their imports, of which Effect is most: a third of the time.
    isolate: false,
    // Properties are long, and the other projects run beside them.
    testTimeout: 20_000
  }
})
