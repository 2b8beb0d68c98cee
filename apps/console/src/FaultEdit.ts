/** Describes fault rules in words, and has presets of common rules. */
import type { FaultRule, FaultStatus } from "./Wire.js"

const times = (n: number): string => n === 1 ? "once" : n === 2 ? "twice" : `${n} times`

/** Describes the requests that a rule matches. */
export const subjectOf = ({ externalId, id, operation }: FaultRule): string =>
  [
    operation === undefined ? "any operation" : [operation].flat().join(", "),
    ...(id === undefined ? [] : [`id ${id}`]),
    ...(externalId === undefined ? [] : [`external id ${externalId}`])
  ].join(", ")

/** Describes what a rule does to a request. */
export const effectOf = ({ body, close, delayMillis, error, when }: FaultRule): string =>
  [
    ...(delayMillis === undefined ? [] : [`waits ${delayMillis} ms`]),
    ...(error === undefined
      ? []
      : [`answers ${error.code}${error.retryAfter === undefined ? "" : `, Retry-After ${error.retryAfter}`}`]),
    ...(close === undefined ? [] : ["closes the connection"]),
    ...(body === undefined
      ? []
      : [{ cut: "cuts the body", html: "sends HTML", halfJson: "sends half a JSON", empty: "sends no body" }[body]]),
    ...(when === "after" ? ["after the change was made"] : [])
  ].join(", ")

/** How often a rule can still be applied. */
export const remaining = ({ hits, rule: { nth, times } }: FaultStatus): number =>
  Math.max(0, (times ?? (nth === undefined ? Infinity : 1)) - hits)

/** Describes when a rule is due. */
export const turnOf = ({ nth, probability, times: most }: FaultRule): string => {
  const count = most ?? (nth === undefined ? undefined : 1)
  return [
    count === undefined ? "every time" : times(count),
    ...(nth === undefined ? [] : [`from request ${nth} on`]),
    ...(probability === undefined ? [] : [`with probability ${probability}`])
  ].join(", ")
}

export interface Preset {
  readonly title: string
  readonly rule: FaultRule
}

export const presets: ReadonlyArray<Preset> = [
  {
    title: "429 once, Retry-After 1 s",
    rule: { name: "rate limit", times: 1, error: { code: "RESOURCE_EXHAUSTED", retryAfter: 1 } }
  },
  { title: "503 twice", rule: { name: "unavailable", times: 2, error: { code: "UNAVAILABLE" } } },
  { title: "2 s delay", rule: { name: "slow", delayMillis: 2000 } },
  { title: "Connection closed once", rule: { name: "closed", times: 1, close: true } },
  {
    title: "Create succeeds, its response is lost",
    rule: { name: "lost response", operation: "create", times: 1, when: "after", close: true }
  },
  { title: "HTML of a proxy once", rule: { name: "proxy", times: 1, error: { code: "UNAVAILABLE" }, body: "html" } },
  { title: "Half a JSON once", rule: { name: "half a JSON", times: 1, body: "halfJson" } },
  { title: "One request in ten fails", rule: { name: "flaky", probability: 0.1, error: { code: "INTERNAL" } } }
]

export const format = (rule: FaultRule): string => JSON.stringify(rule, undefined, 2)
