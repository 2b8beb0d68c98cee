/** A value and a key that must turn up nowhere. Both need escaping in JSON, one way or another, and the key has spaces inside. */
export const canaryValue = "canary-value-7f3a\"/\n<é>"
export const canaryKey = "My canary-key-91bc \\\"& Key"

/** What of the canaries no escaping changes. */
export const canaries = ["canary-value-7f3a", "canary-key-91bc"]

/** A secret as the API's documentation shows it. */
export const secret = {
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
  info: {
    createdBy: {
      metadata: {
        id: "id",
        accountId: "accountId",
        name: "name",
        profileId: "profileId",
        externalId: "externalId",
        labels: { foo: "string" }
      },
      spec: { type: "PROFILE_TYPE_USER", email: "email", name: "name" }
    },
    lastUsedAt: "2019-12-27T18:11:19.117Z"
  }
}

export const profile = secret.info.createdBy

export const named = (name: string) => ({ ...secret, metadata: { ...secret.metadata, id: name, name } })

export const page = (names: ReadonlyArray<string>, nextCursor?: string) => ({
  items: names.map(named),
  pagination: { nextCursor }
})
