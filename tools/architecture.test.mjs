// The checks of the drawings in docs/architecture.md.
import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { missingFiles, sorted } from "./architecture.mjs"

describe("the drawings of the architecture", () => {
  it("put each box above those that it imports", () => {
    assert.deepEqual(sorted([["store", "clock"], ["server", "store"], ["server", "clock"]]), [
      "server",
      "store",
      "clock"
    ])
  })

  it("are refused when the imports go in a circle", () => {
    assert.throws(() => sorted([["a", "b"], ["b", "c"], ["c", "a"]]), /in a circle: a -> b -> c -> a/)
  })

  it("stand on a page that names no file which does not exist", () => {
    assert.deepEqual(missingFiles("`tools/architecture.mjs` and `packages/core/src/Nowhere.ts`"), [
      "packages/core/src/Nowhere.ts"
    ])
  })
})
