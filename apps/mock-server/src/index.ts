/**
 * An in-memory server of the Workspace Secrets API.
 *
 * @since 0.1.0
 */
/**
 * @since 0.1.0
 */
export * as Api from "./Api.js"

/**
 * @since 0.1.0
 */
export * as Body from "./Body.js"

/**
 * @since 0.1.0
 */
export * as Control from "./Control.js"

/**
 * @since 0.1.0
 */
export * as ControlApi from "./ControlApi.js"

/**
 * @since 0.1.0
 */
export * as ControlClient from "./ControlClient.js"

/**
 * @since 0.1.0
 */
export * as ControlDispatcher from "./ControlDispatcher.js"

/**
 * @since 0.1.0
 */
export * as Cursor from "./Cursor.js"

/**
 * @since 0.1.0
 */
export * as Dispatcher from "./Dispatcher.js"

/**
 * @since 0.1.0
 */
export * as Fault from "./Fault.js"

/**
 * @since 0.1.0
 */
export * as Handlers from "./Handlers.js"

/**
 * @since 0.1.0
 */
export * as Ids from "./Ids.js"

/**
 * @since 0.1.0
 */
export * as InProcess from "./InProcess.js"

/**
 * @since 0.1.0
 */
export * as Journal from "./Journal.js"

/**
 * @since 0.1.0
 */
export * as Listener from "./Listener.js"

/**
 * @since 0.1.0
 */
export * as MockServer from "./MockServer.js"

/**
 * @since 0.1.0
 */
export * as Routes from "./Routes.js"

/**
 * @since 0.1.0
 */
export * as Seed from "./Seed.js"

/**
 * @since 0.1.0
 */
export * as Snapshot from "./Snapshot.js"

/**
 * @since 0.1.0
 */
export * as SnapshotFile from "./SnapshotFile.js"

/**
 * @since 0.1.0
 */
export * as Tenant from "./Tenant.js"

/**
 * @since 0.1.0
 */
export * as TenantClock from "./TenantClock.js"

/**
 * @since 0.1.0
 */
export * as Testing from "./Testing.js"

/**
 * @since 0.1.0
 */
export * as WorkspaceSecretStore from "./WorkspaceSecretStore.js"

/**
 * @since 0.1.0
 */
export * as WorkspaceSecrets from "./WorkspaceSecrets.js"
