import type { WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
import type { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Query } from "./request.js"

/** Follows the cursors from page to page; a repeated cursor fails. */
export const pages = <E>(
  fetch: (query: Query, seen: ReadonlySet<string>) => Effect.Effect<WorkspaceSecretPage, E>,
  first: Query,
  prefetch: number
): Stream.Stream<WorkspaceSecret, E> =>
  Stream.suspend(() => {
    const seen = new Set(first["cursor"] === undefined ? [] : [first["cursor"]])
    const pages = Stream.paginate(first, (query) =>
      Effect.map(fetch(query, seen), ({ items, pagination: { nextCursor } }) => {
        if (nextCursor !== undefined) {
          seen.add(nextCursor)
        }
        return [
          [items],
          nextCursor === undefined ? Option.none() : Option.some<Query>({ ...query, cursor: nextCursor })
        ] as const
      }))
    // The queue holds `prefetch` pages, and one more page waits for its place.
    const ahead = prefetch > 0 ? Stream.buffer(pages, { capacity: prefetch }) : pages
    return Stream.flatMap(ahead, Stream.fromIterable)
  })
