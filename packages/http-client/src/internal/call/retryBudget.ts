import type { BudgetSettings } from "../options/callSettings.js"

/** The token bucket of a client's retries. */
export class Budget {
  private tokens: number
  private since: bigint | undefined

  constructor(private readonly settings: BudgetSettings) {
    this.tokens = settings.capacity
  }

  /** Adds the tokens of a new call. */
  deposit(): void {
    this.tokens = Math.min(this.settings.capacity, this.tokens + this.settings.ratio)
  }

  /** Takes a token for a retry. Returns `false` if none is left. `now` is in nanoseconds. */
  withdraw(now: bigint): boolean {
    // A clock may step back; and 0 seconds add no tokens, even if `perSecond` is Infinity.
    const seconds = this.since === undefined ? 0 : Math.max(0, Number(now - this.since) / 1e9)
    this.since = now
    const earned = seconds === 0 ? 0 : seconds * this.settings.perSecond
    this.tokens = Math.min(this.settings.capacity, this.tokens + earned)
    // In floating point, ten times 0.1 is slightly less than 1.
    if (this.tokens < 1 - 1e-9) {
      return false
    }
    this.tokens -= 1
    return true
  }
}
