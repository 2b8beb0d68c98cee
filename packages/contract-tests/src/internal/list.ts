import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as A from "./answer.js"
import type { Api } from "./api.js"
import { type ExpectationFailed, fail } from "./expect.js"
import type { World } from "./wire.js"

/** The parameters of a list. */
export type Query = Readonly<Record<string, string>>

/** The names of a page's items without their common prefix, in lower case. */
export const namesOf = ({ mine }: Pick<World, "mine">, items: ReadonlyArray<A.Json>): ReadonlyArray<string> =>
  items.map((item) => String(A.at(item, "metadata")["name"]).replace(`${mine.prefix}-`, "").toLowerCase())

/** All items of a list, from at most `pages` pages. */
export const listAll = (
  api: Api,
  query: Query,
  pages = 20
): Effect.Effect<ReadonlyArray<A.Json>, ExpectationFailed, Scope.Scope> =>
  Effect.gen(function*() {
    const items: Array<A.Json> = []
    let cursor: string | undefined
    for (let i = 0; i < pages; i++) {
      const page = yield* Effect.flatMap(api.list(cursor === undefined ? query : { ...query, cursor }), A.page)
      items.push(...page.items)
      cursor = page.nextCursor
      if (cursor === undefined) {
        return items
      }
    }
    return yield* fail(`GET ${api.collection}: expected an end after ${pages} pages, got another nextCursor`)
  })

/** The first page of a list, and the cursor of the next page. */
export const firstPage = (
  { api }: Pick<World, "api">,
  query: Query
): Effect.Effect<
  { readonly items: ReadonlyArray<A.Json>; readonly cursor: string },
  ExpectationFailed,
  Scope.Scope
> =>
  Effect.gen(function*() {
    const answer = yield* api.list(query)
    const { items, nextCursor } = yield* A.page(answer)
    return nextCursor === undefined
      ? yield* fail(`${answer.request}: expected a nextCursor, got none after ${items.length} items`)
      : { items, cursor: nextCursor }
  })
