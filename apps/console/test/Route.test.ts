import { expect, it } from "vitest"
import { format, parse } from "../src/Route.js"

it("has the pane and the world in the fragment, and begins with the requests of the first world", () => {
  expect(parse("")).toEqual({ pane: "requests", world: "default" })
  expect(parse("#/nothing/x")).toEqual({ pane: "requests", world: "x" })
  expect(parse("#/secrets/%E0%A4%A")).toEqual({ pane: "secrets", world: "default" })
  const route = { pane: "time", world: "a b/c" } as const
  expect(parse(format(route))).toEqual(route)
})
