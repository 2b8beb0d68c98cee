import * as Cli from "@workspace-secrets/contract-tests/Cli"
import * as Disagreement from "@workspace-secrets/contract-tests/Disagreement"
import * as Ledger from "@workspace-secrets/contract-tests/Ledger"
import * as Target from "@workspace-secrets/contract-tests/Target"
import * as WitnessReport from "@workspace-secrets/contract-tests/WitnessReport"
import * as MockServer from "@workspace-secrets/mock-server/MockServer"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const corsOrigin = "https://app.example"

const target = (fetchOf: (server: MockServer.Service) => typeof fetch) =>
  Layer.unwrapScoped(Effect.gen(function*() {
    const server = yield* MockServer.MockServer
    return Target.layerFetch({
      baseUrl: server.url,
      apiKey: server.apiKey,
      workspaceId: server.workspaceId,
      workspaceAlias: "development",
      otherTenant: yield* server.tenant(),
      spacedTenant: yield* server.tenant({ apiKey: Redacted.make("My API Key") }),
      restrictedTenant: yield* server.tenant({ scopes: [] }),
      disabledTenant: yield* server.tenant({ disabled: true }),
      archivedTenant: yield* server.tenant({ archived: true }),
      corsOrigin,
      writeOnlyValues: false,
      uppercaseNames: false,
      omitUnsetFields: false,
      fetch: fetchOf(server)
    })
  }))

const own: ReadonlyArray<Cli.Own> = [
  {
    name: "in process",
    target: Layer.provide(target(({ fetch }) => fetch), MockServer.layerInProcess({ corsOrigin }))
  },
  { name: "on a socket", target: Layer.provide(target(() => globalThis.fetch), MockServer.layer({ corsOrigin })) }
]

const path = fileURLToPath(new URL("../docs/fidelity.md", import.meta.url))

/** The report of a witness of the real service, if there is one. */
const reportPath = fileURLToPath(new URL("../docs/witness.json", import.meta.url))

const report = Effect.suspend(() =>
  existsSync(reportPath)
    ? Effect.orDieWith(WitnessReport.read(readFileSync(reportPath, "utf8")), (message) => new Error(message))
    : Effect.succeed(undefined)
)

const head = `# Fidelity

What the mock server was seen to do of the contract of the Workspace Secrets API, behaviour by behaviour, in process and on
a socket. \`npm run contract\` prints the same in a terminal, \`npm run contract -- --write\` writes this page, and CI checks
that it is current.

## Where the sources disagree

The vendor's documentation (D) and what the vendor has published since (P) answer these questions differently. A behaviour that touches
one of them is marked *contested*. It passes whichever source is right, or for the answer that the suite was told.

${Disagreement.toMarkdown}
## Where the statements come from

| | where a statement comes from |
| --- | --- |
| D | documented: the pages of the API's documentation say it |
| P | published: the vendor's OpenAPI document, guides or SDKs show it |
| A | assumed: nobody says, and the API Improvement Proposals are followed |
| L | verified live: a run against the real service has seen it |
| contested | the sources disagree: see above |

The letters stand for different grounds to believe a statement, and are not added up into one score. **No statement has an
L yet:** nobody has run the suite against the real service. With a key, and at the cost of some thousand requests, this does:

\`\`\`sh
CADENYA_API_KEY=… npm run contract -- --base-url https://api.cadenya.com --live
\`\`\`

A team that uses the service needs no requests of its own: \`workspace-secrets-contract witness\` watches the traffic that there is. Its report, as
\`docs/witness.json\`, adds to this page an L with date and count for each statement that it has confirmed, and *contested* for each that it has
contradicted; \`npm run contract -- --with witness.json\` shows the same in a terminal. [witness-servers.md](witness-servers.md) has what a
witness shows of servers that are wrong.

*Seen* says how: in plain HTTP (wire), or through \`@workspace-secrets/http-client\` (client). That the tests can fail is
shown by servers and clients that are wrong on purpose, at least one for each behaviour, in \`apps/mock-server/proof/wrong\`:
\`npm run proof\`.

`

const documentOf = (columns: ReadonlyArray<Ledger.Column>, report: WitnessReport.Report | undefined) =>
  head + Ledger.toMarkdown(columns, report)

/** The first different line, with its number. */
const difference = (is: string, should: string) => {
  const [lines, wanted] = [is.split("\n"), should.split("\n")]
  const i = wanted.findIndex((line, i) => line !== lines[i])
  return `line ${i + 1}\n  is         ${lines[i] ?? "missing"}\n  should be  ${wanted[i] ?? "the end"}`
}

const document = (check: boolean) =>
  Effect.gen(function*() {
    const columns = yield* Cli.look(own)
    const text = documentOf(columns, yield* report)
    if (!Ledger.isClean(columns)) {
      yield* Console.error(Ledger.toText(columns))
      return 1
    }
    if (!check) {
      yield* Effect.sync(() => writeFileSync(path, text))
      return 0
    }
    const is = yield* Effect.sync(() => readFileSync(path, "utf8"))
    if (is !== text) {
      yield* Console.error(
        `docs/fidelity.md is not current, ${difference(is, text)}\nTo fix: npm run contract -- --write`
      )
      return 1
    }
    return 0
  })

Cli.launch(({ args, ...environment }) =>
  args.length === 1 && (args[0] === "--write" || args[0] === "--check")
    ? Effect.orDie(document(args[0] === "--check"))
    : Cli.run({ ...environment, args, own, version: "of this repository", command: "npm run contract --" })
)
