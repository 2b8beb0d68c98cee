import { expect, it } from "@effect/vitest"
import { run } from "./Generated.js"
import type { Options } from "./Sequences.js"

const runs = async (args: ReadonlyArray<string>, between?: Options["between"]) => {
  const [out, err]: [Array<string>, Array<string>] = [[], []]
  const code = await run(args, { out: (line) => out.push(line), err: (line) => err.push(line) }, between)
  return { code, out: out.join("\n"), err: err.join("\n") }
}

it("npm run generated prints its progress and a summary", async () => {
  const { code, err, out } = await runs(["--sequences", "20", "--histories", "10", "--seed", "7"])
  expect({ code, err }).toEqual({ code: 0, err: "" })
  expect(out).toMatch(
    /^seed 7: 20 sequences, 10 histories\n5 %: 1 sequences, \d+ s\n.*100 %: 20 sequences, \d+ s\n\d+ answers were right.*\n\d+ answers of 10 histories have an order; \d+ requests overlapped$/s
  )
})

it("npm run generated prints a failure on stderr, and fails", async () => {
  const teapot = () => () => Promise.resolve(new Response(null, { status: 418 }))
  const { code, err, out } = await runs(["--seed", "7"], teapot)
  expect({ code, out }).toEqual({ code: 1, out: "seed 7: 1000 sequences, 100 histories" })
  expect(err).toMatch(/^seed 7\n\n# npm start\n.*\n# answered 418, not 200\n$/s)
})

it("npm run generated prints help", async () => {
  const { code, out } = await runs(["--help"])
  expect(code).toBe(0)
  for (
    const [args, message] of [
      [["--sequences", "many"], "--sequences takes a whole number from 1 to 2147483647"],
      [["--sequences", "0"], "--sequences takes a whole number from 1 to 2147483647"],
      [["--histories", "1.5"], "--histories takes a whole number from 0 to 2147483647"],
      [["--seed", "-1.5"], "Option '--seed' argument is ambiguous"],
      [["--fast"], "Unknown option '--fast'"],
      [["1000"], "Unexpected argument '1000'"]
    ] as const
  ) {
    const refused = await runs(args)
    expect({ code: refused.code, out: refused.out }).toEqual({ code: 2, out: "" })
    expect(refused.err.startsWith(message)).toBe(true)
    expect(refused.err.endsWith(out)).toBe(true)
  }
})
