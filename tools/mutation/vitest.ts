import { statSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"
import { BaseSequencer, type Reporter, type TestModule, type TestSpecification, type Vitest } from "vitest/node"
import { project } from "../vitest.base.js"

/** Fast files first (by size), because the first failure ends a run; the contract last. */
class QuickestFirst extends BaseSequencer {
  override sort(files: Array<TestSpecification>) {
    const cost = ({ moduleId }: TestSpecification) => /\/contract\b/.test(moduleId) ? Infinity : statSync(moduleId).size
    return Promise.resolve([...files].sort((a, b) => cost(a) - cost(b)))
  }
}

/**
 * If a mutant prevents a file from loading, no test fails and Stryker would count a survivor. With the error reported,
 * it counts a mutant that does not run.
 */
class Unloadable implements Reporter {
  #vitest: Vitest | undefined

  onInit(vitest: Vitest) {
    this.#vitest = vitest
  }

  onTestRunEnd(modules: ReadonlyArray<TestModule>) {
    for (const error of modules.flatMap((module) => module.errors())) {
      this.#vitest?.state.catchError(error, "Error")
    }
  }
}

/** The Vitest configuration for mutants of a package: its tests, without those of `exclude`. */
export const mutation = (directory: string, exclude: ReadonlyArray<string>) => {
  const { test, ...config } = project("mutation")
  const setup = fileURLToPath(new URL("vitest.setup.ts", import.meta.url))
  return defineConfig({
    ...config,
    root: fileURLToPath(new URL(`../../${directory}`, import.meta.url)),
    test: {
      ...test,
      testTimeout: 20_000,
      exclude: [...exclude],
      reporters: [new Unloadable()],
      setupFiles: [test?.setupFiles ?? [], setup].flat(),
      sequence: { sequencer: QuickestFirst }
    }
  })
}
