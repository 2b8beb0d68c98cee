import type { WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"

/** The longest cursor that is followed. Servers and proxies refuse URLs of that length. */
const MAX_CURSOR = 64 * 1024

/** How many characters of cursors are remembered: some 10,000 cursors of usual length, and at least the newest 16. */
const MAX_SEEN = 1024 * 1024

/** How many pages without items may follow each other. */
const MAX_EMPTY = 1000

/** Follows the cursors of a stream, and refuses pages with which it would not end. */
export class CursorTrail {
  readonly #seen = new Set<string>()
  #size = 0
  #empty = 0

  constructor(first: string | undefined) {
    this.#remember(first)
  }

  /** Returns what is wrong with the cursor of a page, if something is. */
  readonly refuse = ({ items, pagination: { nextCursor } }: WorkspaceSecretPage): string | undefined =>
    nextCursor === undefined
      ? undefined
      : nextCursor.length > MAX_CURSOR
      ? `Expected at most ${MAX_CURSOR} characters`
      : this.#seen.has(nextCursor)
      ? "Expected a new cursor"
      : items.length === 0 && this.#empty >= MAX_EMPTY
      ? `Expected items after ${MAX_EMPTY} pages without any`
      : undefined

  follow({ items, pagination: { nextCursor } }: WorkspaceSecretPage): void {
    this.#empty = items.length === 0 ? this.#empty + 1 : 0
    this.#remember(nextCursor)
  }

  #remember(cursor: string | undefined): void {
    if (cursor === undefined) {
      return
    }
    this.#seen.add(cursor)
    this.#size += cursor.length
    for (const oldest of this.#seen) {
      if (this.#size <= MAX_SEEN) {
        return
      }
      this.#seen.delete(oldest)
      this.#size -= oldest.length
    }
  }
}
