/**
 * Cursors of a list: keyset positions, valid only for the filters and the order that they were issued for (WIRE.md, List).
 *
 * @since 0.1.0
 */
import type { Cursor } from "@workspace-secrets/core/ListWorkspaceSecrets"
import { Cursor as CursorSchema } from "@workspace-secrets/core/ListWorkspaceSecrets"
import * as Option from "effect/Option"
import { createHash } from "node:crypto"
import type { Position } from "./WorkspaceSecretStore.js"

/**
 * Encodes the position of a page's last item. `scope` is what the cursor is valid for: workspace, filters, order.
 *
 * @since 0.1.0
 * @category constructors
 */
export const encode = (position: Position, scope: string): Cursor =>
  CursorSchema.make(
    Buffer.from(JSON.stringify([position.createdAt, position.id, seal(position, scope)])).toString("base64url")
  )

/**
 * Decodes a cursor. `None` if it is malformed or was issued for another scope; the hash in it shows both.
 *
 * @since 0.1.0
 * @category parsing
 */
export const decode = (cursor: Cursor, scope: string): Option.Option<Position> => {
  const position = parse(Buffer.from(cursor, "base64url").toString("utf8"))
  // Buffer ignores characters that are not base64url, so the position must encode to the same cursor.
  return Option.filter(position, (found) => encode(found, scope) === cursor)
}

const parse = (json: string): Option.Option<Position> => {
  try {
    const parts: unknown = JSON.parse(json)
    return Array.isArray(parts) && typeof parts[0] === "number" && typeof parts[1] === "string"
      ? Option.some({ createdAt: parts[0], id: parts[1] })
      : Option.none()
  } catch {
    // Not JSON: a malformed cursor.
    return Option.none()
  }
}

const seal = (position: Position, scope: string): string =>
  createHash("sha256").update(JSON.stringify([position.createdAt, position.id, scope])).digest("base64url").slice(0, 22)
