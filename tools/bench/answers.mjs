// The documented example, as every server of a benchmark answers it.

const profile = {
  metadata: {
    id: "id",
    accountId: "accountId",
    name: "name",
    profileId: "profileId",
    externalId: "externalId",
    labels: { foo: "string" }
  },
  spec: { type: "PROFILE_TYPE_USER", email: "email", name: "name" }
}

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
  info: { createdBy: profile, lastUsedAt: "2019-12-27T18:11:19.117Z" }
}

export const apiKey = "mock-api-key"

export const path = "/v1/workspace_secrets/id"

/** What AWS Secrets Manager answers to GetSecretValue. */
export const secretOfAws = {
  ARN: "arn:aws:secretsmanager:us-east-1:123456789012:secret:name-a1b2c3",
  CreatedDate: 1577470279.117,
  Name: "name",
  SecretString: "value",
  VersionId: "EXAMPLE1-90ab-cdef-fedc-ba987EXAMPLE",
  VersionStages: ["AWSCURRENT"]
}
