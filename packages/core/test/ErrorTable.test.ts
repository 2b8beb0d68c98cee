import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as ErrorTable from "../src/ErrorTable.js"

/** The table of WIRE.md: HTTP status, code, error tags, and whether a retry may help. */
const contract: ReadonlyArray<readonly [status: number, code: number, tags: ReadonlyArray<string>, retry: boolean]> = [
  [400, 3, ["InvalidArgument"], false],
  [400, 9, ["FailedPrecondition"], false],
  [401, 16, ["Unauthenticated"], false],
  [403, 7, ["PermissionDenied"], false],
  [404, 5, ["WorkspaceSecretNotFound", "ProfileNotFound", "NotFound"], false],
  [405, 12, ["Unimplemented"], false],
  [409, 6, ["WorkspaceSecretAlreadyExists", "ProfileAlreadyExists"], false],
  [409, 10, ["Aborted"], false],
  [413, 3, ["InvalidArgument"], false],
  [415, 3, ["InvalidArgument"], false],
  [429, 8, ["ResourceExhausted"], true],
  [499, 1, ["Cancelled"], false],
  [500, 13, ["Internal"], true],
  [500, 2, ["Internal"], true],
  [500, 15, ["Internal"], false],
  [501, 12, ["Unimplemented"], false],
  [503, 14, ["Unavailable"], true],
  [504, 4, ["DeadlineExceeded"], true]
]

const allTags = [...new Set(ErrorTable.rows.map((row) => row.tag))]

describe("rows", () => {
  it.each(contract)("has %i with code %i as %j", (status, code, tags, retry) => {
    const rows = ErrorTable.rows.filter((row) => row.status === status && row.code === code)
    expect(rows.map((row) => row.tag)).toEqual(tags)
    expect(rows.every((row) => row.isRetryable === retry)).toBe(true)
  })

  it("has no other row", () => {
    expect(ErrorTable.rows).toHaveLength(contract.reduce((sum, [, , tags]) => sum + tags.length, 0))
  })
})

describe("rowOf", () => {
  it.each(
    [
      ["InvalidArgument", 400, 3],
      ["FailedPrecondition", 400, 9],
      ["Unauthenticated", 401, 16],
      ["PermissionDenied", 403, 7],
      ["WorkspaceSecretNotFound", 404, 5],
      ["ProfileNotFound", 404, 5],
      ["NotFound", 404, 5],
      ["Unimplemented", 501, 12],
      ["WorkspaceSecretAlreadyExists", 409, 6],
      ["ProfileAlreadyExists", 409, 6],
      ["Aborted", 409, 10],
      ["ResourceExhausted", 429, 8],
      ["Cancelled", 499, 1],
      ["Internal", 500, 13],
      ["Unavailable", 503, 14],
      ["DeadlineExceeded", 504, 4]
    ] as const
  )("sends %s as %i with code %i", (tag, status, code) => {
    expect(ErrorTable.rowOf(tag)).toMatchObject({ tag, status, code })
  })
})

describe("find", () => {
  const find = (tags: ReadonlyArray<ErrorTable.Tag>, status: number, code: number) =>
    ErrorTable.find(tags, { status, code })?.tag

  it.each(contract)("finds %i with code %i among all tags, the first in the table", (status, code, tags) => {
    expect(find(allTags, status, code)).toBe(tags[0])
  })

  it.each(contract)("finds %i with code %i among its own tags only", (status, code, tags) => {
    for (const tag of allTags) {
      const found = ErrorTable.find([tag], { status, code })
      expect(found === undefined ? [] : [found.tag, found.code]).toEqual(tags.includes(tag) ? [tag, code] : [])
    }
  })

  it("selects among the tags of one status and code by the operation", () => {
    expect(find(["ProfileNotFound"], 404, 5)).toBe("ProfileNotFound")
    expect(find(["NotFound", "ProfileNotFound"], 404, 5)).toBe("ProfileNotFound")
    expect(find(["NotFound"], 404, 5)).toBe("NotFound")
    expect(find(["ProfileAlreadyExists"], 409, 6)).toBe("ProfileAlreadyExists")
  })

  it("uses the code if a proxy changed the status", () => {
    expect(find(allTags, 502, 5)).toBe("WorkspaceSecretNotFound")
    expect(find(allTags, 200, 14)).toBe("Unavailable")
    expect(find(allTags, 404, 16)).toBe("Unauthenticated")
    expect(find(allTags, 500, 8)).toBe("ResourceExhausted")
  })

  it("distinguishes rows of one status by code, and prefers the status if it matches", () => {
    expect(ErrorTable.find(allTags, { status: 413, code: 3 })?.status).toBe(413)
    expect(ErrorTable.find(allTags, { status: 405, code: 12 })?.status).toBe(405)
    expect(ErrorTable.find(allTags, { status: 500, code: 15 })?.isRetryable).toBe(false)
    expect(ErrorTable.find(allTags, { status: 500, code: 2 })?.isRetryable).toBe(true)
  })

  it("uses the status for a code without a row: unknown, OK, or OUT_OF_RANGE", () => {
    expect(find(allTags, 429, 99)).toBe("ResourceExhausted")
    expect(find(allTags, 503, 0)).toBe("Unavailable")
    expect(find(allTags, 400, 11)).toBe("InvalidArgument")
    expect(find(["NotFound", "Internal"], 404, -1)).toBe("NotFound")
  })

  it("finds nothing if the operation has no such error", () => {
    expect(find(allTags, 418, 99)).toBeUndefined()
    expect(find([], 404, 5)).toBeUndefined()
    expect(find(["Internal"], 404, 5)).toBeUndefined()
    expect(find(["Aborted"], 409, 6)).toBeUndefined()
  })

  it("returns one of the given tags", () => {
    expectTypeOf(ErrorTable.find(["NotFound", "Internal"], { status: 404, code: 5 })).toEqualTypeOf<
      (ErrorTable.Row & { readonly tag: "NotFound" | "Internal" }) | undefined
    >()
  })
})
