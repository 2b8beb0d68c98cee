import { beforeEach, expect } from "@effect/vitest"
import { equalityTester } from "@workspace-secrets/core/Testing"

// Vitest treats any two Redacted as equal.
expect.addEqualityTesters([equalityTester])

// Test names are printed and stored, so they must not contain stand-ins for secrets.
beforeEach(() => {
  expect(expect.getState().currentTestName, "the name of a test has a stand-in for a secret").not.toMatch(
    /canary|sk_live/i
  )
})
