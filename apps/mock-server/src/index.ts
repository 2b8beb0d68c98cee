/**
 * An in-memory server of the Workspace Secrets API.
 *
 * @since 0.1.0
 */
/**
 * @since 0.1.0
 */
export * as Api from "./api/Api.js"

/**
 * @since 0.1.0
 */
export * as ControlClient from "./control/ControlClient.js"

/**
 * @since 0.1.0
 */
export * as Fault from "./world/Fault.js"

/**
 * @since 0.1.0
 */
export * as Journal from "./world/Journal.js"

/**
 * @since 0.1.0
 */
export * as MockServer from "./MockServer.js"

/**
 * @since 0.1.0
 */
export * as OpenApiDocument from "./documents/OpenApiDocument.js"

/**
 * @since 0.1.0
 */
export * as OpenApiObjects from "./documents/OpenApiObjects.js"

/**
 * @since 0.1.0
 */
export * as Seed from "./world/Seed.js"

/**
 * @since 0.1.0
 */
export * as Snapshot from "./world/Snapshot.js"

/**
 * @since 0.1.0
 */
export * as SnapshotFile from "./storage/SnapshotFile.js"

/**
 * @since 0.1.0
 */
export * as TenantClock from "./world/TenantClock.js"

/**
 * @since 0.1.0
 */
export * as TenantSettings from "./world/TenantSettings.js"

/**
 * @since 0.1.0
 */
export * as Testing from "./Testing.js"
