/** The clock of a world, which sets the times of its secrets, ids and responses. */
import { useEffect, useState } from "preact/hooks"
import { control, worldPath } from "../Control.js"
import { settled } from "../Live.js"
import { act } from "../Parts.js"
import type { Clock } from "../Wire.js"

const words = {
  real: "Real: it goes with the time of the server.",
  fixed: "Frozen: every request has this time.",
  stepping: "Stepping: each request is one step later."
} as const

/** The time of a clock. A real clock is the one of this machine plus the world's offset. */
const momentOf = ({ at, offsetMillis = 0, type }: Clock, now: number): string =>
  type === "real" || at === undefined ? new Date(now + offsetMillis).toISOString() : at

const steps: ReadonlyArray<readonly [string, number]> = [
  ["1 second", 1000],
  ["1 minute", 60_000],
  ["1 hour", 3_600_000],
  ["1 day", 86_400_000]
]

export const TimePane = ({ world }: { readonly world: string }) => {
  const [clock, setClock] = useState<Clock | undefined>(undefined)
  const [now, setNow] = useState(Date.now())
  const [at, setAt] = useState("")
  const [step, setStep] = useState("1000")
  const path = worldPath(world, "/clock")
  const read = () =>
    act(async () => {
      setClock(await control<Clock>("GET", path))
      return undefined
    })
  useEffect(() => {
    void read()
  }, [world, settled.value])
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [])
  const change = (action: () => Promise<unknown>, done: string) =>
    act(async () => {
      await action()
      await read()
      return done
    })
  const set = (to: Clock, done: string) => change(() => control("PUT", path, to), done)
  if (clock === undefined) {
    return (
      <div class="bar">
        <h1>Time</h1>
      </div>
    )
  }
  const moment = momentOf(clock, now)
  const chosen = at === "" ? moment : at
  const { offsetMillis = 0 } = clock
  return (
    <>
      <div class="bar">
        <h1>Time</h1>
      </div>
      <div class="scroll">
        <section class="panel clock">
          <p class="moment">
            <time dateTime={moment}>{moment.slice(0, 19).replace("T", " ")}</time> <span class="soft">UTC</span>
          </p>
          <p class="soft">
            {words[clock.type]}
            {clock.stepMillis === undefined ? "" : ` A step is ${clock.stepMillis} ms.`}
            {offsetMillis === 0 ? "" : ` It is ${offsetMillis} ms ahead.`}
          </p>
          <div class="actions">
            <button
              type="button"
              aria-pressed={clock.type === "fixed"}
              onClick={() => void set({ type: "fixed", at: moment }, "Clock frozen")}
            >
              Freeze
            </button>
            <button
              type="button"
              aria-pressed={clock.type === "real" && offsetMillis === 0}
              onClick={() => void set({ type: "real" }, "Clock real")}
            >
              Real time
            </button>
          </div>
          <h2>Advance</h2>
          <div class="actions">
            {steps.map(([title, millis]) => (
              <button
                type="button"
                key={title}
                onClick={() =>
                  void change(() => control("POST", `${path}/advance`, { millis }), `Clock advanced by ${title}`)}
              >
                {title}
              </button>
            ))}
          </div>
          <h2>Set</h2>
          <form
            onSubmit={(event) => {
              event.preventDefault()
              const isStepping = event.submitter?.getAttribute("value") === "stepping"
              void set(
                isStepping
                  ? { type: "stepping", at: chosen, stepMillis: Number(step) }
                  : { type: "fixed", at: chosen },
                isStepping ? "Clock stepping" : "Clock set"
              )
            }}
          >
            <label>
              <span>Moment</span>
              <input
                value={at}
                placeholder={moment}
                spellcheck={false}
                onInput={(event) => setAt(event.currentTarget.value)}
              />
            </label>
            <label>
              <span>Step in milliseconds</span>
              <input
                type="number"
                min={0}
                value={step}
                onInput={(event) => setStep(event.currentTarget.value)}
              />
            </label>
            <div class="actions">
              <button type="submit" value="fixed">Freeze there</button>
              <button type="submit" value="stepping">Step from there</button>
            </div>
          </form>
        </section>
      </div>
    </>
  )
}
