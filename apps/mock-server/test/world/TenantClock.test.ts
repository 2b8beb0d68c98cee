import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import { type ClockOptions, ClockSetting, fromOptions, maxMillis, TenantClock } from "../../src/world/TenantClock.js"
import { described } from "../described.js"

const year = "2026-01-01T00:00:00.000Z"
const at = DateTime.unsafeMake(year)
const moment =
  "Expected a moment from 1970-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z, such as 2026-01-01T00:00:00.000Z"
const step = "Expected a whole number of milliseconds that is not negative"

const { name, problems, takes } = described(ClockSetting)

describe("the setting of a clock", () => {
  it.each<readonly [unknown]>([
    [{ type: "real" }],
    [{ type: "real", offsetMillis: -7 }],
    [{ type: "fixed", at: year }],
    [{ type: "fixed", at: "1970-01-01T00:00:00Z" }],
    [{ type: "fixed", at: "9999-12-31T23:59:59.999Z" }],
    [{ type: "stepping", at: year, stepMillis: 0 }],
    [{ type: "stepping", at: year, stepMillis: maxMillis }]
  ])("is valid: %j", (setting) => {
    expect(problems(setting)).toEqual([])
  })

  it.each<readonly [unknown, ReadonlyArray<string>]>([
    [7, ["Expected an object (ClockSetting)"]],
    [{}, ["type: Required, and missing"]],
    [{ type: "slow" }, ["type: Expected real, fixed or stepping"]],
    [{ type: "fixed" }, ["at: Required for a fixed clock"]],
    [{ type: "stepping" }, ["at: Required for a stepping clock", "stepMillis: Required for a stepping clock"]],
    [{ type: "real", at: year, stepMillis: 1 }, [
      "at: Not allowed for a real clock",
      "stepMillis: Only allowed for a stepping clock"
    ]],
    [{ type: "fixed", at: year, stepMillis: 1, offsetMillis: 1 }, [
      "stepMillis: Only allowed for a stepping clock",
      "offsetMillis: Only allowed for a real clock"
    ]],
    [{ type: "stepping", at: year, stepMillis: 1, offsetMillis: 0 }, ["offsetMillis: Only allowed for a real clock"]],
    [{ type: "fixed", at: "1969-12-31T23:59:59.999Z" }, [`at: ${moment}`]],
    [{ type: "fixed", at: 7 }, [`at: ${moment}`]],
    [{ type: "stepping", at: year, stepMillis: -1 }, [`stepMillis: ${step}`]],
    [{ type: "stepping", at: year, stepMillis: 0.5 }, [`stepMillis: ${step}`]],
    [{ type: "stepping", at: year, stepMillis: maxMillis + 1 }, [`stepMillis: ${step}`]],
    [{ type: "real", offsetMillis: 0.5 }, ["offsetMillis: Expected a whole number of milliseconds"]],
    [{ type: "real", offset: 1 }, ["offset: Unexpected"]]
  ])("is rejected with all problems: %j", (setting, expected) => {
    expect(problems(setting)).toEqual(expected)
  })

  it("is described as it is parsed", () => {
    expect([name, String(ClockSetting.ast)]).toEqual(["ClockSetting", "ClockSetting"])
    for (const right of [{ type: "real", offsetMillis: -1 }, { type: "stepping", at: year, stepMillis: 7 }]) {
      expect(takes(right)).toEqual({ read: true, described: true })
    }
    for (
      const wrong of [
        { type: "slow" },
        { type: "real", offsetMillis: 0.5 },
        { type: "stepping", at: year, stepMillis: 0.5 },
        { type: "stepping", at: year, stepMillis: -1 },
        { type: "fixed", at: 7 }
      ]
    ) {
      expect(takes(wrong)).toEqual({ read: false, described: false })
    }
  })
})

describe("fromOptions", () => {
  it.each<readonly [string, ClockOptions, ClockSetting]>([
    ["a text", { type: "fixed", at: year }, { type: "fixed", at }],
    ["a Date", { type: "fixed", at: new Date(year) }, { type: "fixed", at }],
    ["milliseconds", { type: "fixed", at: at.epochMillis }, { type: "fixed", at }],
    ["the epoch", { type: "fixed", at: 0 }, { type: "fixed", at: DateTime.unsafeMake(0) }],
    ["a DateTime", { type: "stepping", at, stepMillis: 5 }, { type: "stepping", at, stepMillis: 5 }],
    [
      "a DateTime of another zone",
      { type: "fixed", at: DateTime.unsafeMakeZoned(year, { timeZone: "Asia/Tokyo" }) },
      { type: "fixed", at }
    ],
    ["no moment", { type: "real", offsetMillis: 5 }, { type: "real", offsetMillis: 5 }]
  ])("accepts %s", (_, options, setting) => {
    expect(fromOptions(options)).toEqual(Either.right(setting))
  })

  it.each<readonly [unknown, ReadonlyArray<string>]>([
    [{ type: "fixed", at: "tomorrow" }, [`at: ${moment}`]],
    [{ type: "fixed", at: NaN }, [`at: ${moment}`]],
    [{ type: "fixed", at: -1 }, [`at: ${moment}`]],
    [{ type: "fixed", at: maxMillis + 1 }, [`at: ${moment}`]],
    [{ type: "fixed" }, ["at: Required for a fixed clock"]],
    [{ type: "real", at: year }, ["at: Not allowed for a real clock"]],
    [{ type: "stepping", at: year, stepMillis: -1, extra: 1 }, [`stepMillis: ${step}`, "extra: Unexpected"]]
  ])("reports the problems of %j", (options, expected) => {
    expect(Either.map(Either.flip(fromOptions(options as ClockOptions)), (lines) => [...lines].sort())).toEqual(
      Either.right([...expected].sort())
    )
  })
})

/** A process clock that the test sets. */
const processAt = (millis: number) => {
  const process = { millis, clock: {} as Clock.Clock }
  process.clock = { ...Clock.make(), unsafeCurrentTimeMillis: () => process.millis }
  return process
}

describe("a clock", () => {
  it("that is real follows the process, with a positive or negative offset", () => {
    const process = processAt(1000)
    const clock = new TenantClock(process.clock)
    expect([clock.now, clock.tick(), clock.setting]).toEqual([1000, 1000, { type: "real" }])
    process.millis = 2000
    expect(clock.now).toBe(2000)
    clock.set({ type: "real", offsetMillis: -500 })
    expect([clock.now, clock.setting]).toEqual([1500, { type: "real", offsetMillis: -500 }])
    expect(clock.advance(Duration.seconds(1))).toBe(true)
    process.millis = 3000
    expect([clock.now, clock.setting]).toEqual([3500, { type: "real", offsetMillis: 500 }])
    clock.set({ type: "real" })
    expect(clock.now).toBe(3000)
  })

  it("that is fixed stays until it is advanced", () => {
    const process = processAt(1000)
    const clock = new TenantClock(process.clock, { type: "fixed", at })
    process.millis = 2000
    expect([clock.tick(), clock.tick(), clock.now]).toEqual([at.epochMillis, at.epochMillis, at.epochMillis])
    expect(clock.setting).toEqual({ type: "fixed", at })
    expect(clock.advance(Duration.millis(1500))).toBe(true)
    expect(clock.now).toBe(at.epochMillis + 1500)
    clock.set({ type: "fixed", at: DateTime.unsafeMake(0) })
    expect([clock.now, clock.setting]).toEqual([0, { type: "fixed", at: DateTime.unsafeMake(0) }])
  })

  it("that steps starts at its time, and advances with each further request", () => {
    const setting = { type: "stepping", at, stepMillis: 10 } as const
    const clock = new TenantClock(processAt(0).clock, setting)
    const since = () => clock.now - at.epochMillis
    expect([clock.now, clock.setting]).toEqual([at.epochMillis, setting])
    expect([clock.tick(), clock.tick(), clock.tick()].map((millis) => millis - at.epochMillis)).toEqual([0, 10, 20])
    expect(since()).toBe(20)
    // The setting is for the next request.
    const next = { ...setting, at: DateTime.unsafeMake(at.epochMillis + 30) }
    expect(clock.setting).toEqual(next)
    const other = new TenantClock(processAt(0).clock, clock.setting)
    expect(other.tick()).toBe(clock.tick())
    expect(clock.advance(Duration.millis(5))).toBe(true)
    expect(since()).toBe(35)
    clock.tick()
    expect(since()).toBe(45)
    clock.set(setting)
    expect([clock.tick() - at.epochMillis, clock.tick() - at.epochMillis]).toEqual([0, 10])
  })

  it("knows whether it is real without an offset", () => {
    const clock = new TenantClock(processAt(1000).clock)
    const settings: ReadonlyArray<ClockSetting> = [
      { type: "real", offsetMillis: 1 },
      { type: "real", offsetMillis: 0 },
      { type: "fixed", at },
      { type: "stepping", at, stepMillis: 10 }
    ]
    expect(clock.isReal).toBe(true)
    expect(settings.map((setting) => {
      clock.set(setting)
      return clock.isReal
    })).toEqual([false, true, false, false])
  })

  it("stops at the end of the year 9999", () => {
    const last = DateTime.unsafeMake(maxMillis)
    const clock = new TenantClock(processAt(0).clock, { type: "stepping", at: last, stepMillis: 10 })
    expect([clock.tick(), clock.tick()]).toEqual([maxMillis, maxMillis])
    expect(clock.setting).toEqual({ type: "stepping", at: last, stepMillis: 10 })
    expect(clock.advance(Duration.millis(1))).toBe(false)
    expect(clock.advance(Duration.infinity)).toBe(false)
    expect(clock.now).toBe(maxMillis)
    const almost = new TenantClock(processAt(maxMillis - 1).clock)
    expect(almost.advance(Duration.millis(2))).toBe(false)
    expect(almost.setting).toEqual({ type: "real" })
    expect([almost.advance(Duration.millis(1)), almost.now]).toEqual([true, maxMillis])
  })

  it("that is real rejects an offset that leads out of range", () => {
    const clock = new TenantClock(processAt(1000).clock)
    const problem = `offsetMillis: ${moment.replace("Expected", "Expected an offset so that the clock shows")}`
    for (const offsetMillis of [-1001, maxMillis - 999, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
      expect(clock.problemsOf({ type: "real", offsetMillis })).toEqual([problem])
    }
    for (const offsetMillis of [-1000, 0, maxMillis - 1000]) {
      expect(clock.problemsOf({ type: "real", offsetMillis })).toEqual([])
    }
    expect(clock.problemsOf({ type: "fixed", at: DateTime.unsafeMake(maxMillis) })).toEqual([])
  })

  it("stays in range in whole milliseconds, whatever the process shows", () => {
    const process = processAt(1.7)
    const clock = new TenantClock(process.clock)
    expect(clock.now).toBe(1)
    process.millis = -5
    expect(clock.now).toBe(0)
    process.millis = maxMillis + 7
    expect(clock.tick()).toBe(maxMillis)
    process.millis = 1e300
    expect(clock.now).toBe(maxMillis)
  })

  it("advances by whole milliseconds", () => {
    const clock = new TenantClock(processAt(0).clock, { type: "fixed", at })
    clock.advance(Duration.micros(1600n))
    expect(clock.now - at.epochMillis).toBe(2)
  })

  it("formats a Date header for any time, whatever it formatted before", () => {
    const clock = new TenantClock(processAt(0).clock)
    expect([0, 999, 1000, 1001, at.epochMillis, at.epochMillis + 999, 0].map((millis) => clock.httpDate(millis)))
      .toEqual([
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Thu, 01 Jan 1970 00:00:01 GMT",
        "Thu, 01 Jan 1970 00:00:01 GMT",
        "Thu, 01 Jan 2026 00:00:00 GMT",
        "Thu, 01 Jan 2026 00:00:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT"
      ])
  })
})
