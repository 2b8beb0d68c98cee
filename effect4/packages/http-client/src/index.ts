/**
 * A client of the Workspace Secrets API. Each module has an import path of its own,
 * `@workspace-secrets/http-client/WorkspaceSecretsClient`, which loads what it needs and no more; this one loads
 * everything.
 *
 * @since 0.1.0
 */
/**
 * @since 0.1.0
 */
export * as CallOptions from "./CallOptions.js"

/**
 * @since 0.1.0
 */
export * as ClientError from "./ClientError.js"

/**
 * @since 0.1.0
 */
export * as Retry from "./Retry.js"

/**
 * @since 0.1.0
 */
export * as WorkspaceSecretsClient from "./WorkspaceSecretsClient.js"

/**
 * @since 0.1.0
 */
export * as WorkspaceSecretsClientTest from "./WorkspaceSecretsClientTest.js"

/**
 * @since 0.1.0
 */
export * as fetch from "./fetch.js"
