/** The requests of a server as server-sent events (HTML standard, 9.2): each event is a page of requests as JSON. */
import { InvalidArgument, ResourceExhausted } from "@workspace-secrets/core/ApiError"
import * as FieldViolation from "@workspace-secrets/core/FieldViolation"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Body from "../api/Body.js"
import type { Live } from "../api/Dispatcher.js"
import type { RequestPage } from "../world/Journal.js"
import type { RequestsControl } from "./Control.js"
import { Listed } from "./ControlApi.js"

export const path = `${Body.controlRoot}requests/stream`

/** How often a stream looks for new requests, in milliseconds. Notifying streams would slow down every request. */
const tickMillis = 100

/** After two seconds without a request, the stream sends an empty page as a heartbeat. In ticks. */
const quietTicks = 20

/** The maximum number of open streams of a server. */
export const maxStreams = 100

const decode = Schema.decodeUnknownEither(Schema.Struct(Listed), { errors: "all", onExcessProperty: "error" })

/** Makes a function that opens a stream for a query. */
export const make = (
  requests: RequestsControl
): (query: string) => Either.Either<Live, InvalidArgument | ResourceExhausted> => {
  let open = 0
  return (query) => {
    if (open >= maxStreams) {
      return Either.left(new ResourceExhausted({ message: `${maxStreams} streams are open, which is the maximum` }))
    }
    return Either.mapBoth(decode(Object.fromEntries(new URLSearchParams(query))), {
      onLeft: (error) => InvalidArgument.fromViolations(FieldViolation.fromParseError(error)),
      onRight: ({ after, tenant }): Live => (write, fail) => {
        let next = after === undefined ? undefined : Number(after)
        // The first tick always sends a page.
        let quiet = quietTicks
        let isListing = false
        const send = (page: RequestPage) => {
          quiet++
          // Skipped while the client has unread data: the next page has these requests, too.
          if ((page.next !== next || quiet > quietTicks) && write(`data: ${JSON.stringify(page)}\n\n`)) {
            quiet = 0
            next = page.next
          }
        }
        const tick = () => {
          if (isListing) {
            return
          }
          isListing = true
          const sent = Effect.map(requests.list({ after: next, tenant }), (page) => timer === undefined || send(page))
          Effect.runCallback(sent, {
            onExit: (exit) => {
              isListing = false
              if (Exit.isFailure(exit)) {
                stop()
                fail(Cause.squash(exit.cause))
              }
            }
          })
        }
        open++
        let timer: NodeJS.Timeout | undefined = setInterval(tick, tickMillis)
        const stop = () => {
          if (timer !== undefined) {
            clearInterval(timer)
            timer = undefined
            open--
          }
        }
        tick()
        return stop
      }
    })
  }
}
