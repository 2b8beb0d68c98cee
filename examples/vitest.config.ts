import { defineConfig, mergeConfig } from "vitest/config"
import { project } from "../tools/vitest.base.js"

// Examples that are tests are next to the others.
export default mergeConfig(project("examples"), defineConfig({ test: { include: ["*.test.ts"] } }))
