// The checks of the drawings in docs/architecture.md.
import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { missingFiles, sorted } from "./architecture.mjs"

describe("the drawings of the architecture", () => {
  it("have each box above its imports", () => {
    assert.deepEqual(sorted([["store", "clock"], ["server", "store"], ["server", "clock"]]), [
      "server",
      "store",
      "clock"
    ])
  })

  it("are refused for circular imports", () => {
    assert.throws(() => sorted([["a", "b"], ["b", "c"], ["c", "a"]]), /in a circle: a -> b -> c -> a/)
  })

  it("are on a page that names only existing files", () => {
    assert.deepEqual(missingFiles("`tools/architecture.mjs` and `packages/core/src/Nowhere.ts`"), [
      "packages/core/src/Nowhere.ts"
    ])
  })
})
