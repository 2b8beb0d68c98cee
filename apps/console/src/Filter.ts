/** The filter of the request list. */
import type { RequestSummary } from "./Wire.js"

export type Kind = "all" | "success" | "client" | "server" | "fault"

export interface Filter {
  /** Text to search in the columns of the list, in any case. All words must match. */
  readonly text: string
  readonly kind: Kind
  /** Only the requests of this world. */
  readonly world: string | undefined
  readonly hidesProbes: boolean
}

/** Paths of health checks. */
const probe = /^(?:\/_mock\/health|\/(?:api\/|v1\/)?(?:health|healthz|ready|readyz|live|livez|ping|status)\/?)(?:\?|$)/

export const isProbe = ({ target }: Pick<RequestSummary, "target">): boolean => probe.test(target)

const isKind = (kind: Kind, { broken, fault, status = 0 }: RequestSummary): boolean => {
  switch (kind) {
    case "all":
      return true
    case "success":
      return status >= 200 && status < 400 && broken === undefined
    case "client":
      return status >= 400 && status < 500
    case "server":
      return status >= 500
    case "fault":
      return fault !== undefined
  }
}

const textOf = ({ fault, method, operation, requestId, status, target, tenant }: RequestSummary): string =>
  [status, method, target, operation, tenant, fault, requestId].join(" ").toLowerCase()

/** Makes a predicate for requests that match a filter. */
export const make = ({ hidesProbes, kind, text, world }: Filter): (request: RequestSummary) => boolean => {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== "")
  return (request) =>
    isKind(kind, request)
    && (world === undefined || request.tenant === world)
    && !(hidesProbes && isProbe(request))
    && (words.length === 0 || words.every((word) => textOf(request).includes(word)))
}
