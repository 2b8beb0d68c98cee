import * as Duration from "effect/Duration"

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

// The three date formats of RFC 9110, 5.6.7. `Date.parse` alone would read "1.5" as 5 January 2001.
const forms = [
  /^[A-Z][a-z]{2}, (?<day>\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]{5,8}, (?<day>\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/
]

const parseDate = (text: string, now: number): number => {
  const parts = forms.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined)
  if (parts === undefined) {
    return NaN
  }
  let year = Number(parts.year)
  if (year < 100) {
    // A two-digit year is in this century, unless it is more than 50 years in the future (RFC 9110, 5.6.7).
    const thisYear = new Date(now).getUTCFullYear()
    year += thisYear - thisYear % 100
    year -= year > thisYear + 50 ? 100 : 0
  }
  const month = String(months.indexOf(parts.month ?? "") + 1).padStart(2, "0")
  const day = (parts.day ?? "").replace(" ", "0")
  return Date.parse(`${String(year).padStart(4, "0")}-${month}-${day}T${parts.time}Z`)
}

/**
 * Parses `Retry-After`: seconds, or an HTTP date relative to `now` (milliseconds since the Unix epoch). A past date is
 * a delay of 0. Returns `undefined` for other values.
 */
export const parseRetryAfter = (header: string | undefined, now: number): Duration.Duration | undefined => {
  const text = header?.trim() ?? ""
  if (/^\d+$/.test(text)) {
    return Duration.seconds(Number(text))
  }
  const date = parseDate(text, now)
  return Number.isNaN(date) ? undefined : Duration.millis(Math.max(0, date - now))
}
