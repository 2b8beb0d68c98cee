import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as DateTime from "effect/DateTime"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import { Timestamp } from "../src/Timestamp.js"
import { refused, unwritable } from "./refused.js"

const decode = Schema.decodeUnknownSync(Timestamp)
const encode = Schema.encodeSync(Timestamp)

const expected = "Expected a timestamp such as 2019-12-27T18:11:19.117Z (RFC 3339, UTC, 0 to 9 fractional digits)"
const isRead = (text: string) => refused(Timestamp, text).length === 0

const two = (n: number) => String(n).padStart(2, "0")

describe("Timestamp", () => {
  it("is a time in UTC", () => {
    expectTypeOf<Timestamp>().toEqualTypeOf<DateTime.Utc>()
    expect(decode("2019-12-27T18:11:19.117Z").epochMillis).toBe(1577470279117)
  })

  it.each([
    ["2019-12-27T18:11:19Z", "2019-12-27T18:11:19.000Z"],
    ["2019-12-27T18:11:19.1Z", "2019-12-27T18:11:19.100Z"],
    ["2019-12-27T18:11:19.11Z", "2019-12-27T18:11:19.110Z"],
    ["2019-12-27T18:11:19.117Z", "2019-12-27T18:11:19.117Z"],
    ["2019-12-27T18:11:19.1179Z", "2019-12-27T18:11:19.117Z"],
    ["2019-12-27T18:11:19.11799Z", "2019-12-27T18:11:19.117Z"],
    ["2019-12-27T18:11:19.117999Z", "2019-12-27T18:11:19.117Z"],
    ["2019-12-27T18:11:19.1179999Z", "2019-12-27T18:11:19.117Z"],
    ["2019-12-27T18:11:19.11799999Z", "2019-12-27T18:11:19.117Z"],
    ["2019-12-27T18:11:19.117999999Z", "2019-12-27T18:11:19.117Z"],
    ["2019-12-27T18:11:19.999999999Z", "2019-12-27T18:11:19.999Z"],
    ["2019-12-27T18:11:19.000000001Z", "2019-12-27T18:11:19.000Z"],
    ["1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999Z"],
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"],
    ["0099-12-31T00:00:00Z", "0099-12-31T00:00:00.000Z"],
    ["9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999Z"],
    ["2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"],
    ["2024-02-29T23:59:59Z", "2024-02-29T23:59:59.000Z"]
  ])("reads %s and writes %s", (text, written) => {
    expect(encode(decode(text))).toBe(written)
  })

  it.each([
    ["30 February", "2024-02-30T00:00:00Z"],
    ["29 February of a year that is no leap year", "2023-02-29T00:00:00Z"],
    ["29 February of a century", "1900-02-29T00:00:00Z"],
    ["31 April", "2024-04-31T00:00:00Z"],
    ["day 0", "2024-01-00T00:00:00Z"],
    ["day 32", "2024-01-32T00:00:00Z"],
    ["month 0", "2024-00-01T00:00:00Z"],
    ["month 13", "2024-13-01T00:00:00Z"],
    ["year 0", "0000-01-01T00:00:00Z"],
    ["five digits of a year", "12024-01-01T00:00:00Z"],
    ["a signed year", "+002024-01-01T00:00:00Z"],
    ["hour 24", "2024-01-01T24:00:00Z"],
    ["minute 60", "2024-01-01T00:60:00Z"],
    ["second 60", "2016-12-31T23:59:60Z"],
    ["no seconds", "2024-01-01T00:00Z"],
    ["an offset", "2024-01-01T00:00:00+00:00"],
    ["another offset", "2024-01-01T00:00:00-07:00"],
    ["no zone", "2024-01-01T00:00:00"],
    ["a lower-case z", "2024-01-01T00:00:00z"],
    ["a lower-case t", "2024-01-01t00:00:00Z"],
    ["a space for T", "2024-01-01 00:00:00Z"],
    ["a point without digits", "2024-01-01T00:00:00.Z"],
    ["a comma", "2024-01-01T00:00:00,5Z"],
    ["10 fractional digits", "2024-01-01T00:00:00.0123456789Z"],
    ["a date", "2024-01-01"],
    ["white space before", " 2024-01-01T00:00:00Z"],
    ["a line break behind", "2024-01-01T00:00:00Z\n"],
    ["digits of another script", "２０２４-01-01T00:00:00Z"],
    ["nothing", ""],
    ["milliseconds", 1577470279117],
    ["null", null]
  ])("refuses %s", (_, wrong) => {
    expect(refused(Timestamp, wrong)).toHaveLength(1)
    if (typeof wrong === "string") {
      expect(refused(Timestamp, wrong)).toEqual([expected])
    }
  })

  it.prop("accepts only days of the calendar", [
    FastCheck.integer({ min: 1, max: 9999 }),
    FastCheck.integer({ min: 0, max: 14 }),
    FastCheck.integer({ min: 0, max: 33 })
  ], ([year, month, day]) => {
    const calendar = new Date(0)
    calendar.setUTCFullYear(year, month - 1, day)
    const exists = calendar.getUTCFullYear() === year
      && calendar.getUTCMonth() === month - 1
      && calendar.getUTCDate() === day
    expect(isRead(`${String(year).padStart(4, "0")}-${two(month)}-${two(day)}T00:00:00Z`)).toBe(exists)
  }, { fastCheck: { numRuns: 500 } })

  it.prop("accepts 29 February only in leap years", [FastCheck.integer({ min: 1, max: 9999 })], ([year]) => {
    const calendar = new Date(0)
    calendar.setUTCFullYear(year, 1, 29)
    expect(isRead(`${String(year).padStart(4, "0")}-02-29T00:00:00Z`)).toBe(calendar.getUTCMonth() === 1)
  }, { fastCheck: { numRuns: 500 } })

  it.prop("accepts every time of day", [
    FastCheck.integer({ min: 0, max: 27 }),
    FastCheck.integer({ min: 0, max: 63 }),
    FastCheck.integer({ min: 0, max: 63 })
  ], ([hour, minute, second]) => {
    expect(isRead(`2024-01-01T${two(hour)}:${two(minute)}:${two(second)}Z`))
      .toBe(hour < 24 && minute < 60 && second < 60)
  })

  it.prop(
    "writes RFC 3339 in UTC with three fractional digits, and reads it as the same moment",
    [Timestamp],
    ([at]) => {
      const text = encode(at)
      expect(text).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
      expect(new Date(text).getTime()).toBe(at.epochMillis)
      expect(decode(text).epochMillis).toBe(at.epochMillis)
    }
  )

  it("generates times of all years", () => {
    const years = FastCheck.sample(Arbitrary.make(Timestamp), { numRuns: 200, seed: 1 }).map(
      DateTime.getPartUtc("year")
    )
    expect(years.some((year) => year < 1970)).toBe(true)
    expect(years.some((year) => year > 2500)).toBe(true)
    expect(Math.min(...years)).toBeGreaterThanOrEqual(1)
    expect(Math.max(...years)).toBeLessThanOrEqual(9999)
  })

  it("refuses to encode a time outside the years 1 to 9999", () => {
    const text = "Expected a time in the years 1 to 9999"
    const first = Date.parse("0001-01-01T00:00:00Z")
    const last = Date.parse("9999-12-31T23:59:59.999Z")
    expect(unwritable(Timestamp, DateTime.unsafeMake(first))).toEqual([])
    expect(unwritable(Timestamp, DateTime.unsafeMake(first - 1))).toEqual([text])
    expect(unwritable(Timestamp, DateTime.unsafeMake(last))).toEqual([])
    expect(unwritable(Timestamp, DateTime.unsafeMake(last + 1))).toEqual([text])
    expect(unwritable(Timestamp, "2019-12-27T18:11:19.117Z")).toEqual([text])
    expect(unwritable(Timestamp, new Date(0))).toEqual([text])
  })
})
