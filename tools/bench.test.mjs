import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { read, UsageError } from "./bench/args.mjs"
import { measure } from "./bench/harness.mjs"
import { lengthOf } from "./bench/http.mjs"
import { replaceSection } from "./bench/sections.mjs"
import { markdown, median, number, percentile, ratio } from "./bench/table.mjs"

const subjects = { client: ["undici", "ours"], server: ["bare"] }

describe("the arguments of bench", () => {
  it("name a subject, and some of its contestants", () => {
    assert.deepEqual(read(["client", "ours", "--rounds", "3", "--json"], subjects), {
      subject: "client",
      only: ["ours"],
      rounds: 3,
      json: true,
      write: false,
      profile: undefined
    })
    assert.equal(read(["server"], subjects).rounds, 7)
  })

  it("show the help, whatever the other arguments are", () => {
    assert.match(read(["nothing", "--help"], subjects).help, /npm run bench -- <subject>/)
  })

  for (
    const [argv, message] of [
      [[], /^Missing subject: client or server$/],
      [["clients"], /^Unknown subject "clients"; known: client and server$/],
      [["server", "ours"], /^Unknown contestant "ours" in server; known: bare$/],
      [["client", "--rounds", "0"], /^--rounds takes a whole number from 1 to 999, not "0"$/],
      [["client", "--rounds", "1.5"], /^--rounds takes a whole number from 1 to 999, not "1.5"$/],
      [["client", "ours", "--write"], /^--write takes the whole table/],
      [["client", "--loud"], /--loud/]
    ]
  ) {
    it(`are refused: ${argv.join(" ") || "none"}`, () => {
      assert.throws(() => read(argv, subjects), (error) => error instanceof UsageError && message.test(error.message))
    })
  }
})

describe("the tables of bench", () => {
  it("are aligned Markdown, with a dash for unknown values", () => {
    const columns = [
      { title: "client", left: true, cell: ({ name }) => name },
      { title: "µs", cell: ({ cpu }) => cpu && number(cpu) }
    ]
    assert.equal(
      markdown(columns, [{ name: "a|b", cpu: 1234.5 }, { name: "c" }]),
      ["| client |    µs |", "| ------ | ----: |", "| a\\|b   | 1,235 |", "| c      |     – |"].join("\n")
    )
  })

  it("have numbers of three digits", () => {
    assert.deepEqual([0.1234, 1.234, 12.34, 123.4, 12_345].map(number), ["0.123", "1.23", "12.3", "123", "12,345"])
    assert.deepEqual([0.5, 1.504, 12.34].map(ratio), ["0.50", "1.50", "12.3"])
  })

  it("have medians", () => {
    assert.equal(median([3, 1, 2]), 2)
    assert.equal(median([4, 1, 3, 2]), 2.5)
    assert.equal(median([10, 9]), 9.5)
    assert.equal(percentile([5, 1, 4, 2, 3], 0.5), 3)
    assert.equal(percentile(Array.from({ length: 200 }, (_, i) => i + 1), 0.99), 198)
  })
})

it("bench finds the end of a response, in any encoding and with any split", () => {
  const plain = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"
  const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n"
  const empty = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
  for (const answer of [plain, chunked, empty]) {
    assert.equal(lengthOf(answer), answer.length)
    assert.equal(lengthOf(`${answer}HTTP/1.1 200 OK\r\n`), answer.length)
    for (let end = 0; end < answer.length; end++) assert.equal(lengthOf(answer.slice(0, end)), undefined)
  }
})

it("bench measures each contestant once per round, in a rotating order", async () => {
  const order = []
  const samples = await measure([{ name: "a" }, { name: "b" }], 3, ({ name }) => order.push(name), () => {})
  assert.deepEqual(order, ["a", "b", "b", "a", "a", "b"])
  assert.deepEqual([...samples], [["a", [1, 4, 5]], ["b", [2, 3, 6]]])
})

it("bench writes only its section of a document", () => {
  const document = "# Head\n\n<!-- bench a -->\nold\n<!-- end of bench a -->\n\ntail\n"
  assert.equal(
    replaceSection(document, "a", "new"),
    "# Head\n\n<!-- bench a -->\n\nnew\n\n<!-- end of bench a -->\n\ntail\n"
  )
  assert.throws(() => replaceSection(document, "b", "new"), /no place for the result/)
})
