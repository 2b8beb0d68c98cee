/**
 * The published operations of the API, by method and path (WIRE.md, The rest of the API).
 *
 * @since 0.1.0
 */
import type { Endpoint } from "./Routes.js"

const published = `
GET /v1/account
GET /v1/account/global_api_key
POST /v1/account/global_api_key:disable
POST /v1/account/global_api_key:enable
POST /v1/account/global_api_key:rotate
GET /v1/account/profiles
GET /v1/account/workspaces
POST /v1/account/workspaces
DELETE /v1/account/workspaces/{workspaceId}
GET /v1/account/workspaces/{workspaceId}
PATCH /v1/account/workspaces/{workspaceId}
GET /v1/account/workspaces/{workspaceId}/members
POST /v1/account/workspaces/{workspaceId}/members
DELETE /v1/account/workspaces/{workspaceId}/members/{profileId}
POST /v1/account:rotateChallengeToken
POST /v1/account:rotateWebhookSigningKey
GET /v1/whoami
GET /v1/workspaces
GET /v1/workspaces/{workspaceId}/agents
POST /v1/workspaces/{workspaceId}/agents
GET /v1/workspaces/{workspaceId}/agents/{agentId}/feedback
GET /v1/workspaces/{workspaceId}/agents/{agentId}/schedules
POST /v1/workspaces/{workspaceId}/agents/{agentId}/schedules
DELETE /v1/workspaces/{workspaceId}/agents/{agentId}/schedules/{id}
GET /v1/workspaces/{workspaceId}/agents/{agentId}/schedules/{id}
PATCH /v1/workspaces/{workspaceId}/agents/{agentId}/schedules/{id}
POST /v1/workspaces/{workspaceId}/agents/{agentId}/schedules/{id}:archive
POST /v1/workspaces/{workspaceId}/agents/{agentId}/schedules/{id}:pause
POST /v1/workspaces/{workspaceId}/agents/{agentId}/schedules/{id}:resume
GET /v1/workspaces/{workspaceId}/agents/{agentId}/variations
POST /v1/workspaces/{workspaceId}/agents/{agentId}/variations
DELETE /v1/workspaces/{workspaceId}/agents/{agentId}/variations/{id}
GET /v1/workspaces/{workspaceId}/agents/{agentId}/variations/{id}
PATCH /v1/workspaces/{workspaceId}/agents/{agentId}/variations/{id}
POST /v1/workspaces/{workspaceId}/agents/{agentId}/variations/{variationId}/assignments
DELETE /v1/workspaces/{workspaceId}/agents/{agentId}/variations/{variationId}/assignments/{id}
POST /v1/workspaces/{workspaceId}/agents/{agentId}/variations/{variationId}/memory_layer_assignments
DELETE /v1/workspaces/{workspaceId}/agents/{agentId}/variations/{variationId}/memory_layer_assignments/{id}
PATCH /v1/workspaces/{workspaceId}/agents/{agentId}/variations/{variationId}/memory_layer_assignments/{id}
GET /v1/workspaces/{workspaceId}/agents/{agentId}/webhook_deliveries
DELETE /v1/workspaces/{workspaceId}/agents/{id}
GET /v1/workspaces/{workspaceId}/agents/{id}
PATCH /v1/workspaces/{workspaceId}/agents/{id}
POST /v1/workspaces/{workspaceId}/agents/{id}:archive
POST /v1/workspaces/{workspaceId}/agents/{id}:publish
POST /v1/workspaces/{workspaceId}/agents/{id}:unarchive
POST /v1/workspaces/{workspaceId}/agents/{id}:unpublish
GET /v1/workspaces/{workspaceId}/ai_provider_keys
POST /v1/workspaces/{workspaceId}/ai_provider_keys
DELETE /v1/workspaces/{workspaceId}/ai_provider_keys/{id}
GET /v1/workspaces/{workspaceId}/ai_provider_keys/{id}
PATCH /v1/workspaces/{workspaceId}/ai_provider_keys/{id}
GET /v1/workspaces/{workspaceId}/api_keys
POST /v1/workspaces/{workspaceId}/api_keys
DELETE /v1/workspaces/{workspaceId}/api_keys/{id}
GET /v1/workspaces/{workspaceId}/api_keys/{id}
PATCH /v1/workspaces/{workspaceId}/api_keys/{id}
POST /v1/workspaces/{workspaceId}/api_keys/{id}:disable
POST /v1/workspaces/{workspaceId}/api_keys/{id}:enable
POST /v1/workspaces/{workspaceId}/api_keys/{id}:rotate
GET /v1/workspaces/{workspaceId}/memory_layers
POST /v1/workspaces/{workspaceId}/memory_layers
DELETE /v1/workspaces/{workspaceId}/memory_layers/{id}
GET /v1/workspaces/{workspaceId}/memory_layers/{id}
PATCH /v1/workspaces/{workspaceId}/memory_layers/{id}
GET /v1/workspaces/{workspaceId}/memory_layers/{memoryLayerId}/entries
POST /v1/workspaces/{workspaceId}/memory_layers/{memoryLayerId}/entries
DELETE /v1/workspaces/{workspaceId}/memory_layers/{memoryLayerId}/entries/{id}
GET /v1/workspaces/{workspaceId}/memory_layers/{memoryLayerId}/entries/{id}
PATCH /v1/workspaces/{workspaceId}/memory_layers/{memoryLayerId}/entries/{id}
GET /v1/workspaces/{workspaceId}/models
GET /v1/workspaces/{workspaceId}/models/{id}
POST /v1/workspaces/{workspaceId}/models/{id}:disable
POST /v1/workspaces/{workspaceId}/models/{id}:enable
POST /v1/workspaces/{workspaceId}/models:swapModelOnVariations
GET /v1/workspaces/{workspaceId}/objectives
POST /v1/workspaces/{workspaceId}/objectives
GET /v1/workspaces/{workspaceId}/objectives/{id}
GET /v1/workspaces/{workspaceId}/objectives/{objectiveId}/context_windows
GET /v1/workspaces/{workspaceId}/objectives/{objectiveId}/diagnostics
GET /v1/workspaces/{workspaceId}/objectives/{objectiveId}/events
GET /v1/workspaces/{workspaceId}/objectives/{objectiveId}/events:stream
GET /v1/workspaces/{workspaceId}/objectives/{objectiveId}/feedback
POST /v1/workspaces/{workspaceId}/objectives/{objectiveId}/feedback
GET /v1/workspaces/{workspaceId}/objectives/{objectiveId}/tasks
GET /v1/workspaces/{workspaceId}/objectives/{objectiveId}/tasks/{id}
GET /v1/workspaces/{workspaceId}/objectives/{objectiveId}/tool_calls
GET /v1/workspaces/{workspaceId}/objectives/{objectiveId}/tool_calls/{toolCallId}
POST /v1/workspaces/{workspaceId}/objectives/{objectiveId}/tool_calls/{toolCallId}:approve
POST /v1/workspaces/{workspaceId}/objectives/{objectiveId}/tool_calls/{toolCallId}:deny
POST /v1/workspaces/{workspaceId}/objectives/{objectiveId}/tool_calls/{toolCallId}:setContent
GET /v1/workspaces/{workspaceId}/objectives/{objectiveId}/tools
POST /v1/workspaces/{workspaceId}/objectives/{objectiveId}:cancel
POST /v1/workspaces/{workspaceId}/objectives/{objectiveId}:compact
POST /v1/workspaces/{workspaceId}/objectives/{objectiveId}:continue
GET /v1/workspaces/{workspaceId}/search/tools_or_tool_sets
GET /v1/workspaces/{workspaceId}/tenants
DELETE /v1/workspaces/{workspaceId}/tenants/{id}
GET /v1/workspaces/{workspaceId}/tenants/{id}
GET /v1/workspaces/{workspaceId}/tenants/{tenantId}/subjects
GET /v1/workspaces/{workspaceId}/tool_sets
POST /v1/workspaces/{workspaceId}/tool_sets
DELETE /v1/workspaces/{workspaceId}/tool_sets/{id}
GET /v1/workspaces/{workspaceId}/tool_sets/{id}
PATCH /v1/workspaces/{workspaceId}/tool_sets/{id}
POST /v1/workspaces/{workspaceId}/tool_sets/{id}:archive
POST /v1/workspaces/{workspaceId}/tool_sets/{id}:unarchive
GET /v1/workspaces/{workspaceId}/tool_sets/{toolSetId}/events
GET /v1/workspaces/{workspaceId}/tool_sets/{toolSetId}/openapi_spec
GET /v1/workspaces/{workspaceId}/tool_sets/{toolSetId}/secrets
POST /v1/workspaces/{workspaceId}/tool_sets/{toolSetId}/secrets
DELETE /v1/workspaces/{workspaceId}/tool_sets/{toolSetId}/secrets/{id}
GET /v1/workspaces/{workspaceId}/tool_sets/{toolSetId}/secrets/{id}
PATCH /v1/workspaces/{workspaceId}/tool_sets/{toolSetId}/secrets/{id}
GET /v1/workspaces/{workspaceId}/tool_sets/{toolSetId}/tools
POST /v1/workspaces/{workspaceId}/tool_sets/{toolSetId}/tools
DELETE /v1/workspaces/{workspaceId}/tool_sets/{toolSetId}/tools/{id}
GET /v1/workspaces/{workspaceId}/tool_sets/{toolSetId}/tools/{id}
PATCH /v1/workspaces/{workspaceId}/tool_sets/{toolSetId}/tools/{id}
POST /v1/workspaces/{workspaceId}/tool_sets/{toolSetId}/tools/{id}:omit
POST /v1/workspaces/{workspaceId}/tool_sets/{toolSetId}/tools/{id}:restore
GET /v1/workspaces/{workspaceId}/tool_sets/{toolSetId}/usage
POST /v1/workspaces/{workspaceId}/uploads
GET /v1/workspaces/{workspaceId}/uploads/{id}
DELETE /v1/workspaces/{workspaceId}/widget_sessions
GET /v1/workspaces/{workspaceId}/widget_sessions
POST /v1/workspaces/{workspaceId}/widget_sessions
DELETE /v1/workspaces/{workspaceId}/widget_sessions/{id}
GET /v1/workspaces/{workspaceId}/widget_sessions/{id}
POST /v1/workspaces/{workspaceId}/widget_sessions/{id}:revoke
GET /v1/workspaces/{workspaceId}/widgets
POST /v1/workspaces/{workspaceId}/widgets
DELETE /v1/workspaces/{workspaceId}/widgets/{id}
GET /v1/workspaces/{workspaceId}/widgets/{id}
PATCH /v1/workspaces/{workspaceId}/widgets/{id}
POST /v1/workspaces/{workspaceId}/widgets/{id}:archive
POST /v1/workspaces/{workspaceId}/widgets/{id}:unarchive
GET /v1/workspaces/{workspaceId}/workspace_secrets
POST /v1/workspaces/{workspaceId}/workspace_secrets
DELETE /v1/workspaces/{workspaceId}/workspace_secrets/{id}
GET /v1/workspaces/{workspaceId}/workspace_secrets/{id}
PATCH /v1/workspaces/{workspaceId}/workspace_secrets/{id}
`

/**
 * All 142 operations published in 2026-08, including those that this server implements. The others get 501 UNIMPLEMENTED.
 *
 * @since 0.1.0
 * @category constants
 */
export const publishedOperations: ReadonlyArray<Endpoint> = published.trim().split("\n").map((line) => {
  const [method = "", path = ""] = line.split(" ")
  return { method, path: path.replace(/\{(\w+)\}/g, ":$1") as Endpoint["path"] }
})
