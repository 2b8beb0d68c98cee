import { workspaceSecret } from "@workspace-secrets/core/Examples"

/** A value and a key that must appear nowhere. Both need JSON escapes, and the key has inner spaces. */
export const canaryValue = "canary-value-7f3a\"/\n<é>"
export const canaryKey = "My canary-key-91bc \\\"& Key"

/** The parts of the canaries that no escaping changes. */
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
