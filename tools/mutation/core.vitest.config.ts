import { mutation } from "./vitest.js"

// Excluded: leak tests take seconds per mutant, and the README is not mutated.
export default mutation("packages/core", ["test/leaks.test.ts", "test/readme.test.ts"])
