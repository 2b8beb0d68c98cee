/**
 * Behaviours: what a server has to do, one sentence each, with the proof of it. They are data, so that a suite can run
 * them, a ledger can list them, and a server that is wrong on purpose can be held against the one that it breaks.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type * as Disagreement from "./Disagreement.js"
import { describe } from "./internal/expect.js"
import * as Mask from "./internal/mask.js"
import { keysOf, type Layout, type Service, Target } from "./Target.js"

/**
 * What a behaviour is about: an operation (WIRE.md, Operations), what holds for all of them (`transport`), or how they
 * fail (`errors`).
 *
 * @since 0.1.0
 * @category models
 */
export type Operation = "list" | "create" | "get" | "update" | "delete" | "whoami" | "transport" | "errors"

/**
 * Where a statement comes from: documented, published in the vendor's SDKs, or assumed (WIRE.md).
 *
 * @since 0.1.0
 * @category models
 */
export type Provenance = "D" | "P" | "A"

/**
 * What a behaviour needs that not every target has.
 *
 * @since 0.1.0
 * @category models
 */
export type Need =
  | "workspaceAlias"
  | "otherTenant"
  | "restrictedTenant"
  | "disabledTenant"
  | "archivedTenant"
  | "spacedTenant"
  | "corsOrigin"

/**
 * A row of the table of errors: HTTP status and google.rpc.Code (WIRE.md, Errors).
 *
 * @since 0.1.0
 * @category models
 */
export type ErrorRow = readonly [status: number, code: number]

/**
 * One thing that a server has to do, or that the client makes of what a server does.
 *
 * @since 0.1.0
 * @category models
 */
export interface Behaviour {
  /** Stays the same for as long as the statement says the same: `WS-LIST-007`. */
  readonly id: string
  readonly operation: Operation
  readonly provenance: Provenance
  /** The disagreements of the sources that the statement touches. It holds whichever source is right, or for the answer that the target names. */
  readonly contested: ReadonlyArray<Disagreement.Name>
  /** What holds, in one sentence. */
  readonly statement: string
  /** Seen in plain HTTP, or through the client. */
  readonly via: "wire" | "client"
  /** What the target must have for this to be looked at. */
  readonly needs: ReadonlyArray<Need>
  /** The layouts of paths that the target must have for this to be checked. */
  readonly layouts: ReadonlyArray<Layout>
  /** The rows of the table of errors that this is about. */
  readonly rows: ReadonlyArray<ErrorRow>
  /** Why it may be too much for a server that others use, `makes 201 secrets`, where it may. */
  readonly strain: string | undefined
  /** Succeeds when it holds. What it makes on the server is gone when the scope closes. */
  readonly run: Effect.Effect<void, unknown, Target | Scope.Scope>
}

/**
 * A behaviour that a server does not show: what was expected and what came, without any secret's value and any key.
 *
 * @since 0.1.0
 * @category errors
 */
export class BehaviourFailed extends Data.TaggedError("BehaviourFailed")<{
  readonly id: string
  readonly message: string
}> {}

/**
 * Why a behaviour is not looked at: what the target has not, or, where the suite has to be gentle, what it would do to
 * the server. Nothing when it can run.
 *
 * @since 0.1.0
 * @category running
 */
export const whyNot = (
  { layouts, needs, strain }: Behaviour,
  target: Service,
  { gentle = false }: { readonly gentle?: boolean | undefined } = {}
): string | undefined => {
  const lacks = [
    ...needs.filter((need) => target[need] === undefined),
    ...layouts.filter((layout) => !target.layouts.includes(layout)).map((layout) => `${layout} paths`)
  ]
  return lacks.length > 0
    ? `the target has no ${lacks.join(" and no ")}`
    : gentle && strain !== undefined
    ? `it ${strain}`
    : undefined
}

/**
 * Runs a behaviour in a scope of its own. However it fails, a defect included, it is a `BehaviourFailed`.
 *
 * @since 0.1.0
 * @category running
 */
export const check = (behaviour: Behaviour): Effect.Effect<void, BehaviourFailed, Target> =>
  Effect.flatMap(Target, (target) => {
    const hide = Mask.make(keysOf(target))
    return behaviour.run.pipe(
      Effect.scoped,
      Effect.catchAllCause((cause) =>
        Cause.isInterruptedOnly(cause)
          ? Effect.interrupt
          : Effect.fail(new BehaviourFailed({ id: behaviour.id, message: hide(explain(cause)) }))
      )
    )
  })

const explain = (cause: Cause.Cause<unknown>): string =>
  Option.match(Cause.failureOption(cause), {
    onSome: describe,
    onNone: () => {
      const defect = Cause.squash(cause)
      return defect instanceof Error ? `${describe(defect)}\n${framesOf(defect)}` : describe(defect)
    }
  })

/** Where a defect comes from. A stack begins with the message; only its frames are left. */
const framesOf = ({ stack = "" }: Error): string => stack.split("\n").filter((line) => /^\s+at /.test(line)).join("\n")
