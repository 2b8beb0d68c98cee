import type { Seen } from "../../src/internal/witness/rules.js"

/** A judge that fails, and quotes all that it has seen. */
export const judgeAll = (seen: Seen): never => {
  throw new Error(JSON.stringify([seen, [...seen.requestHeaders], process.env["DEFECT"]]))
}
