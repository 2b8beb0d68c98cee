import { InvalidArgument, ResourceExhausted } from "@workspace-secrets/core/ApiError"
import { fromResponse, toResponse } from "@workspace-secrets/core/ErrorResponse"
import { WorkspaceSecretNotFound } from "@workspace-secrets/core/WorkspaceSecret"

const answer = toResponse(
  InvalidArgument.fromViolations([{ field: "metadata.name", description: "required" }])
)
console.log(answer.status, answer.body.message) // 400 metadata.name: required

const error = fromResponse<ResourceExhausted | WorkspaceSecretNotFound>(
  { ResourceExhausted, WorkspaceSecretNotFound },
  { status: 429, body: { code: 8, message: "slow down", details: [] } }
)
console.log(error?._tag, error?.isRetryable) // ResourceExhausted true
