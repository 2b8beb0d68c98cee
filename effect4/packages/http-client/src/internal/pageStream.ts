import type { WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
import type { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Query } from "./request.js"

/** All secrets, page by page, by the cursors that lead from one page to the next, none twice. */
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
    // A queue holds what was fetched, and one more page waits for its place there.
    const ahead = prefetch > 0 ? Stream.buffer(pages, { capacity: prefetch }) : pages
    return Stream.flatMap(ahead, Stream.fromIterable)
  })
