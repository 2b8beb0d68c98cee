import type { Seen } from "../../src/internal/witness/rules.js"

/** A judge that fails and quotes everything. */
export const judgeAll = (seen: Seen): never => {
  throw new Error(JSON.stringify([seen, [...seen.requestHeaders], process.env["DEFECT"]]))
}
