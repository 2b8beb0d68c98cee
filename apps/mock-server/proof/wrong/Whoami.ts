import * as W from "../WrongServer.js"

const whoami = (change: (profile: W.Json) => W.Json) =>
  W.bodies((body, asked) => W.isWhoami(asked) ? change(body) : body)

const inSpec = (change: (spec: W.Json) => W.Json) =>
  whoami((profile) => ({ ...profile, spec: change(W.at(profile, "spec")) }))

const inMetadata = (change: (metadata: W.Json) => W.Json) =>
  whoami((profile) => ({ ...profile, metadata: change(W.metadataOf(profile)) }))

/** Servers with a wrong whoami. */
export const wrongServers: W.WrongServers = {
  "has a profile within a profile": [whoami((profile) => ({ profile })), "WS-WHOAMI-001"],
  "has info in a profile": [whoami((profile) => ({ ...profile, info: {} })), "WS-WHOAMI-001"],
  "has no profileId in a profile": [inMetadata(({ profileId: _, ...metadata }) => metadata), "WS-WHOAMI-002"],
  "has an empty name in a profile": [inMetadata((metadata) => ({ ...metadata, name: "" })), "WS-WHOAMI-002"],
  "has a profile's workspace": [
    inMetadata((metadata) => ({ ...metadata, workspaceId: "workspace_1" })),
    "WS-WHOAMI-002"
  ],
  "has unknown types of profiles": [inSpec((spec) => ({ ...spec, type: "API_KEY" })), "WS-WHOAMI-003"],
  "has several email addresses in a profile": [inSpec((spec) => ({ ...spec, email: ["a", "b"] })), "WS-WHOAMI-003"],
  "has profiles whose ids begin with user_": [
    inMetadata((metadata) => ({ ...metadata, id: W.text(metadata["id"]).replace("profile_", "user_") })),
    "WS-WHOAMI-007"
  ],
  "has someone else in createdBy": [
    W.secrets((secret) => {
      const { createdBy, ...info } = W.at(secret, "info")
      const metadata = { ...W.metadataOf(createdBy), name: "someone else" }
      return createdBy === undefined
        ? secret
        : { ...secret, info: { ...info, createdBy: { ...W.at(createdBy), metadata } } }
    }),
    "WS-WHOAMI-005"
  ],
  "has someone else's profileId in secrets": [
    W.inMetadata((metadata) => ({ ...metadata, profileId: "profile_00000000000000000000000001" })),
    "WS-WHOAMI-005"
  ],
  "has secrets of another account": [
    W.inMetadata((metadata) => ({ ...metadata, accountId: "account_00000000000000000000000001" })),
    "WS-WHOAMI-006"
  ]
}
