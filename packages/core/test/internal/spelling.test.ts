import { describe, expect, it } from "vitest"
import { locate, views } from "../../src/internal/spelling.js"

const textsOf = (text: string) => views(text).map((view) => view.text)

/** The text with all kinds of escapes decoded once; the text itself if it has none. */
const decoded = (text: string) => textsOf(text)[1] ?? text

/** The parts of `text` that the characters of one of its views come from. */
const originsOf = (text: string, viewed: string) => {
  const view = views(text).find((view) => view.text === viewed)
  return view && Array.from(viewed, (_, index) => text.slice(...locate(view, index, index + 1)))
}

describe("decodes", () => {
  it.each([
    ["\\0\\a\\b\\f\\n\\r\\t\\v", "\0\u0007\b\f\n\r\t\v"],
    ["\\N", "\n"],
    ["\\\\", "\\"],
    ["\\/\\\"\\q", "/\"q"],
    ["a\\", "a"],
    ["\\\n", "\n"],
    ["\\u0041\\u00e9\\u00E9", "Aéé"],
    ["\\U0041", "A"],
    ["\\u{41}\\u{00e9}\\u{1F600}\\U{1f600}", "Aé😀😀"],
    ["\\U0001F600\\U0001f600", "😀😀"],
    ["\\u00411\\U000000411", "A1A1"],
    ["\\ud83d\\ude00", "😀"],
    ["\\u{10ffff}", "\u{10ffff}"],
    ["\\x41\\X42", "AB"],
    ["\\x411", "A1"],
    ["\\xc3\\xa9\\xC3\\xA9", "éé"],
    ["\\101\\1011", "AA1"],
    ["\\000\\377", "\0\u00ff"],
    ["\\303\\251", "é"]
  ])("the backslashes of %j", (text, expected) => {
    expect(decoded(text)).toBe(expected)
  })

  it.each([
    ["\\u004", "u004"],
    ["\\u{}", "u{}"],
    ["\\u{1234567}", "u{1234567}"],
    ["\\x4", "x4"],
    ["\\xg0\\x0g", "xg0x0g"],
    ["\\400\\08\\0a", "400\u00008\0a"],
    ["\\380\\308", "380308"],
    ["\\U{41\\U0041}", "U{41A}"]
  ])("only the letter after the backslash in %j, which is no code", (text, expected) => {
    expect(decoded(text)).toBe(expected)
  })

  it.each([
    ["%41%4a%4A", "AJJ"],
    ["%411", "A1"],
    ["%c3%a9%C3%A9", "éé"],
    ["%E2%82%AC%f0%9f%98%80", "€😀"],
    ["%u0041%U00e9%u20AC", "Aé€"],
    ["%u00411", "A1"],
    ["%c3", "\u00c3"],
    ["%c3%28", "\u00c3("],
    ["%e0%80%80", "\u00e0\u0080\u0080"],
    ["a+b", "a b"],
    ["a++ +b", "a b"]
  ])("the percent-encoding of %j", (text, expected) => {
    expect(decoded(text)).toBe(expected)
  })

  it.each([
    ["&amp;&lt;&gt;&quot;", "&<>\""],
    ["&amp&lt", "&<"],
    ["&amp;amp;", "&amp;"],
    ["&AMP;&Lt;&eacute;&Eacute;", "&<éÉ"],
    ["&frac12;&frac12&Frac12;", "½½½"],
    ["&#65;&#65&#x41;&#X41&#xe9;&#xE9;", "AAAAéé"],
    ["&#000000065;", "A"],
    ["&#x0000041;", "A"],
    ["&#1114111;&#x10ffff;", "\u{10ffff}\u{10ffff}"],
    ["&#128512;", "😀"]
  ])("the HTML of %j", (text, expected) => {
    expect(decoded(text)).toBe(expected)
  })

  it.each([
    ["\u00c3\u00a9", "é"],
    ["\u00c3\u00a0", "à"],
    ["\u00c2\u0080\u00df\u00bf", "\u0080\u07ff"],
    ["\u00e0\u00a0\u0080\u00ef\u00bf\u00bf", "\u0800\uffff"],
    ["\u00f0\u0090\u0080\u0080\u00f4\u008f\u00bf\u00bf", "\u{10000}\u{10ffff}"]
  ])("the UTF-8 of %j, which was read as Latin-1", (text, expected) => {
    expect(decoded(text)).toBe(expected)
  })

  it.each([" ".repeat(3), "\n", "\t \u00a0"])("the white space %j as one space", (space) => {
    expect(decoded(`a${space}b`)).toBe("a b")
  })
})

it.each([
  "",
  "hunter22",
  "a b",
  "100 %",
  "%4 %zz %g0 %0g %u004 %u00g0",
  "& &; &a; &unknown; &#; &#x; &#a; &#xg;",
  "&#1114112; &#x110000;",
  `&${"a".repeat(17)};`,
  "\u00c3 \u00e9",
  "\u00c1\u0080 \u00c0\u00bf \u00e0\u0080\u0080 \u00ed\u00a0\u0080 \u00f4\u0090\u0080\u0080 \u00f5\u0080\u0080\u0080",
  "\u00c3\u007f \u00c3\u00c0 \u00e2\u0080 \u00f0\u009f\u0098",
  "日本語"
])("decodes nothing in %j", (text) => {
  const solid = (text: string) => text.replace(/\s/g, "")
  expect(textsOf(text).map(solid)).toEqual(textsOf(text).map(() => solid(text)))
})

it("decodes nothing in the code of a character that does not exist", () => {
  expect(textsOf("\\u{110000}")).toEqual(["\\u{110000}"])
  expect(textsOf("\\UFFFFFFFF")).toEqual(["\\UFFFFFFFF"])
})

it("decodes each kind of escape alone, and the kinds in any order", () => {
  expect(textsOf("\\u0025&amp;%26+")).toEqual(expect.arrayContaining([
    "%&& ",
    "%&amp;%26+",
    "\\u0025&amp;& ",
    "\\u0025&%26+",
    "%&%26+",
    "\\u0025&& "
  ]))
  expect(textsOf("a++b\\n")).toContain("a b\\n")
  // Each text is in the spelling of another kind.
  expect(textsOf("\\u0026#37;41")).toContain("A")
  expect(textsOf("%26#92;n")).toContain("\n")
  expect(textsOf("&#92;u002541")).toContain("A")
})

it("decodes a text that was escaped several times", () => {
  const json = (text: string) => JSON.stringify(text).slice(1, -1)
  const times = (count: number, escape: (text: string) => string, text: string) =>
    Array.from({ length: count }).reduce<string>(escape, text)
  for (const count of [1, 2, 5, 10]) {
    expect(textsOf(times(count, json, "a\"b"))).toContain("a\"b")
    expect(textsOf(times(count, encodeURIComponent, "a%b"))).toContain("a%b")
    expect(textsOf(times(count, (text) => text.replaceAll("&", "&amp;"), "&lt"))).toContain("<")
  }
})

it("limits the number of decoded texts", () => {
  const texts = textsOf(`%${"25".repeat(1_000)}&${"amp;".repeat(1_000)}${"\\".repeat(1_000)}`)
  expect(texts.length).toBe(40)
  expect(new Set(texts).size).toBe(40)
})

it("has a text with each white space as one space, and without white space", () => {
  const texts = textsOf("a+b \n c")
  expect(texts).toContain("a+b c")
  expect(texts).toContain("a+bc")
  expect(textsOf("hunter22")).toEqual(["hunter22"])
})

it("knows where each character of a decoded text comes from", () => {
  expect(originsOf("ab\\u0041cd%42e", "abAcdBe")).toEqual(["a", "b", "\\u0041", "c", "d", "%42", "e"])
  expect(originsOf("\\u0041bc", "Abc")).toEqual(["\\u0041", "b", "c"])
  // Decoded twice.
  expect(originsOf("x%5cu0041y%5c%6Ez", "xAy\nz")).toEqual(["x", "%5cu0041", "y", "%5c%6E", "z"])
  // One escape of two characters.
  expect(originsOf("x%41%42y", "xABy")).toEqual(["x", "%41%42", "%41%42", "y"])
  expect(originsOf("  a b\n\tc ", "abc")).toEqual(["a", "b", "c"])
  expect(originsOf("a \n b", "a b")).toEqual(["a", " \n ", "b"])
})

it("knows where a part of a decoded text comes from", () => {
  const text = "ab\\u0041cd%42ef"
  const view = views(text)[1]
  const partOf = (start: number, end: number) => view && text.slice(...locate(view, start, end))
  expect(partOf(0, 8)).toBe(text)
  expect(partOf(1, 3)).toBe("b\\u0041")
  expect(partOf(2, 4)).toBe("\\u0041c")
  expect(partOf(3, 5)).toBe("cd")
  expect(partOf(4, 7)).toBe("d%42e")
})

it("has a text for a search in any case, which is as long", () => {
  const folded = (text: string) => views(text).map((view) => view.folded)
  expect(folded("Hunter É")).toEqual(["hunter é", "hunter é", "hunteré"])
  // In lower case, the letter İ would be two units.
  expect(folded("İABC")).toEqual(["İabc"])
  expect(folded("%41İ")).toEqual(["%41İ", "aİ"])
})
