import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

/** The custom export condition that resolves the workspace's packages to their sources. */
const source = "@workspace-secrets/source"

/**
 * The Vitest configuration that every project of the workspace shares: of its `test`, or of another directory of tests. Nx runs
 * projects side by side, so most do with one thread: each further one loads Effect anew.
 */
export const project = (name: string, { directory = "test", threads = 1 } = {}) =>
  defineConfig({
    // Two lists: Vite resolves imports of tests as server-side code, and vitest's own runner through `resolve`.
    resolve: { conditions: [source, "module", "node", "development|production"] },
    ssr: { resolve: { conditions: [source, "module", "node", "development|production"] } },
    test: {
      name,
      include: [`${directory}/**/*.test.ts`],
      setupFiles: [fileURLToPath(new URL("vitest.setup.ts", import.meta.url))],
      environment: "node",
      pool: "threads",
      // Files share their worker's modules: loading Effect anew for each of them takes longer than the tests do.
      isolate: false,
      poolOptions: { threads: { minThreads: 1, maxThreads: threads } },
      // Nx forces colours on its tasks; what a test's child process prints must not depend on who started the test.
      env: { FORCE_COLOR: "0" },
      passWithNoTests: true,
      // What takes a second takes ten on a machine that is busy.
      testTimeout: 20_000
    }
  })
