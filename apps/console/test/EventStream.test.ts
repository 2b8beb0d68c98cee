import { expect, it } from "vitest"
import { makeReader } from "../src/EventStream.js"

it("gives the data of an event when its last line has come, wherever the chunks end", () => {
  const read = makeReader()
  expect(read("data: {\"a\"")).toEqual([])
  expect(read(":1}\n")).toEqual([])
  expect(read("\ndata: 2\n\ndata:3\n\nda")).toEqual(["{\"a\":1}", "2", "3"])
  expect(read("ta: 4\ndata: 5\n\n")).toEqual(["4\n5"])
})

it("takes comments and other fields for nothing", () => {
  expect(makeReader()(": still here\n\nevent: x\nid: 1\n\ndata: y\nid: 2\n\n")).toEqual(["y"])
})
