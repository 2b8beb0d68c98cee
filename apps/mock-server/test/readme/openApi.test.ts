import * as OpenApi from "@effect/platform/OpenApi"
import { Api } from "@workspace-secrets/mock-server/Api"
import { expect, test } from "vitest"

test("has a description of its operations", () => {
  const { paths } = OpenApi.fromApi(Api)
  expect(Object.keys(paths)).toContain("/v1/workspaces/{workspaceId}/workspace_secrets/{id}")
})
