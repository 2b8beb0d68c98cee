import { beforeEach, expect, it, makeMethods } from "@effect/vitest"

// `layer` of @effect/vitest puts its own runtime into the one `it` that there is, and files share their worker's modules:
// without this, the tests of a file would run with the services of the file before it.
makeMethods(it)

// Names of tests are printed, and kept: what stands for a secret in a test has no place in them.
beforeEach(({ task }) => {
  expect(task.name).not.toMatch(/canary/i)
})
