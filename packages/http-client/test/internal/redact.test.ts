import * as fc from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { redact } from "../../src/internal/redact.js"

const without = (text: string, ...secrets: ReadonlyArray<string>) => redact(secrets.map((s) => Redacted.make(s)))(text)

describe("redact", () => {
  it("takes out a secret wherever it stands", () => {
    expect(without("hunter22 is hunter22, not hunter2", "hunter22")).toBe("<redacted> is <redacted>, not hunter2")
  })

  it("leaves a text without secrets as it is", () => {
    expect(without("bad \\u00e9 \\ \\n body", "hunter22")).toBe("bad \\u00e9 \\ \\n body")
  })

  it("takes out a secret in the short escapes of JSON", () => {
    expect(without(`body {"value":"a\\"b\\\\c\\nd\\/e"}!`, "a\"b\\c\nd/e")).toBe(`body {"value":"<redacted>"}!`)
  })

  it("takes out a secret in escapes by number, as writers that are wary of HTML do", () => {
    expect(without("{\"v\":\"\\u003ca\\u0026\\u00E9\\u003e\"}", "<a&é>")).toBe("{\"v\":\"<redacted>\"}")
  })

  it("takes out a secret that has a backslash of its own", () => {
    expect(without("got a\\nb-c and a\\\\nb-c", "a\\nb-c")).toBe("got <redacted> and <redacted>")
  })

  it("takes out a secret that the server trimmed", () => {
    expect(without("value \"hunter22\" is weak", " hunter22\n")).toBe("value \"<redacted>\" is weak")
  })

  it("takes out the longer of two secrets that hold each other first", () => {
    expect(without("hunter22-prod hunter22", "hunter22", "hunter22-prod")).toBe("<redacted> <redacted>")
  })

  it("takes a dollar in a secret for nothing special", () => {
    expect(without("a $& b", "$&$&", "a $&")).toBe("<redacted> b")
  })

  it("leaves secrets under four characters, which are in any text by chance", () => {
    expect(without("a an the", "a", "an", "the", "")).toBe("a an the")
  })

  it("leaves no secret behind, as it is or as JSON writes it", () => {
    const unit = fc.oneof(fc.constantFrom(..."\"\\/\n\u2028é"), fc.nat(0xffff).map((code) => String.fromCharCode(code)))
    const secret = fc.string({ minLength: 4, maxLength: 30, unit }).filter((s) => s.trim().length >= 4)
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (secret, before, after) => {
        for (const form of [secret, JSON.stringify(secret), JSON.stringify({ secret })]) {
          const out = without(before + form + after, secret)
          expect(out).toContain("<redacted>")
          // What stands around it may complete a mask of its own, never the secret.
          if (!"<redacted>".includes(secret.trim())) {
            expect(out.replaceAll("<redacted>", "\0")).not.toContain(secret.trim())
          }
        }
      })
    )
  })

  it("takes time in proportion to the text", () => {
    const secret = "\"é".repeat(50_000)
    expect(without(JSON.stringify(secret), secret)).toBe("\"<redacted>\"")
  })
})
