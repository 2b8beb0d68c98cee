import { mutation } from "./vitest.js"

export default mutation("apps/mock-server", [
  // These run child processes, in which mutants are not active.
  "test/bin/**",
  "test/bin.test.ts",
  "test/contract.cli.test.ts",
  "test/README.test.ts",
  "test/readme/**",
  // Documents are not mutated.
  "test/control/Console.test.ts",
  "test/documents/DocsPage.test.ts",
  "test/documents/OpenApiDocument.test.ts",
  // The same tests over a socket and under load take minutes per mutant.
  "test/contract.test.ts",
  "test/HostileInput.test.ts",
  "test/transport/Listener.test.ts",
  "test/tenants.concurrent.test.ts"
])
