/**
 * The timestamps of the API.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { expected, Text } from "./internal/schema.js"

const PATTERN = /^(\d{4})-(\d{2})-(\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/
const MIN = Date.parse("0001-01-01T00:00:00.000Z")
const MAX = Date.parse("9999-12-31T23:59:59.999Z")

const what = "a timestamp such as 2019-12-27T18:11:19.117Z (RFC 3339, UTC, 0 to 9 fractional digits)"

const parse = (text: string): Option.Option<DateTime.Utc> => {
  const match = PATTERN.exec(text)
  if (match === null) {
    return Option.none()
  }
  const year = Number(match[1])
  const month = Number(match[2])
  const day = Number(match[3])
  // Date.parse reads 30 February as 1 or 2 March.
  return year === 0 || day === 0 || day > daysIn(year, month)
    ? Option.none()
    : Option.some(DateTime.unsafeMake(Date.parse(text)))
}

const daysIn = (year: number, month: number): number =>
  month === 2 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0))
    ? 28
    : DAYS[month - 1] ?? 0

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const isInRange = (moment: DateTime.Utc): boolean => moment.epochMillis >= MIN && moment.epochMillis <= MAX

/**
 * A time in UTC with millisecond precision, in the years 1 to 9999. Decodes RFC 3339 with `Z` and 0 to 9 fractional
 * digits, and drops digits after the third. Encodes three digits (WIRE.md, Transport: Timestamps).
 *
 * @since 0.1.0
 * @category schemas
 */
export const Timestamp = Schema.transformOrFail(
  Text.annotations({ jsonSchema: { type: "string", format: "date-time" } }),
  Schema.DateTimeUtcFromSelf.pipe(
    Schema.filter(isInRange, {
      ...expected("a time in the years 1 to 9999"),
      arbitrary: () => (fc) => fc.integer({ min: MIN, max: MAX }).map((millis) => DateTime.unsafeMake(millis))
    })
  ),
  {
    strict: true,
    decode: (text, _, ast) =>
      Option.match(parse(text), {
        onNone: () => ParseResult.fail(new ParseResult.Type(ast, text, `Expected ${what}`)),
        onSome: ParseResult.succeed
      }),
    encode: (moment) => ParseResult.succeed(DateTime.formatIso(moment))
  }
).annotations({ identifier: "Timestamp" })

/**
 * @since 0.1.0
 * @category schemas
 */
export type Timestamp = typeof Timestamp.Type
