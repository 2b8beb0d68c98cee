import type { WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
import type { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { CursorTrail } from "./cursorTrail.js"
import type { Query } from "./request.js"

/** Follows the cursors from page to page. A page fails if `refuse` returns something. */
export const pages = <E>(
  fetch: (query: Query, refuse: CursorTrail["refuse"]) => Effect.Effect<WorkspaceSecretPage, E>,
  first: Query,
  prefetch: number
): Stream.Stream<WorkspaceSecret, E> =>
  Stream.suspend(() => {
    const trail = new CursorTrail(first["cursor"])
    const pages = Stream.paginate(first, (query) =>
      Effect.map(fetch(query, trail.refuse), (page) => {
        trail.follow(page)
        const { items, pagination: { nextCursor } } = page
        return [
          [items],
          nextCursor === undefined ? Option.none() : Option.some<Query>({ ...query, cursor: nextCursor })
        ] as const
      }))
    // The queue holds `prefetch` pages, and one more page waits for its place.
    const ahead = prefetch > 0 ? Stream.buffer(pages, { capacity: prefetch }) : pages
    return Stream.flatMap(ahead, Stream.fromIterable)
  })
