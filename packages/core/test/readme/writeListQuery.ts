import { ListWorkspaceSecrets } from "@workspace-secrets/core/ListWorkspaceSecrets"
import * as Schema from "effect/Schema"

const query = Schema.encodeSync(ListWorkspaceSecrets)({
  limit: 100,
  labels: { environment: "production", team: "payments" },
  sortOrder: "asc"
})
console.log(query.limit) // 100
console.log(query.labels) // environment=production,team=payments
