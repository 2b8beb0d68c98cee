import { decodeHTML, encodeHTML } from "entities"
import { expect, it } from "vitest"
import { entities } from "../../src/internal/entities.js"

it("decodes each name as an HTML decoder does", () => {
  expect([...entities].filter(([name, text]) => decodeHTML(`&${name};`) !== text)).toEqual([])
})

it.each(["fj", ...Array.from({ length: 0x100 }, (_, code) => String.fromCharCode(code))])(
  "has the name that an HTML encoder writes for %j",
  (text) => {
    const name = /^&([^#].*);$/.exec(encodeHTML(text))?.[1]
    expect(name === undefined ? text : entities.get(name), name).toBe(text)
  }
)
