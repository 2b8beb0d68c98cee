/**
 * A client of the Workspace Secrets API. This entry point loads all modules. To load only what you need, import a
 * module by its path, such as `@workspace-secrets/http-client/WorkspaceSecretsClient`.
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
