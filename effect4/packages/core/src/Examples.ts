/**
 * The examples of a profile and a workspace secret in the API's documentation, in their JSON form. Useful in tests, mocks and documents.
 *
 * @since 0.1.0
 */

/**
 * The documented example of a profile (WIRE.md, Models).
 *
 * @since 0.1.0
 * @category examples
 */
export const profile = {
  metadata: {
    id: "id",
    accountId: "accountId",
    name: "name",
    profileId: "profileId",
    externalId: "externalId",
    labels: { foo: "string" }
  },
  spec: { type: "PROFILE_TYPE_USER", email: "email", name: "name" }
} as const

/**
 * The documented example of a workspace secret; it has no `metadata.updatedAt` (WIRE.md, Models). Its value is a
 * placeholder, not a secret.
 *
 * @since 0.1.0
 * @category examples
 */
export const workspaceSecret = {
  metadata: {
    id: "id",
    accountId: "accountId",
    createdAt: "2019-12-27T18:11:19.117Z",
    name: "name",
    profileId: "profileId",
    workspaceId: "workspaceId",
    externalId: "externalId",
    labels: { foo: "string" }
  },
  spec: { value: "value" },
  info: { createdBy: profile, lastUsedAt: "2019-12-27T18:11:19.117Z" }
} as const
