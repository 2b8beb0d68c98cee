import { mutation } from "./vitest.js"

// Of what is printed, which takes seconds for each mutant; of files, which are not mutated.
export default mutation("packages/core", ["test/leaks.test.ts", "test/readme.test.ts"])
