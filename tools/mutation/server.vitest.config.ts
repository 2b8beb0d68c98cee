import { mutation } from "./vitest.js"

export default mutation("apps/mock-server", [
  // In other processes, which mutants do not reach.
  "test/bin/**",
  "test/bin.test.ts",
  "test/contract.cli.test.ts",
  "test/README.test.ts",
  "test/readme/**",
  // Of documents, which are not mutated.
  "test/documents/DocsPage.test.ts",
  "test/documents/OpenApiDocument.test.ts",
  // The same as in process, over a socket, and at load: minutes for each mutant.
  "test/contract.test.ts",
  "test/HostileInput.test.ts",
  "test/transport/Listener.test.ts",
  "test/tenants.concurrent.test.ts"
])
