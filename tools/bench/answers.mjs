// The documented example, the response of every server in a benchmark.
import { readFileSync } from "node:fs"

const fixture = new URL("../../packages/core/test/fixtures/documented-example.json", import.meta.url)

export const secret = JSON.parse(readFileSync(fixture, "utf8"))

export const apiKey = "mock-api-key"

export const path = "/v1/workspace_secrets/id"

/** The GetSecretValue response of AWS Secrets Manager. */
export const secretOfAws = {
  ARN: "arn:aws:secretsmanager:us-east-1:123456789012:secret:name-a1b2c3",
  CreatedDate: 1577470279.117,
  Name: "name",
  SecretString: "value",
  VersionId: "EXAMPLE1-90ab-cdef-fedc-ba987EXAMPLE",
  VersionStages: ["AWSCURRENT"]
}
