/**
 * Behaviours: each is one statement about a server, with a test. They are data: a suite runs them, a ledger lists them,
 * and a server that is wrong on purpose must fail the one that it breaks.
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
 * The subject of a behaviour: an operation (WIRE.md, Operations), all operations (`transport`), or failures (`errors`).
 *
 * @since 0.1.0
 * @category models
 */
export type Operation = "list" | "create" | "get" | "update" | "delete" | "whoami" | "transport" | "errors"

/**
 * The source of a statement: documented, published in the vendor's SDKs, or assumed (WIRE.md).
 *
 * @since 0.1.0
 * @category models
 */
export type Provenance = "D" | "P" | "A"

/**
 * An option of the target that a behaviour needs.
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
 * One statement about a server, or about the client in front of it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Behaviour {
  /** A stable id, such as `WS-LIST-007`. It changes only if the statement's meaning changes. */
  readonly id: string
  readonly operation: Operation
  readonly provenance: Provenance
  /** The disagreements of the sources that affect the statement. The test accepts both answers, or the one that the target names. */
  readonly contested: ReadonlyArray<Disagreement.Name>
  /** The statement, in one sentence. */
  readonly statement: string
  /** Whether it is checked by plain HTTP or through the client. */
  readonly via: "wire" | "client"
  /** The options that the target must have to check this. */
  readonly needs: ReadonlyArray<Need>
  /** The path layouts that the target must have to check this. */
  readonly layouts: ReadonlyArray<Layout>
  /** The rows of the table of errors that this checks. */
  readonly rows: ReadonlyArray<ErrorRow>
  /** Why it may be too much for a shared server, such as `makes 201 secrets`; otherwise undefined. */
  readonly strain: string | undefined
  /** Succeeds if the statement is true. Everything that it creates is deleted when the scope closes. */
  readonly run: Effect.Effect<void, unknown, Target | Scope.Scope>
}

/**
 * A behaviour failed. The message has the expected and the actual result, without values of secrets and keys.
 *
 * @since 0.1.0
 * @category errors
 */
export class BehaviourFailed extends Data.TaggedError("BehaviourFailed")<{
  readonly id: string
  readonly message: string
}> {}

/**
 * Returns why a behaviour is skipped: the options that the target lacks or, if `gentle`, the load that it would cause.
 * Returns `undefined` if it can run.
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
 * Runs a behaviour in a new scope. Every failure and defect becomes a `BehaviourFailed`.
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

/** The frames of a stack, without the message before them. */
const framesOf = ({ stack = "" }: Error): string => stack.split("\n").filter((line) => /^\s+at /.test(line)).join("\n")
