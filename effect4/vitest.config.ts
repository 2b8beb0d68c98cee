import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

/** The custom export condition that resolves the packages to their sources. */
const conditions = ["@workspace-secrets/source", "module", "node", "development|production"]

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/test/**/*.test.ts"],
    setupFiles: [fileURLToPath(new URL("vitest.setup.ts", import.meta.url))],
    pool: "threads",
    isolate: false,
    maxWorkers: 1,
    testTimeout: 20_000
  }
})
