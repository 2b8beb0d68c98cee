import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"
import { BaseSequencer, type Reporter, type TestModule, type TestSpecification, type Vitest } from "vitest/node"
import { project } from "../vitest.base.js"

/** The modules of a package that import a module. */
const importersOf = (root: string, module: string): ReadonlyArray<string> => {
  const src = join(root, "src")
  const specifier = `/${module.slice(module.lastIndexOf("/") + 1)}.js"`
  return readdirSync(src, { encoding: "utf8", recursive: true })
    .filter((path) => path.endsWith(".ts") && readFileSync(join(src, path), "utf8").includes(specifier))
    .map((path) => path.slice(0, -".ts".length))
}

/**
 * The first failure ends a run, so the tests of the mutated module come first, then those of the modules that import
 * it, then fast files (by size); the contract comes last.
 */
class QuickestFirst extends BaseSequencer {
  override sort(files: Array<TestSpecification>) {
    const { MUTATED_MODULE: module = "" } = process.env
    const importers = new Set(importersOf(this.ctx.config.root, module))
    const cost = ({ moduleId }: TestSpecification) => {
      const name = moduleId.slice(moduleId.lastIndexOf("/test/") + "/test/".length).replace(/\.test\.ts$/, "")
      if (/^contract\b/.test(name)) return Infinity
      const early = name === module ? 3e9 : name.startsWith(`${module}.`) ? 2e9 : importers.has(name) ? 1e9 : 0
      return statSync(moduleId).size - early
    }
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
  const { MUTATION_TESTS: tests = "" } = process.env
  return defineConfig({
    ...config,
    root: fileURLToPath(new URL(`../../${directory}`, import.meta.url)),
    test: {
      ...test,
      testTimeout: 20_000,
      ...(tests === "" ? {} : { include: tests.split(",") }),
      exclude: [...exclude],
      reporters: [new Unloadable()],
      setupFiles: [test?.setupFiles ?? [], setup].flat(),
      sequence: { sequencer: QuickestFirst }
    }
  })
}
