/** Follows the requests of the server: with server-sent events, or with polling if a proxy holds those back. */
import { signal } from "@preact/signals"
import { CallError, control, stream } from "./Control.js"
import { makeReader } from "./EventStream.js"
import type { RequestPage, RequestSummary } from "./Wire.js"

/** The maximum number of requests in the page. */
export const capacity = 5000

/** The last requests, and counts of the others. */
export class Log {
  /** Oldest first. */
  #rows: ReadonlyArray<RequestSummary> = []
  #next = 0
  #dropped = 0
  #missed = 0
  readonly #last = new Map<string, number>()

  get rows(): ReadonlyArray<RequestSummary> {
    return this.#rows
  }

  /** The number to continue from. */
  get next(): number {
    return this.#next
  }

  /** How many requests the journals have dropped. */
  get dropped(): number {
    return this.#dropped
  }

  /** How many requests ended between two pages and are in neither. */
  get missed(): number {
    return this.#missed
  }

  /** Adds a page. */
  add({ dropped, next, requests }: RequestPage): void {
    for (const { sequence, tenant = "" } of requests) {
      const last = this.#last.get(tenant)
      // A reset starts counting again.
      this.#missed += last === undefined || sequence <= last ? 0 : sequence - last - 1
      this.#last.set(tenant, sequence)
    }
    // A restarted server counts from 1.
    this.#rows = [...(next < this.#next ? [] : this.#rows), ...requests].slice(-capacity)
    this.#next = next
    this.#dropped = dropped
  }

  /** Drops the requests so far. */
  clear(): void {
    this.#rows = []
    this.#missed = 0
  }
}

/** Measures requests per second over the last two seconds. */
export class Rate {
  #counts: ReadonlyArray<{ readonly at: number; readonly count: number }> = []

  add(count: number, at: number): void {
    this.#counts = [...this.#counts, { at, count }].filter((each) => at - each.at < 2000)
  }

  perSecond(at: number): number {
    return this.#counts.reduce((sum, each) => at - each.at < 2000 ? sum + each.count : sum, 0) / 2
  }
}

export type Transport = "connecting" | "events" | "polling" | "lost"

export const log = new Log()
export const transport = signal<Transport>("connecting")
/** Counts the pages received. The log itself is not a signal, because most pages change nothing in view. */
export const version = signal(0)
export const perSecond = signal(0)
/** The number of the last request, updated at most once a second. Panes reload when it changes. */
export const settled = signal(0)

const rate = new Rate()
let settledAt = 0

const take = (page: RequestPage, isFirst: boolean): void => {
  const before = log.next
  const now = performance.now()
  log.add(page)
  rate.add(isFirst ? 0 : page.requests.length, now)
  perSecond.value = Math.round(rate.perSecond(now))
  if (page.next !== settled.value && now - settledAt >= 1000) {
    settledAt = now
    settled.value = page.next
  }
  if (isFirst || page.requests.length > 0 || before !== page.next) {
    version.value++
  }
}

const isRefused = (error: unknown): boolean =>
  error instanceof CallError && (error.status === 401 || error.status === 403)

const pause = (millis: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener("abort", end)
      resolve()
    }
    const timer = setTimeout(end, millis)
    signal.addEventListener("abort", end)
  })

/** How long to wait for the first event, which the server sends at once. A proxy that delays it longer delays all events. */
const patience = 2000

const pollMillis = 500

const listen = async (signal: AbortSignal): Promise<boolean> => {
  const own = new AbortController()
  const abort = () => own.abort()
  signal.addEventListener("abort", abort, { once: true })
  const timer = setTimeout(abort, patience)
  let isFirst = true
  try {
    const response = await stream(`/requests/stream?after=${log.next}`, own.signal)
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    const read = makeReader()
    for (;;) {
      const { done, value } = await reader?.read() ?? { done: true, value: undefined }
      if (done || value === undefined) {
        return !isFirst
      }
      for (const event of read(value)) {
        clearTimeout(timer)
        transport.value = "events"
        take(JSON.parse(event) as RequestPage, isFirst && log.next === 0)
        isFirst = false
      }
    }
  } catch (error) {
    if (isRefused(error)) {
      throw error
    }
    return !isFirst
  } finally {
    clearTimeout(timer)
    own.abort()
    signal.removeEventListener("abort", abort)
  }
}

const poll = async (signal: AbortSignal): Promise<void> => {
  const page = await control<RequestPage>("GET", `/requests?after=${log.next}`, undefined, signal)
  take(page, log.next === 0)
  transport.value = "polling"
}

/** Follows the requests until the signal aborts, or the server denies access. */
export const follow = async (signal: AbortSignal): Promise<void> => {
  let eventsPass = true
  while (!signal.aborted) {
    try {
      if (eventsPass) {
        eventsPass = await listen(signal)
        // The stream worked and ended: the server was stopped, and may come back.
        if (eventsPass) {
          transport.value = "lost"
          await pause(1000, signal)
        }
      } else {
        await poll(signal)
        await pause(pollMillis, signal)
      }
    } catch (error) {
      if (signal.aborted || isRefused(error)) {
        return
      }
      transport.value = "lost"
      eventsPass = true
      await pause(1000, signal)
    }
  }
}
