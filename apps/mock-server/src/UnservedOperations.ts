/**
 * Operations that the API has and this server does not serve.
 *
 * @since 0.1.0
 */
import type { Endpoint } from "./Routes.js"

/**
 * What is known of them; each is answered with 501 UNIMPLEMENTED (WIRE.md, Errors). The documentation of the API speaks of other
 * resources and names none of their operations, so there are none here: a path is not known until somebody says it.
 * `MockServer.Options.unservedOperations` is where a user does.
 *
 * @since 0.1.0
 * @category constants
 */
export const unservedOperations: ReadonlyArray<Endpoint> = []
