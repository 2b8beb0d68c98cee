/**
 * Schemas and typed errors of the Workspace Secrets API. This entry point loads all modules. To load only what you
 * need, import a module by its path, such as `@workspace-secrets/core/WorkspaceSecret`.
 *
 * @since 0.1.0
 */
/**
 * @since 0.1.0
 */
export * as AccountId from "./AccountId.js"

/**
 * @since 0.1.0
 */
export * as AccountResourceMetadata from "./AccountResourceMetadata.js"

/**
 * @since 0.1.0
 */
export * as ApiError from "./ApiError.js"

/**
 * @since 0.1.0
 */
export * as ApiKey from "./ApiKey.js"

/**
 * @since 0.1.0
 */
export * as Codec from "./Codec.js"

/**
 * @since 0.1.0
 */
export * as CreateWorkspaceSecret from "./CreateWorkspaceSecret.js"

/**
 * @since 0.1.0
 */
export * as ErrorResponse from "./ErrorResponse.js"

/**
 * @since 0.1.0
 */
export * as ErrorTable from "./ErrorTable.js"

/**
 * @since 0.1.0
 */
export * as Examples from "./Examples.js"

/**
 * @since 0.1.0
 */
export * as ExternalId from "./ExternalId.js"

/**
 * @since 0.1.0
 */
export * as FieldMask from "./FieldMask.js"

/**
 * @since 0.1.0
 */
export * as FieldName from "./FieldName.js"

/**
 * @since 0.1.0
 */
export * as FieldViolation from "./FieldViolation.js"

/**
 * @since 0.1.0
 */
export * as Labels from "./Labels.js"

/**
 * @since 0.1.0
 */
export * as ListWorkspaceSecrets from "./ListWorkspaceSecrets.js"

/**
 * @since 0.1.0
 */
export * as PrefixedUlid from "./PrefixedUlid.js"

/**
 * @since 0.1.0
 */
export * as Profile from "./Profile.js"

/**
 * @since 0.1.0
 */
export * as ProfileId from "./ProfileId.js"

/**
 * @since 0.1.0
 */
export * as Redaction from "./Redaction.js"

/**
 * @since 0.1.0
 */
export * as ResourceMetadata from "./ResourceMetadata.js"

/**
 * @since 0.1.0
 */
export * as ResourceName from "./ResourceName.js"

/**
 * @since 0.1.0
 */
export * as RpcCode from "./RpcCode.js"

/**
 * @since 0.1.0
 */
export * as Status from "./Status.js"

/**
 * @since 0.1.0
 */
export * as Testing from "./Testing.js"

/**
 * @since 0.1.0
 */
export * as Timestamp from "./Timestamp.js"

/**
 * @since 0.1.0
 */
export * as UnsetFields from "./UnsetFields.js"

/**
 * @since 0.1.0
 */
export * as UpdateWorkspaceSecret from "./UpdateWorkspaceSecret.js"

/**
 * @since 0.1.0
 */
export * as WorkspaceId from "./WorkspaceId.js"

/**
 * @since 0.1.0
 */
export * as WorkspaceSecret from "./WorkspaceSecret.js"
