import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

/** The custom export condition that resolves the workspace's packages to their sources. */
const source = "@workspace-secrets/source"

/**
 * The shared Vitest configuration of a project, for its `test` or another directory. Nx runs projects in parallel, so
 * most projects use one thread: each thread loads Effect again.
 */
export const project = (name: string, { directory = "test", threads = 1 } = {}) =>
  defineConfig({
    // Vite resolves imports of tests as server-side code; vitest's runner uses `resolve`.
    resolve: { conditions: [source, "module", "node", "development|production"] },
    ssr: { resolve: { conditions: [source, "module", "node", "development|production"] } },
    test: {
      name,
      include: [`${directory}/**/*.test.ts`],
      setupFiles: [fileURLToPath(new URL("vitest.setup.ts", import.meta.url))],
      environment: "node",
      pool: "threads",
      // Files share the modules of their worker: loading Effect for each file takes longer than the tests.
      isolate: false,
      poolOptions: { threads: { minThreads: 1, maxThreads: threads } },
      // Nx forces colours on its tasks; the output of child processes must not depend on it.
      env: { FORCE_COLOR: "0" },
      passWithNoTests: true,
      // A busy machine may be ten times as slow.
      testTimeout: 20_000,
      expect: { poll: { timeout: 15_000 } }
    }
  })
