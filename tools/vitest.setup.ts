import { beforeEach, expect, it, makeMethods } from "@effect/vitest"
import { equalityTester } from "@workspace-secrets/core/Testing"

// `layer` of @effect/vitest changes the shared `it`, and files share the modules of their worker. Without this, the
// tests of a file would run with the services of the previous file.
makeMethods(it)

// Vitest treats any two Redacted as equal.
expect.addEqualityTesters([equalityTester])

// Test names are printed and stored, so they must not contain stand-ins for secrets.
beforeEach(() => {
  expect(expect.getState().currentTestName, "the name of a test has a stand-in for a secret").not.toMatch(
    /canary|sk_live/i
  )
})
