import { workspaceSecret } from "@workspace-secrets/core/Examples"

/** A value and a key that must turn up nowhere. Both need escaping in JSON, one way or another, and the key has spaces inside. */
export const canaryValue = "canary-value-7f3a\"/\n<é>"
export const canaryKey = "My canary-key-91bc \\\"& Key"

/** What of the canaries no escaping changes. */
export const canaries = ["canary-value-7f3a", "canary-key-91bc"]

export { profile, workspaceSecret as secret } from "@workspace-secrets/core/Examples"

export const named = (name: string) => ({
  ...workspaceSecret,
  metadata: { ...workspaceSecret.metadata, id: name, name }
})

export const page = (names: ReadonlyArray<string>, nextCursor?: string) => ({
  items: names.map(named),
  pagination: { nextCursor }
})
