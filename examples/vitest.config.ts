import { defineConfig, mergeConfig } from "vitest/config"
import { project } from "../tools/vitest.base.js"

// The examples that are tests themselves stand beside the others.
export default mergeConfig(project("examples"), defineConfig({ test: { include: ["*.test.ts"] } }))
