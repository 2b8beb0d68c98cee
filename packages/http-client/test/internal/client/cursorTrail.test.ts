import { Cursor, WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { expect, it } from "vitest"
import { CursorTrail } from "../../../src/internal/client/cursorTrail.js"

const pageWith = (cursor: string) =>
  new WorkspaceSecretPage({ items: [], pagination: { nextCursor: Cursor.make(cursor) } }, true)

it("remembers the newest cursors of up to 1 MiB together", () => {
  const trail = new CursorTrail("first")
  const cursors = Array.from({ length: 17 }, (_, index) => String(index).padStart(64 * 1024, "x"))
  for (const cursor of cursors) {
    expect(trail.refuse(pageWith(cursor))).toBeUndefined()
    trail.follow(pageWith(cursor))
  }
  const known = ["first", ...cursors].map((cursor) => trail.refuse(pageWith(cursor)) !== undefined)
  expect(known).toEqual([false, false, ...Array<boolean>(16).fill(true)])
})
