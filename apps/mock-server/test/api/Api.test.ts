import * as OpenApi from "@effect/platform/OpenApi"
import { describe, expect, it } from "@effect/vitest"
import { Api } from "../../src/api/Api.js"

const spec = OpenApi.fromApi(Api)

const operations = Object.entries(spec.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation }))
)

const secrets = "/v1/workspace_secrets"
const scoped = "/v1/workspaces/{workspaceId}/workspace_secrets"

const query = ["limit", "cursor", "prefix", "query", "labels", "sortOrder", "includeInfo"].map((name) =>
  `query ${name}`
)

describe("Api as OpenAPI", () => {
  it("has every operation in both layouts, with its statuses", () => {
    expect(
      operations.map(({ method, operation, path }) =>
        `${method} ${path} ${operation.operationId} ${Object.keys(operation.responses).join(" ")}`
      )
    ).toEqual([
      `GET ${secrets} workspace_secrets.list 200 400 401 403`,
      `POST ${secrets} workspace_secrets.create 200 400 401 403 409 413 415`,
      `GET ${secrets}/{id} workspace_secrets.get 200 400 401 403 404`,
      `PATCH ${secrets}/{id} workspace_secrets.update 200 400 401 403 404 409 413 415`,
      `DELETE ${secrets}/{id} workspace_secrets.delete 200 400 401 403 404`,
      `GET ${scoped} workspaces.workspace_secrets.list 200 400 401 403`,
      `POST ${scoped} workspaces.workspace_secrets.create 200 400 401 403 409 413 415`,
      `GET ${scoped}/{id} workspaces.workspace_secrets.get 200 400 401 403 404`,
      `PATCH ${scoped}/{id} workspaces.workspace_secrets.update 200 400 401 403 404 409 413 415`,
      `DELETE ${scoped}/{id} workspaces.workspace_secrets.delete 200 400 401 403 404`,
      "GET /v1/whoami profiles.whoami 200 400 401"
    ])
  })

  it("requires a bearer key everywhere", () => {
    expect(spec.components.securitySchemes).toEqual({ bearer: { type: "http", scheme: "bearer" } })
    for (const { method, operation, path } of operations) {
      expect([method, path, operation.security]).toEqual([method, path, [{ bearer: [] }]])
    }
  })

  it("declares every error as google.rpc.Status", () => {
    for (const { operation } of operations) {
      for (const [status, { content, description }] of Object.entries(operation.responses)) {
        if (status !== "200") {
          const text = JSON.stringify(content)
          expect(text.match(/"\$ref":"[^"]*"/g)).toEqual([`"$ref":"#/components/schemas/Status"`])
          expect(description).toMatch(/^[A-Z_, ]+: /)
        }
      }
    }
    expect(Object.keys(spec.components.schemas)).not.toContain("HttpApiDecodeError")
  })

  it("names the parameters of each operation", () => {
    for (const { method, operation, path } of operations) {
      const expected = [
        ...(path.includes("{workspaceId}") ? ["path workspaceId"] : []),
        ...(path.includes("{id}") ? ["path id"] : []),
        ...(operation.operationId.endsWith("list") ? query : [])
      ]
      expect([method, path, operation.parameters.map((parameter) => `${parameter.in} ${parameter.name}`)]).toEqual([
        method,
        path,
        expected
      ])
      for (const parameter of operation.parameters) {
        expect(parameter.required).toBe(parameter.in === "path")
      }
    }
  })

  it("declares the bodies of create and update, and the result of each operation", () => {
    const text = (value: unknown) => JSON.stringify(value) ?? ""
    const bodies = Object.fromEntries(
      operations.map(({ operation }) => [operation.operationId, [
        /schemas\/(\w+)/.exec(text(operation.requestBody))?.[1],
        /schemas\/(\w+)/.exec(text(operation.responses[200]))?.[1]
      ]])
    )
    for (const prefix of ["workspace_secrets", "workspaces.workspace_secrets"]) {
      expect(bodies[`${prefix}.list`]).toEqual([undefined, "WorkspaceSecretPage"])
      expect(bodies[`${prefix}.create`]).toEqual(["CreateWorkspaceSecret", "WorkspaceSecret"])
      expect(bodies[`${prefix}.get`]).toEqual([undefined, "WorkspaceSecret"])
      expect(bodies[`${prefix}.update`]).toEqual(["UpdateWorkspaceSecret", "WorkspaceSecret"])
      expect(bodies[`${prefix}.delete`]).toEqual([undefined, "Deleted"])
    }
    expect(bodies["profiles.whoami"]).toEqual([undefined, "Profile"])
  })

  it("refers only to schemas that it contains", () => {
    const references = new Set(JSON.stringify(spec).match(/#\/components\/schemas\/[^"]+/g))
    expect(references.size).toBeGreaterThan(10)
    for (const reference of references) {
      expect(Object.keys(spec.components.schemas)).toContain(reference.slice("#/components/schemas/".length))
    }
  })
})
