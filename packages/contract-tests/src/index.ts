/**
 * Contract tests for servers and clients of the Workspace Secrets API.
 *
 * @since 0.1.0
 */
/**
 * @since 0.1.0
 */
export * as Behaviour from "./Behaviour.js"

/**
 * @since 0.1.0
 */
export * as Behaviours from "./Behaviours.js"

/**
 * @since 0.1.0
 */
export * as Contract from "./Contract.js"

/**
 * @since 0.1.0
 */
export * as Disagreement from "./Disagreement.js"

/**
 * @since 0.1.0
 */
export * as Target from "./Target.js"
