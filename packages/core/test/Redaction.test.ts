import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { leaking, printed } from "../../../tools/leaks/sinks.js"
import * as Redaction from "../src/Redaction.js"

const without = (text: string, ...secrets: ReadonlyArray<string>) =>
  Redaction.make(secrets.map((secret) => Redacted.make(secret)))(text)

describe("a mask", () => {
  it("does not change a text without secrets", () => {
    const text = "bad \\u00e9 \\ \\n body %20 &amp; \"hunter\" <b>  \u00c3\u00a9"
    expect(without(text, "hunter22-is-long-enough")).toBe(text)
    expect(without(text)).toBe(text)
  })

  it("keeps the text around a secret", () => {
    expect(without("hunter22 is Hunter22, not hunter2 \\n %20", "hunter22")).toBe(
      "<redacted> is <redacted>, not hunter2 \\n %20"
    )
    expect(without("{\"v\":\"a\\\"b\\\\c\\nd\\/e\"}!", "a\"b\\c\nd/e")).toBe("{\"v\":\"<redacted>\"}!")
    expect(without("{\"v\":\"\\u003ca\\u0026\\u00E9bcd\\u003e\"}", "<a&ébcd>")).toBe("{\"v\":\"<redacted>\"}")
  })

  it("masks a secret that the server trimmed", () => {
    expect(without("value \"hunter22\" is weak", " hunter22\n")).toBe("value \"<redacted>\" is weak")
  })

  it("masks secrets that contain or overlap each other", () => {
    expect(without("hunter22-prod hunter22", "hunter22", "hunter22-prod")).toBe("<redacted> <redacted>")
    expect(without("abcdefghijklmnop", "abcdefghijk", "ghijklmnop")).toBe("<redacted>")
  })

  it("masks a secret with a dollar sign", () => {
    expect(without("a $& b", "$&$&", "a $&")).toBe("<redacted> b")
  })

  it("finds a secret after the start of an escape sequence", () => {
    expect(without("C:\\nabcdefgh and 100%41abcdefgh", "nabcdefgh", "41abcdefgh")).toBe(
      "C:\\<redacted> and 100%<redacted>"
    )
  })

  it("masks a truncated secret if its first half remains, at least 8 and at most 16 characters", () => {
    for (const secret of ["12345678", "1234567890ab", "1234567890abcdefghij", "1234567890".repeat(20)]) {
      const least = Math.min(secret.length, 16, Math.max(8, Math.ceil(secret.length / 2)))
      for (let length = least; length <= secret.length; length++) {
        expect(without(`got ${secret.slice(0, length)}…`, secret)).toBe("got <redacted>…")
      }
      const less = `got ${secret.slice(0, least - 1)}…`
      expect(without(less, secret)).toBe(less)
    }
  })

  it("does not mask secrets under four characters, nor different case under eight", () => {
    expect(without("a an  the", "a", "an", "the", "", "  the ")).toBe("a an  the")
    const short = Buffer.from("日本語").toString("hex")
    expect(without(short, "日本語")).toBe(short)
    expect(without("Test test tests", "test")).toBe("Test <redacted> <redacted>s")
  })

  it("still masks secrets that were wiped later", () => {
    const secret = Redacted.make("hunter22")
    const self = Redaction.make([secret])
    Redacted.unsafeWipe(secret)
    expect(self("hunter22")).toBe("<redacted>")
    expect(Redaction.make([secret])("hunter22")).toBe("hunter22")
  })

  it("shows the text of the mask option", () => {
    expect(Redaction.make([Redacted.make("hunter22")], { mask: "<a key>" })("hunter22")).toBe("<a key>")
  })

  it("masks secrets beside each other once", () => {
    expect(without("hunter22hunter22, hunter22hunter23", "hunter22", "hunter23")).toBe("<redacted>, <redacted>")
  })

  it("masks the hex and base64 of a secret, wherever it is in the encoded bytes", () => {
    const base64 = (text: string) => Buffer.from(text).toString("base64")
    expect(without(`${Buffer.from("abcd").toString("hex")}!`, "abcd")).toBe("<redacted>!")
    // The base64 of less than six bytes is too short: it would occur by chance.
    expect(without(base64("abcde"), "abcde")).toBe("YWJjZGU=")
    expect(without(base64("abcdef"), "abcdef")).toBe("<redacted>")
    expect(without(base64("xabcdef"), "abcdef")).toBe("eG<redacted>g==")
    expect(without(base64("xyabcdefz"), "abcdef")).toBe("eHl<redacted>Z6")
    expect(without(Buffer.from("???>>>").toString("base64url"), "???>>>")).toBe("<redacted>")
  })

  it("masks the hex and base64 of a secret in JSON", () => {
    const secret = "a\nb\"c\\d"
    for (const text of [secret, JSON.stringify(secret).slice(1, -1)]) {
      for (const encoding of ["hex", "base64", "base64url"] as const) {
        expect(without(`got ${Buffer.from(text).toString(encoding).replace(/=+$/, "")}`, secret)).toMatch(
          /^got <redacted>\w?$/
        )
      }
    }
  })

  it("does not mask what a secret decodes to if that has under four characters", () => {
    expect(without("ABC and %41%42%43", "%41%42%43")).toBe("ABC and <redacted>")
    expect(without("ABCD and %41%42%43%44", "%41%42%43%44")).toBe("<redacted> and <redacted>")
  })

  it("masks the bytes of a secret with half of a surrogate pair, which UTF-8 replaces", () => {
    expect(without(`got ${Buffer.from("ab\ud800cd").toString("hex")}`, "ab\ud800cd")).toBe("got <redacted>")
  })

  it("masks a secret of 4,096 characters, and from a longer one on all that follows", () => {
    const longest = Array.from({ length: 1024 }, (_, i) => i.toString(36).padStart(3, "0") + ".").join("")
    expect(without(`got ${longest} here`, longest)).toBe("got <redacted> here")
    expect(without(`got ${longest}x here`, `${longest}x`)).toBe("got <redacted>")
    // A cut may leave the last 15 of the searched characters out.
    expect(without(`got ${longest.slice(0, -15)}… here`, `${longest}x`)).toBe("got <redacted>")
    expect(without(`got ${longest.slice(0, -16)}… here`, `${longest}x`)).toBe("got <redacted>… here")
    // The last of the searched characters would be half of a surrogate pair.
    const halved = `${longest.slice(0, -1)}😀`
    expect(without(`got ${Buffer.from(longest.slice(0, -1)).toString("hex")} here`, halved)).toBe("got <redacted>")
  })
})

describe("cut", () => {
  const self = Redaction.make([Redacted.make("hunter22")])

  it("masks before it cuts", () => {
    for (let length = 0; length <= 8; length++) {
      expect(Redaction.cut(self, "is hunter22", length)).toBe("is <redacted>".slice(0, length))
    }
  })

  it("keeps the given number of characters", () => {
    expect(Redaction.cut(self, "abcdef", 3)).toBe("abc")
    expect(Redaction.cut(self, "abc", 3)).toBe("abc")
    expect(Redaction.cut(self, "a".repeat(1_000_000), 3)).toBe("aaa")
    const seen: Array<number> = []
    const watching = (text: string) => {
      seen.push(text.length)
      return text
    }
    expect(Redaction.cut(watching, "a".repeat(1_000_000), 3)).toBe("aaa")
    expect(Redaction.cut(watching, "abcdef", 3)).toBe("abc")
    expect(seen).toEqual([3 + 64 * 1024, 6])
  })
})

describe("a defect", () => {
  class Leaky extends Error {
    override readonly name = "hunter22"
    readonly request = { key: "hunter22" }
  }
  const leaky = () => new Leaky("hunter22\n    at hunter22\nhunter22", { cause: "hunter22" })

  it("has only the class name and the frames of the original", () => {
    const original = leaky()
    const defect = new Redaction.Defect(original)
    expect(defect.name).toBe("Leaky")
    expect(defect.stack).toContain("Leaky: Message removed")
    expect(defect.stack).toMatch(/\n +at .*Redaction\.test\.ts:\d+:\d+/)
    expect(Object.keys(defect)).toEqual(["name"])
    expect(defect.cause).toBe(undefined)
    expect(leaking(printed(defect), "hunter22")).toEqual([])
  })

  it("can be made from any value", () => {
    expect(new Redaction.Defect("hunter22").name).toBe("string")
    expect(new Redaction.Defect(null).name).toBe("object")
    expect(new Redaction.Defect(Object.create(null)).name).toBe("Error")
    const hostile = Object.defineProperties(new Error("hunter22"), {
      constructor: {
        get: () => {
          throw new Error("hunter22")
        }
      },
      stack: {
        get: () => {
          throw new Error("hunter22")
        }
      }
    })
    const defect = new Redaction.Defect(hostile)
    expect(defect.name).toBe("Error")
    expect(defect.stack).toBe("Error: Message removed: it may contain a secret")
  })

  it("has at most 50 frames, in the format of any engine, and nothing before them", () => {
    const framesOf = (...lines: ReadonlyArray<unknown>) => {
      const original = Object.assign(new Error("hunter22"), { stack: lines.join("\n") })
      return new Redaction.Defect(original).stack?.split("\n").slice(1)
    }
    const frames = [
      "    at make (file:///a.js:1:2)",
      "    at file:///a.js:10:20",
      "make@file:///a.js:1:2",
      "@a.js:30:45"
    ]
    expect(framesOf("Error: hunter22", ...frames)).toEqual(frames)
    expect(framesOf(...frames)).toEqual(frames)
    // The message of an error may look like a frame, but is before a line that is none.
    expect(framesOf("Error: one", "    at hunter22", "hunter22", ...frames)).toEqual(frames)
    expect(framesOf("Error", "at hunter22")).toEqual([])
    expect(framesOf("Error", "    athunter22")).toEqual([])
    expect(framesOf("Error", "    at ")).toEqual([])
    expect(framesOf("Error", "x    at hunter22")).toEqual([])
    expect(framesOf("Error", "a hunter22@a.js:1:2")).toEqual([])
    expect(framesOf("Error", "hunter22@a.js:1")).toEqual([])
    expect(framesOf("Error", "hunter22@a.js:1:2x")).toEqual([])
    expect(framesOf("Error", "hunter22@a.js:x:2")).toEqual([])
    const many = Array.from({ length: 60 }, (_, i) => `    at f${i} (file:///a.js:1:2)`)
    expect(framesOf("Error", ...many)).toEqual(many.slice(0, 50))
    expect(new Redaction.Defect(Object.assign(new Error("hunter22"), { stack: 1 })).stack).not.toContain("\n")
    expect(new Redaction.Defect({ stack: frames.join("\n") }).stack).not.toContain("\n")
  })

  it("shows the name of a class only if it is an identifier", () => {
    const named = (name: unknown) =>
      new Redaction.Defect({ constructor: Object.defineProperty(class {}, "name", { value: name }) }).name
    expect(named("_A1$")).toBe("_A1$")
    expect(named("a".repeat(100))).toBe("a".repeat(100))
    for (const name of ["", "a".repeat(101), "my secret", "secret!", "!secret", 1, undefined]) {
      expect(named(name)).toBe("Error")
    }
    class HunterError {}
    const self = Redaction.make([Redacted.make("hunter22"), Redacted.make("HunterError")])
    expect(new Redaction.Defect(new HunterError(), self).name).toBe("<redacted>")
    expect(new Redaction.Defect(new HunterError()).message).toBe("Message removed: it may contain a secret")
  })

  it("masks secrets in frames", () => {
    const original = leaky()
    original.stack = "Leaky\n    at hunter22 (file:///a.js:1:2)"
    const defect = new Redaction.Defect(original, Redaction.make([Redacted.make("hunter22")]))
    expect(defect.stack).toContain("\n    at <redacted> (file:///a.js:1:2)")
  })
})
