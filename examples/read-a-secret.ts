import { WorkspaceSecret } from "@workspace-secrets/core/WorkspaceSecret"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const json = `{
  "metadata": {
    "id": "wsecret_01JD8X6Q2V5T9RZK3M7N4P0ABC",
    "accountId": "account_01JD8X5H3N8G2QW6C1V9B7M4KT",
    "createdAt": "2026-11-22T10:43:07.902Z",
    "name": "Billing database",
    "profileId": "profile_01JD8X5J4R7Y0D2F6S8A3H5ZWE",
    "workspaceId": "workspace_01JD8X5HXM1P6T4K9C3V7N2BQG",
    "labels": { "environment": "production" }
  },
  "spec": { "value": "correct horse battery staple" }
}`

const secret = Schema.decodeUnknownSync(WorkspaceSecret)(JSON.parse(json))

console.log(secret.metadata.name, secret.metadata.labels)
console.log(secret.spec) // { value: <redacted> }

const login = (password: string) => password === "correct horse battery staple"
console.log(secret.spec.value !== undefined && login(Redacted.value(secret.spec.value))) // unwrapped on purpose: true
