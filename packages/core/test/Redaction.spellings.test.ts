import * as fc from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { spellings } from "../../../tools/leaks/spellings.js"
import * as Redaction from "../src/Redaction.js"

const without = (text: string, ...secrets: ReadonlyArray<string>) =>
  Redaction.make(secrets.map((secret) => Redacted.make(secret)))(text)

const secrets = [
  "hunter22-is-long-enough",
  "sk_1234567890abcdefghij",
  "quotes \"and\" 'more' \\ slashes/ and\nlines\tof <html> & é ü 😀 %41%zz &amp; \\u0041 a+b=c",
  "\\\\server\\new\\table\\\"x\"",
  "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nabc+/def==\n-----END PRIVATE KEY-----\n",
  "ÀÉÎ-õü-日本語-🙂-secret"
]

describe("a mask, for any text", () => {
  it.each(Object.entries(spellings))("takes a secret out %s", (name, spell) => {
    // The text next to a secret changes the base64 around it.
    const rest = name.includes("base64") ? 24 : 4
    for (const secret of secrets) {
      const spelled = spell(secret.trim())
      for (
        const [before, after] of [["", ""], ["got ", ", not wanted"], ["{\"value\":\"", "\"}"], ["a=", "&b=1"], [
          "x",
          "y"
        ]]
      ) {
        const out = without(`${before}${spelled}${after}`, secret)
        expect(out).toContain(Redaction.mask)
        expect(out.length, out).toBeLessThan(`${before}${after}`.length + Redaction.mask.length + rest)
      }
    }
  })

  it("masks any secret in any spelling and place", () => {
    const unit = fc.oneof(
      fc.constantFrom(..."\"'\\/\n\t %&+<>=#;xu0nAé😀"),
      fc.constantFrom("\\n", "\\u0041", "%41", "&amp;", "+", "  "),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 })
    )
    // Skips letters that have another length in the other case: these are not found in it.
    const secret = fc.string({ minLength: 8, maxLength: 60, unit }).filter((text) =>
      text.trim().length >= 8 && !/\p{Surrogate}/u.test(text) && text.toUpperCase().length === text.length
      && text.toLowerCase().length === text.length && text.toUpperCase().toLowerCase() === text.toLowerCase()
    )
    fc.assert(
      fc.property(secret, fc.constantFrom(...Object.entries(spellings)), (secret, [, spell]) => {
        const trimmed = secret.trim()
        fc.pre(spell(trimmed).length >= Redaction.mask.length)
        for (const [before, after] of [["", ""], ["got \"", "\" here"], [" ", " "]]) {
          const out = without(`${before}${spell(trimmed)}${after}`, secret)
          expect(out).toContain(Redaction.mask)
          expect(out).not.toContain(trimmed)
        }
      }),
      { numRuns: 500 }
    )
  })

  it.each(Object.entries(spellings))("takes a long secret out %s, and all that follows it", (name, spell) => {
    for (
      const secret of [secrets.join(" ").repeat(40), "😀".repeat(5000), `${"a".repeat(4094)}%41%42${"b".repeat(5000)}`]
    ) {
      const spelled = spell(secret)
      const out = without(`got ${spelled} and more`, secret)
      // A spelling that truncates the secret may leave less than the searched part.
      const isWhole = spelled.length >= secret.length
      expect(out.startsWith("got "), name).toBe(true)
      expect(out.length, name).toBeLessThan(isWhole ? 4 + Redaction.mask.length + 24 : 200)
    }
  })

  it.each([
    ["backslashes", "\\".repeat(60_000)],
    ["escaped percent signs", "%25".repeat(20_000)],
    ["escaped ampersands", "&amp;".repeat(12_000)],
    ["beginnings of the secret", "hunter22-is-lon".repeat(4_000)],
    ["one letter", "a".repeat(60_000)],
    ["Latin-1", "\u00c3".repeat(60_000)],
    ["white space", " ".repeat(60_000)]
  ])("ends for a long text of %s", (_, text) => {
    const secrets = [
      "hunter22-is-long-enough",
      `${"\\".repeat(50)}%25&amp;`,
      "a".repeat(300) + "b",
      "\u00c3".repeat(30)
    ]
    expect(without(text, ...secrets).length).toBeLessThanOrEqual(text.length)
  })

  it("masks before a text is cut, so that no part of a secret remains", () => {
    const self = Redaction.make([Redacted.make(secrets[4] ?? "")])
    for (const [name, spell] of Object.entries(spellings).filter(([name]) => !/behind|base64 of/.test(name))) {
      const text = `got ${spell((secrets[4] ?? "").trim())} here`
      for (let length = 4; length < text.length; length += 3) {
        const out = Redaction.cut(self, text, length)
        expect(out, name).toMatch(/^got (?:<|$)/)
        expect(out.length).toBeLessThanOrEqual(length)
      }
    }
  })
})
