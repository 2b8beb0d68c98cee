/**
 * Behaviours of HTTP: keys with spaces, HEAD, CORS (WIRE.md, Transport).
 *
 * @since 0.1.0
 */
import * as A from "../internal/answer.js"
import * as Api from "../internal/api.js"
import { about, holds, same } from "../internal/expect.js"
import { isExposed, isPreflight } from "../internal/headers.js"
import { create, isMade } from "../internal/secret.js"
import { unknownId } from "../internal/ulid.js"
import { wire } from "../internal/wire.js"

/**
 * The behaviours of HTTP.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = wire("transport", [
  {
    id: "WS-TRANSPORT-301",
    provenance: "P",
    statement: "a key may have spaces inside",
    needs: ["spacedTenant"],
    *check(world) {
      const { api, mine, target } = world
      const spaced = Api.make(target, Api.sessionOf(target.spacedTenant ?? target, api.layout))
      yield* A.ok(yield* spaced.whoami())
      const made = yield* create({ api: spaced, mine })
      yield* A.that(made.answer, made.answer.status === 200, "status 200")
      yield* A.ok(yield* spaced.get(made.id))
    }
  },
  {
    id: "WS-TRANSPORT-302",
    provenance: "A",
    statement: "HEAD has the status and the content type of GET, and no body, on every path that has GET",
    *check(world) {
      const { api } = world
      const made = yield* create(world)
      for (
        const path of [api.collection, `${api.collection}/${made.id}`, "/v1/whoami", `${api.collection}/${unknownId}`]
      ) {
        const found = yield* api.send("GET", path)
        const head = yield* api.send("HEAD", path)
        yield* same(
          { status: head.status, type: head.headers.get("content-type") },
          { status: found.status, type: found.headers.get("content-type") },
          `HEAD ${path}`
        )
        // A body may contain anything, so the message has only its size.
        yield* holds(head.body === "", `HEAD ${path}: expected no body, got ${head.body.length} characters`)
        yield* holds(
          (head.headers.get("x-request-id") ?? "") !== "",
          `HEAD ${path}: expected an x-request-id, got none`
        )
      }
      yield* isMade(world, yield* api.get(made.id), made)
    }
  },
  {
    id: "WS-TRANSPORT-303",
    provenance: "P",
    statement: "a preflight from an allowed origin gets the methods and headers of the API",
    needs: ["corsOrigin"],
    *check(world) {
      const { api, target } = world
      const methods = [[api.collection, "GET"], [api.collection, "POST"], ["/v1/whoami", "GET"]] as const
      const ofSecret = ["GET", "PATCH", "DELETE"].map((method) => [`${api.collection}/${unknownId}`, method] as const)
      for (const [path, method] of [...methods, ...ofSecret]) {
        // Browsers send preflights without the key.
        const answer = yield* api.with({ authorization: undefined }).send("OPTIONS", path, {
          headers: {
            origin: target.corsOrigin ?? "",
            "access-control-request-method": method,
            "access-control-request-headers": "authorization,content-type"
          }
        })
        yield* about(`preflight of ${method}`)(isPreflight(answer, target.corsOrigin, method))
      }
    }
  },
  {
    id: "WS-TRANSPORT-304",
    provenance: "P",
    statement: "a response to an allowed origin allows it, and exposes x-request-id and Retry-After",
    needs: ["corsOrigin"],
    *check(world) {
      const { api, target } = world
      const headers = { origin: target.corsOrigin ?? "" }
      for (const path of [api.collection, "/v1/whoami", `${api.collection}/${unknownId}`]) {
        const answer = yield* api.send("GET", path, { headers })
        yield* isExposed(answer, target.corsOrigin)
      }
    }
  }
])
