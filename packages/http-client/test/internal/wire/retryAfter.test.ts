import * as Duration from "effect/Duration"
import { describe, expect, it } from "vitest"
import { parseRetryAfter } from "../../../src/internal/wire/retryAfter.js"

const now = Date.parse("2026-11-22T10:00:00Z")
const millis = (header: string | undefined) => {
  const wait = parseRetryAfter(header, now)
  return wait && Duration.toMillis(wait)
}

describe("parseRetryAfter", () => {
  it.each([
    ["seconds", "120", 120_000],
    ["no seconds", "0", 0],
    ["seconds of 16 digits", "9".repeat(16), 1e19],
    ["seconds of 400 digits as no end", "9".repeat(400), Infinity],
    ["seconds behind zeros", "0000000000000000007", 7_000],
    ["seconds in white space", " 7 ", 7_000],
    ["a date", "Sun, 22 Nov 2026 10:00:30 GMT", 30_000],
    ["a date of RFC 850", "Sunday, 22-Nov-26 10:01:00 GMT", 60_000],
    ["a date of asctime", "Sun Nov 22 10:00:05 2026", 5_000],
    ["a date of asctime with a one-digit day", "Tue Dec  1 10:00:00 2026", 9 * 86_400_000],
    ["a date that has passed as no wait", "Sun, 06 Nov 1994 08:49:37 GMT", 0],
    ["a two-digit year more than 50 years ahead as one that has passed", "Sunday, 06-Nov-94 08:49:37 GMT", 0],
    ["a two-digit year less than 50 years ahead as one to come", "Sunday, 22-Nov-27 10:00:00 GMT", 365 * 86_400_000]
  ])("reads %s", (_, header, expected) => {
    expect(millis(header)).toBe(expected)
  })

  it.each([
    [undefined],
    [""],
    ["soon"],
    ["-1"],
    ["1.5"],
    ["1e3"],
    ["0x10"],
    ["120, 120"],
    ["2026-11-22T10:00:30Z"],
    ["Sun, 22 Nov 2026 10:00:30 PST"],
    ["Sun, 22 Foo 2026 10:00:30 GMT"],
    ["Sun, 99 Nov 2026 10:00:30 GMT"],
    ["Sun, 22 Nov 2026 25:00:30 GMT"]
  ])("ignores %s", (header) => {
    expect(millis(header)).toBeUndefined()
  })
})
