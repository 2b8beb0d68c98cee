/** The parts of the control API's responses that the page reads. They follow the mock server's `control/ControlApi.ts` and `world/Journal.ts`. */

export interface World {
  readonly id: string
  readonly accountId: string
  readonly workspaceId: string
  readonly workspaceAlias: string
  readonly secrets: number
}

/** A request in the list, without headers and bodies. */
export interface RequestSummary {
  /** The number of the request on the server, from 1. */
  readonly number: number
  /** The id of the world. Absent if the API key was missing, malformed or unknown. */
  readonly tenant?: string
  readonly sequence: number
  readonly requestId: string
  readonly receivedAt: string
  readonly durationMillis: number
  readonly method: string
  readonly target: string
  readonly operation?: string
  readonly status?: number
  readonly fault?: string
  readonly broken?: Broken
}

export type Broken = "closed" | "cut" | "html" | "halfJson" | "empty"

export interface RequestPage {
  /** Oldest first. */
  readonly requests: ReadonlyArray<RequestSummary>
  /** The number to continue from. */
  readonly next: number
  /** How many requests the journals have dropped. */
  readonly dropped: number
}

/** A request with its headers and bodies. Values and keys are masked. */
export interface Exchange {
  readonly sequence: number
  readonly requestId: string
  readonly receivedAt: string
  readonly durationMillis: number
  readonly method: string
  readonly target: string
  readonly operation?: string
  readonly id?: string
  readonly externalId?: string
  readonly query: Readonly<Record<string, string>>
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly body?: unknown }
  readonly response?: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body?: unknown
    readonly broken?: Broken
  }
  readonly fault?: string
  readonly bodiesOmitted?: true
}

export interface Secret {
  readonly metadata: {
    readonly id: string
    readonly name: string
    readonly createdAt: string
    readonly updatedAt?: string
    readonly externalId?: string
    readonly labels?: Readonly<Record<string, string>>
  }
  /** In a list, each value is masked. */
  readonly spec?: { readonly value?: string }
}

export interface SecretPage {
  readonly items: ReadonlyArray<Secret>
  readonly pagination: { readonly nextCursor?: string }
}

export interface FaultRule {
  readonly name?: string
  readonly operation?: string | ReadonlyArray<string>
  readonly id?: string
  readonly externalId?: string
  readonly nth?: number
  readonly times?: number
  readonly probability?: number
  readonly when?: "before" | "after"
  readonly delayMillis?: number
  readonly error?: { readonly code: string; readonly status?: number; readonly retryAfter?: number }
  readonly close?: true
  readonly body?: Exclude<Broken, "closed">
}

export interface FaultStatus {
  readonly name: string
  readonly rule: FaultRule
  readonly calls: number
  readonly hits: number
}

export interface Clock {
  readonly type: "real" | "fixed" | "stepping"
  readonly at?: string
  readonly stepMillis?: number
  readonly offsetMillis?: number
}

export interface Violation {
  readonly field: string
  readonly description: string
}

/** A google.rpc.Status. */
export interface Status {
  readonly code?: number
  readonly message?: string
  readonly details?: ReadonlyArray<Readonly<Record<string, unknown>>>
}
