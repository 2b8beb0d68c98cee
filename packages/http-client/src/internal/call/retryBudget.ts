import type { BudgetSettings } from "../options/callSettings.js"

/** The tokens that the retries of a client are paid with. */
export class Budget {
  private tokens: number
  private since: bigint | undefined

  constructor(private readonly settings: BudgetSettings) {
    this.tokens = settings.capacity
  }

  /** A call began. */
  deposit(): void {
    this.tokens = Math.min(this.settings.capacity, this.tokens + this.settings.ratio)
  }

  /** Takes a token for a retry, if there is one; `now` is in nanoseconds. */
  withdraw(now: bigint): boolean {
    // A clock may step back, and no time at all brings nothing, be it times infinity.
    const seconds = this.since === undefined ? 0 : Math.max(0, Number(now - this.since) / 1e9)
    this.since = now
    const earned = seconds === 0 ? 0 : seconds * this.settings.perSecond
    this.tokens = Math.min(this.settings.capacity, this.tokens + earned)
    // The sum of ten tenths is a little less than one.
    if (this.tokens < 1 - 1e-9) {
      return false
    }
    this.tokens -= 1
    return true
  }
}
