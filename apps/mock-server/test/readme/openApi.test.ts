import { openApiDocument } from "@workspace-secrets/mock-server/OpenApiDocument"
import { expect, test } from "vitest"

test("has a description of its operations", () => {
  expect(Object.keys(openApiDocument.paths)).toContain("/v1/workspaces/{workspaceId}/workspace_secrets/{id}")
  expect(openApiDocument.components.schemas["Labels"]?.propertyNames?.pattern).toContain("[A-Za-z0-9]")
})
