import type { WorkspaceSecretPage } from "@workspace-secrets/core/ListWorkspaceSecrets"
import type { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Channel from "effect/Channel"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Query } from "../wire/request.js"
import { CursorTrail } from "./cursorTrail.js"

type Page = readonly [items: Chunk.Chunk<WorkspaceSecret>, next: Option.Option<Query>]

/** Fetches a page, which fails if `refuse` returns something. */
type Fetch<E> = (query: Query, refuse: CursorTrail["refuse"]) => Effect.Effect<WorkspaceSecretPage, E>

/** Follows the cursors from page to page. */
const walk = <E>(fetch: Fetch<E>, first: Query) => {
  const trail = new CursorTrail(first.cursor)
  return (query: Query): Effect.Effect<Page, E> =>
    Effect.map(fetch(query, trail.refuse), (page) => {
      trail.follow(page)
      const { items, pagination: { nextCursor } } = page
      return [
        Chunk.unsafeFromArray(items),
        nextCursor === undefined ? Option.none() : Option.some({ ...query, cursor: nextCursor })
      ]
    })
}

/** Fetches up to `prefetch` pages in advance. */
const ahead = <E>(step: (query: Query) => Effect.Effect<Page, E>, first: Query, prefetch: number) =>
  Effect.gen(function*() {
    const pages: Array<Exit.Exit<Page, E>> = []
    const fetched = yield* Effect.makeSemaphore(0)
    const wanted = yield* Effect.makeSemaphore(prefetch)
    const fetchOn = (query: Query): Effect.Effect<void> =>
      Effect.flatMap(Effect.exit(step(query)), (exit) => {
        pages.push(exit)
        return Effect.zipRight(
          fetched.release(1),
          Exit.isSuccess(exit) && Option.isSome(exit.value[1])
            ? Effect.zipRight(wanted.take(1), fetchOn(exit.value[1].value))
            : Effect.void
        )
      })
    yield* Effect.forkScoped(fetchOn(first))
    const next = Effect.flatMap(fetched.take(1), () => pages.shift() ?? Effect.never)
    return paginate(next, (page) =>
      Effect.map(page, ([items, onwards]) => [
        items,
        Option.map(onwards, () => Effect.zipRight(wanted.release(1), next))
      ]))
  })

// Not paginateChunkEffect and unwrapScoped of Stream: they would add a tenth to the client's bundle.

const paginate = <S, A, E>(
  first: S,
  step: (state: S) => Effect.Effect<readonly [Chunk.Chunk<A>, Option.Option<S>], E>
): Stream.Stream<A, E> =>
  Stream.unfoldChunkEffect(Option.some(first), (state) => Effect.transposeMapOption(state, step))

const unwrapScoped = <A, E>(stream: Effect.Effect<Stream.Stream<A, E>, never, Scope.Scope>): Stream.Stream<A, E> =>
  Stream.fromChannel(Channel.unwrapScoped(Effect.map(stream, Stream.toChannel)))

export const pages = <E>(
  fetch: Fetch<E>,
  first: Query,
  prefetch: number
): Stream.Stream<WorkspaceSecret, E> =>
  Stream.suspend(() => {
    const step = walk(fetch, first)
    return prefetch > 0 ? unwrapScoped(ahead(step, first, prefetch)) : paginate(first, step)
  })
