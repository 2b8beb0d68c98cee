import type { OperationName } from "../../ClientError.js"
import type { Target } from "../wire/target.js"

/** The span attributes of an operation's requests that are the same for every call. */
export interface Route {
  readonly span: string
  readonly attributes: ReadonlyArray<readonly [key: string, value: string | number]>
}

const methods = { list: "GET", create: "POST", get: "GET", update: "PATCH", delete: "DELETE", whoami: "GET" } as const

/** The routes of a client's operations, by OpenTelemetry's HTTP conventions. */
export const routes = (target: Target): { readonly [Name in OperationName]: Route } => {
  const { hostname, port, protocol } = new URL(target.secrets)
  const collection = target.workspace === undefined
    ? "/v1/workspace_secrets"
    : "/v1/workspaces/{workspaceId}/workspace_secrets"
  const route = (name: OperationName, template: string): Route => ({
    span: `${methods[name]} ${template}`,
    attributes: [
      ["http.request.method", methods[name]],
      ["url.template", template],
      ["server.address", hostname.replace(/^\[|\]$/g, "")],
      ["server.port", Number(port) || (protocol === "https:" ? 443 : 80)]
    ]
  })
  const item = `${collection}/{id}`
  return {
    list: route("list", collection),
    create: route("create", collection),
    get: route("get", item),
    update: route("update", item),
    delete: route("delete", item),
    whoami: route("whoami", "/v1/whoami")
  }
}
