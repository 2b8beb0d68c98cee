import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    projects: ["packages/*", "apps/*", "examples"],
    poolOptions: { threads: { minThreads: 1, maxThreads: 2 } },
    coverage: {
      provider: "v8",
      include: ["packages/core/src/**", "packages/http-client/src/**", "apps/mock-server/src/**"],
      // A launcher runs in a child process, out of the coverage's sight; an index only re-exports.
      exclude: ["**/bin.ts", "**/index.ts"],
      reporter: ["text", "html", "json-summary"],
      thresholds: { lines: 95 }
    }
  }
})
