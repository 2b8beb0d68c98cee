/*
 * The examples of the OpenAPI document. A test sends the example requests and gets the example responses, except for ids and times.
 */
import * as Examples from "@workspace-secrets/core/Examples"

const profile = {
  metadata: {
    id: "profile_01JD8X5J4R7Y0D2F6S8A3H5ZWE",
    accountId: "account_01JD8X5H3N8G2QW6C1V9B7M4KT",
    name: "Deployments",
    profileId: "profile_01JD8X5J4R7Y0D2F6S8A3H5ZWE",
    externalId: "",
    labels: {}
  },
  spec: { type: "PROFILE_TYPE_API_KEY", email: "", name: "Deployments" }
}

const created = {
  metadata: {
    id: "wsecret_01JD8X6Q2V5T9RZK3M7N4P0ABC",
    accountId: "account_01JD8X5H3N8G2QW6C1V9B7M4KT",
    createdAt: "2026-11-22T10:43:07.902Z",
    name: "Billing database",
    profileId: "profile_01JD8X5J4R7Y0D2F6S8A3H5ZWE",
    workspaceId: "workspace_01JD8X5HXM1P6T4K9C3V7N2BQG",
    externalId: "billing-db",
    labels: { environment: "production" }
  },
  spec: { value: "correct horse battery staple" },
  info: { createdBy: profile }
}

const rotated = {
  ...created,
  metadata: { ...created.metadata, updatedAt: "2026-11-24T08:15:30.250Z" },
  spec: { value: "tr0ub4dor&3" }
}

const { info: _, ...listed } = Examples.workspaceSecret
const { info: __, ...listedCreated } = created

export const cursor = "WzE3OTUzMzYzOTMwMDAsIndzZWNyZXRfMDFKRDhYNlEyVjVUOVJaSzNNN040UDBBQkMiXQ"

export const examples = {
  documentedSecret: { summary: "The example of the API's documentation", value: Examples.workspaceSecret },
  createdSecret: { summary: "A new secret", value: created },
  updatedSecret: { summary: "The secret with its new value", value: rotated },
  matchingPage: {
    summary: "The secrets that match the filters, with info",
    value: { items: [created], pagination: { nextCursor: "" } }
  },
  lastPage: {
    summary: "A list on one page, without info",
    value: { items: [listed], pagination: { nextCursor: "" } }
  },
  firstPage: {
    summary: "A page that is not the last",
    value: { items: [listedCreated], pagination: { nextCursor: cursor } }
  },
  noSecrets: { summary: "No secret matches", value: { items: [], pagination: { nextCursor: "" } } },
  deleted: { summary: "Deleted", value: {} },
  profile: { summary: "The profile of an API key", value: profile },
  create: {
    summary: "A secret with a value, an external id and a label",
    value: {
      metadata: { name: "Billing database", externalId: "billing-db", labels: { environment: "production" } },
      spec: { value: "correct horse battery staple" }
    }
  },
  createBare: { summary: "A secret without a value", value: { metadata: { name: "Billing database" }, spec: {} } },
  update: {
    summary: "Change the value only",
    value: { spec: { value: "tr0ub4dor&3" }, updateMask: "spec.value" }
  },
  clear: {
    summary: "Clear the external id: it is in the mask and not in the body",
    value: { metadata: {}, updateMask: "metadata.externalId" }
  }
}

export type ExampleName = keyof typeof examples

/**
 * The examples of each operation, by the part of its id that both path layouts share. The first response belongs to the first request: its
 * first body, with the examples of its parameters.
 */
export const examplesOf: Readonly<
  Record<string, { readonly request?: ReadonlyArray<ExampleName>; readonly response: ReadonlyArray<ExampleName> }>
> = {
  list: { response: ["matchingPage", "lastPage", "firstPage", "noSecrets"] },
  create: { request: ["create", "createBare"], response: ["createdSecret"] },
  get: { response: ["createdSecret", "documentedSecret"] },
  update: { request: ["update", "clear"], response: ["updatedSecret"] },
  delete: { response: ["deleted"] },
  whoami: { response: ["profile"] }
}
