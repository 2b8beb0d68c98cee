import { beforeEach, expect } from "@effect/vitest"
import { equalityTester } from "@workspace-secrets/core/Testing"

// Vitest takes any two Redacted for equal, whatever they hold.
expect.addEqualityTesters([equalityTester])

// Names of tests are printed, and kept: what stands for a secret in a test has no place in them.
beforeEach(() => {
  expect(expect.getState().currentTestName, "the name of a test has a stand-in for a secret").not.toMatch(
    /canary|sk_live/i
  )
})
