import * as Context from "effect/Context"
import type * as Exit from "effect/Exit"
import * as Tracer from "effect/Tracer"

export interface Recorded {
  readonly name: string
  readonly kind: Tracer.SpanKind
  readonly attributes: Map<string, unknown>
  readonly events: Array<readonly [name: string, attributes: unknown]>
  readonly links: ReadonlyArray<Tracer.SpanLink>
  exit?: Exit.Exit<unknown, unknown>
}

/** A tracer that records spans, sampled or not. */
export const record = ({ sampled = true } = {}) => {
  const spans: Array<Recorded> = []
  const tracer = Tracer.make({
    span: (name, parent, _context, links, startTime, kind) => {
      const recorded: Recorded = { name, kind, attributes: new Map(), events: [], links }
      spans.push(recorded)
      return {
        _tag: "Span",
        name,
        spanId: String(spans.length),
        traceId: "trace",
        parent,
        context: Context.empty(),
        status: { _tag: "Started", startTime },
        attributes: recorded.attributes,
        links,
        sampled,
        kind,
        end: (_, exit) => {
          recorded.exit = exit
        },
        attribute: (key, value) => {
          recorded.attributes.set(key, value)
        },
        event: (name, _, attributes) => {
          recorded.events.push([name, attributes])
        },
        addLinks: () => {}
      }
    },
    context: (f) => f()
  })
  return { tracer, spans }
}
