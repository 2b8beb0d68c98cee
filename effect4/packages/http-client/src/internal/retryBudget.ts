import type { BudgetSettings } from "./callSettings.js"

/** The tokens that the retries of a client are paid with. */
export class Budget {
  private tokens: number
  private since = 0n

  constructor(private readonly settings: BudgetSettings) {
    this.tokens = settings.capacity
  }

  /** A call began. */
  deposit(): void {
    this.tokens = Math.min(this.settings.capacity, this.tokens + this.settings.ratio)
  }

  /** Takes a token for a retry, if there is one; `now` is in nanoseconds. */
  withdraw(now: bigint): boolean {
    const seconds = this.since === 0n ? 0 : Number(now - this.since) / 1e9
    this.since = now
    this.tokens = Math.min(this.settings.capacity, this.tokens + seconds * this.settings.perSecond)
    // The sum of ten tenths is a little less than one.
    if (this.tokens < 1 - 1e-9) {
      return false
    }
    this.tokens -= 1
    return true
  }
}
