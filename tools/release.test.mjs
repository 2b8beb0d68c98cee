import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { inOrder } from "./release.mjs"

const of = (name, ...needs) => ({
  name,
  manifest: {
    dependencies: Object.fromEntries(needs.map((need) => [need, "^0.1.0"])),
    peerDependencies: { effect: "^3" }
  }
})

describe("the order of publishing", () => {
  it("has each package after its dependencies, for any input order", () => {
    const packages = [of("server", "core"), of("contract", "client", "core"), of("client", "core"), of("core")]
    for (const found of [packages, [...packages].reverse()]) {
      const order = inOrder(found).map(({ name }) => name)
      assert.equal(order.length, 4)
      for (const { manifest, name } of packages) {
        for (const need of Object.keys(manifest.dependencies)) assert.ok(order.indexOf(need) < order.indexOf(name))
      }
    }
  })

  it("fails for packages that depend on each other", () => {
    assert.throws(() => inOrder([of("a", "b"), of("b", "a"), of("c")]), /They depend on each other: a, b/)
  })
})
