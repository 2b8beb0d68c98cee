import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { YieldWrap } from "effect/Utils"
import type { Behaviour, ErrorRow, Need, Operation, Provenance } from "../Behaviour.js"
import type * as Disagreement from "../Disagreement.js"
import { type Layout, type Service, Target } from "../Target.js"
import * as Api from "./api.js"
import { about } from "./expect.js"
import * as Mine from "./mine.js"

/** The tools of a wire behaviour. */
export interface World {
  readonly target: Service
  readonly api: Api.Api
  /** The API of the second tenant. List it in `needs`: without a second tenant, this is the first. */
  readonly theirs: Api.Api
  readonly mine: Mine.Mine
}

type Steps = Generator<YieldWrap<Effect.Effect<unknown, unknown, Target | Scope.Scope>>, void, never>

/** The definition of a behaviour, which runs in each layout. */
export interface Case<W> {
  readonly id: string
  readonly provenance: Provenance
  readonly contested?: ReadonlyArray<Disagreement.Name>
  readonly statement: string
  readonly needs?: ReadonlyArray<Need>
  readonly rows?: ReadonlyArray<ErrorRow>
  readonly strain?: string
  /** The layouts to run in; `one` means any. Default: those of the target. */
  readonly layouts?: ReadonlyArray<Layout> | "one"
  /** The layouts that the target must have. Default: `layouts`, if given. */
  readonly needsLayouts?: ReadonlyArray<Layout>
  readonly check: (world: W) => Steps
}

/** Makes the tools for a layout. */
export const world = (layout: Layout): Effect.Effect<World, never, Target> =>
  Effect.gen(function*() {
    const target = yield* Target
    return {
      target,
      api: Api.make(target, Api.sessionOf(target, layout)),
      theirs: Api.make(target, Api.sessionOf(target.otherTenant ?? target, layout)),
      mine: yield* Mine.make(target)
    }
  })

/** Makes behaviours of an operation. Each runs in its layouts concurrently. */
export const behaviours = <W>(
  operation: Operation,
  via: Behaviour["via"],
  worldOf: (layout: Layout) => Effect.Effect<W, unknown, Target | Scope.Scope>,
  cases: ReadonlyArray<Case<W>>
): ReadonlyArray<Behaviour> =>
  cases.map((
    {
      check,
      contested = [],
      id,
      layouts,
      needs = [],
      needsLayouts = typeof layouts === "object" ? layouts : [],
      provenance,
      rows = [],
      statement,
      strain
    }
  ) => ({
    id,
    operation,
    provenance,
    contested,
    statement,
    via,
    needs,
    layouts: needsLayouts,
    rows,
    strain,
    run: Effect.flatMap(Target, (target) =>
      Effect.forEach(
        layouts === undefined ? target.layouts : layouts === "one" ? target.layouts.slice(0, 1) : layouts,
        (layout) =>
          Effect.flatMap(worldOf(layout), (world) => Effect.gen(() => check(world))).pipe(
            Effect.scoped,
            about(layout === "scoped" ? "with workspace-scoped paths" : "with unscoped paths")
          ),
        { concurrency: "unbounded", discard: true }
      ))
  }))

/** The wire behaviours of an operation. */
export const wire = (operation: Operation, cases: ReadonlyArray<Case<World>>): ReadonlyArray<Behaviour> =>
  behaviours(operation, "wire", world, cases)
