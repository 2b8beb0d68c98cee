import { mutation } from "./vitest.js"

export default mutation("apps/mock-server", [
  // These run child processes, in which mutants are not active.
  "test/bin/**",
  "test/bin.test.ts",
  "test/contract.cli.test.ts",
  "test/README.test.ts",
  "test/readme/**",
  // Documents and the built console are not mutated.
  "test/control/Console.test.ts",
  "test/documents/DocsPage.test.ts",
  "test/documents/OpenApiDocument.test.ts",
  // Sockets and the format of files are not mutated; these tests take seconds per mutant, or minutes.
  "test/contract.test.ts",
  "test/control/Requests.test.ts",
  "test/HostileInput.test.ts",
  "test/storage/Log.test.ts",
  "test/transport/{Connection,Cors,Gate,Listener,Listener.limits}.test.ts",
  "test/tenants.concurrent.test.ts"
])
