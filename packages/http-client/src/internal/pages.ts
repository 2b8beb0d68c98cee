import type { WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
import type { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { Query } from "./request.js"

type Page = readonly [items: Chunk.Chunk<WorkspaceSecret>, next: Option.Option<Query>]

/** Pages by the cursors that lead from one to the next, none twice. */
const walk = <E>(
  fetch: (query: Query, seen: ReadonlySet<string>) => Effect.Effect<WorkspaceSecretPage, E>,
  first: Query
) => {
  const seen = new Set(first.cursor === undefined ? [] : [first.cursor])
  return (query: Query): Effect.Effect<Page, E> =>
    Effect.map(fetch(query, seen), ({ items, pagination: { nextCursor } }) => {
      if (nextCursor === undefined) {
        return [Chunk.unsafeFromArray(items), Option.none()]
      }
      seen.add(nextCursor)
      return [Chunk.unsafeFromArray(items), Option.some({ ...query, cursor: nextCursor })]
    })
}

/** Fetches so many pages ahead of the one that is in use, and never more. */
const ahead = <E>(step: (query: Query) => Effect.Effect<Page, E>, first: Query, prefetch: number) =>
  Stream.unwrapScoped(Effect.gen(function*() {
    const fetched = yield* Queue.unbounded<Exit.Exit<Page, E>>()
    const permits = yield* Effect.makeSemaphore(prefetch)
    const fetchOn = (query: Query): Effect.Effect<void> =>
      Effect.flatMap(Effect.exit(step(query)), (exit) =>
        Effect.zipRight(
          Queue.offer(fetched, exit),
          Exit.isSuccess(exit) && Option.isSome(exit.value[1])
            ? Effect.zipRight(permits.take(1), fetchOn(exit.value[1].value))
            : Effect.void
        ))
    yield* Effect.forkScoped(fetchOn(first))
    const next = Effect.flatten(Queue.take(fetched))
    return Stream.paginateChunkEffect(next, (page) =>
      Effect.map(page, ([items, onwards]) => [
        items,
        Option.map(onwards, () => Effect.zipRight(permits.release(1), next))
      ]))
  }))

/** All secrets, page by page. */
export const pages = <E>(
  fetch: (query: Query, seen: ReadonlySet<string>) => Effect.Effect<WorkspaceSecretPage, E>,
  first: Query,
  prefetch: number
): Stream.Stream<WorkspaceSecret, E> =>
  Stream.suspend(() => {
    const step = walk(fetch, first)
    return prefetch > 0 ? ahead(step, first, prefetch) : Stream.paginateChunkEffect(first, step)
  })
