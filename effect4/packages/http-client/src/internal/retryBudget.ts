import type { BudgetSettings } from "./callSettings.js"

/** The token bucket of a client's retries. */
export class Budget {
  private tokens: number
  private since = 0n

  constructor(private readonly settings: BudgetSettings) {
    this.tokens = settings.capacity
  }

  /** Adds the tokens of a new call. */
  deposit(): void {
    this.tokens = Math.min(this.settings.capacity, this.tokens + this.settings.ratio)
  }

  /** Takes a token for a retry. Returns `false` if none is left. `now` is in nanoseconds. */
  withdraw(now: bigint): boolean {
    const seconds = this.since === 0n ? 0 : Number(now - this.since) / 1e9
    this.since = now
    this.tokens = Math.min(this.settings.capacity, this.tokens + seconds * this.settings.perSecond)
    // In floating point, ten times 0.1 is slightly less than 1.
    if (this.tokens < 1 - 1e-9) {
      return false
    }
    this.tokens -= 1
    return true
  }
}
