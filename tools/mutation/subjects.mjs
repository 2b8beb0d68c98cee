// The mutated modules, and the tests that run against the mutants: `core.vitest.config.ts`, `server.vitest.config.ts`.
import { join } from "node:path"
import { modulesOf, root } from "../workspaces.mjs"

/** All modules of core, and those of the mock server with rules, without launch and documents. */
export const subjects = {
  core: {
    what: "every module of packages/core",
    directory: "packages/core",
    modules: modulesOf(join(root, "packages/core")).map((module) => module.replace(/\.ts$/, ""))
      .filter((module) => module !== "index"),
    tests: "those of packages/core, without those of what is printed (`leaks`) and of the README"
  },
  server: {
    what: "the rules of apps/mock-server: secrets, lists, faults, clocks, tenants, the journal, routes and bodies",
    directory: "apps/mock-server",
    modules: [
      "api/Body",
      "api/Handlers",
      "api/Routes",
      "world/Cursor",
      "world/Fault",
      "world/Ids",
      "world/Journal",
      "world/SearchIndex",
      "world/Seed",
      "world/Tenant",
      "world/TenantClock",
      "world/WorkspaceSecretStore",
      "world/WorkspaceSecrets"
    ],
    tests: "those of apps/mock-server in process, with the contract; not those of sockets, documents and the command"
  }
}
