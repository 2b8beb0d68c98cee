// The boundaries between the packages. tools/boundaries.test.mjs breaks each rule on purpose, with this very file.
import { readdirSync, readFileSync } from "node:fs"

// dependency-cruiser runs in the directory whose tree it checks.
const read = (directory) => JSON.parse(readFileSync(`${directory}/package.json`, "utf8"))
const rootManifest = read(".")
const manifests = ["packages", "apps"].flatMap((parent) =>
  readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => ({ directory: `${parent}/${entry.name}`, ...read(`${parent}/${entry.name}`) }))
)

const anyOf = (names) => `(${names.map((name) => name.replaceAll(".", "\\.")).join("|")})`
const core = "^packages/core/"
const client = "^packages/http-client/"
const contract = "^packages/contract-tests/"
const server = "^apps/mock-server/"
const consoleApp = "^apps/console/"
const nodeEntry = [
  "^packages/http-client/src/(node\\.ts$|internal/transport/node)",
  "^packages/contract-tests/src/(Cli|bin|Seal|WitnessCli|WitnessProxy)\\.ts$"
]
/** The folders of the mock server's `src`, from the outside in: each may import those after it. Its modules on top stand between the first two. */
export const serverFolders = ["bin", "control", "transport", "documents", "api", "storage", "world", "input"]
const inServer = (folder) => `${server}src/${folder}/`
const undeclared = ["npm-no-pkg", "npm-unknown", "unknown"]

// The folders of http-client/src/internal, and which of the others each may import.
const clientFolders = {
  client: ["call", "options", "wire"],
  call: ["options", "telemetry", "transport", "wire"],
  options: ["wire"],
  telemetry: ["transport", "wire"],
  transport: [],
  wire: []
}

const forbid = (name, comment, from, to) => ({ name, comment, severity: "error", from, to })

export default {
  forbidden: [
    forbid("core-stands-alone", "core imports no other package.", { path: core }, {
      path: ["^packages/", "^apps/"],
      pathNot: core
    }),
    forbid("client-needs-core-only", "http-client imports core and nothing else of ours.", { path: client }, {
      path: ["^packages/", "^apps/"],
      pathNot: [core, client]
    }),
    forbid(
      "contract-knows-no-server",
      "contract-tests import core and http-client, never an app.",
      { path: contract },
      {
        path: "^apps/"
      }
    ),
    forbid(
      "server-knows-no-client",
      "The server is written from core alone; only its tests may use http-client and contract-tests.",
      { path: server, pathNot: `${server}(test|proof)/` },
      { path: [client, contract] }
    ),
    forbid(
      "console-stands-alone",
      "The console knows the server by its wire alone, and is served as files: it imports no other package, and none imports it.",
      { path: consoleApp },
      { path: ["^packages/", "^apps/"], pathNot: consoleApp }
    ),
    forbid(
      "console-stands-alone",
      "The console knows the server by its wire alone, and is served as files: it imports no other package, and none imports it.",
      { path: "^(packages|apps|examples)/", pathNot: consoleApp },
      { path: consoleApp }
    ),
    forbid("no-cycles", "Modules import each other in one direction.", { path: "^(packages|apps|tools|examples)/" }, {
      circular: true
    }),
    forbid(
      "no-relative-imports-across-packages",
      "Another package is imported by its name, as its users do. What all leak tests share is in tools/leaks.",
      { path: "^(packages|apps)/([^/]+)/src/" },
      { path: "^(packages|apps|tools|examples)/", pathNot: "^$1/$2/", dependencyTypes: ["local"] }
    ),
    forbid(
      "no-relative-imports-across-packages",
      "Another package is imported by its name, as its users do. What the tests of all packages share is in tools/leaks, tools/readme and tools/certificate.ts.",
      { path: "^(packages|apps)/([^/]+)/(test|proof)/" },
      {
        path: "^(packages|apps|tools|examples)/",
        pathNot: ["^$1/$2/", "^tools/(leaks|readme)/", "^tools/certificate.ts$"],
        dependencyTypes: ["local"]
      }
    ),
    forbid(
      "no-node-in-packages",
      "Packages run wherever Effect does; http-client's node entry point and the command line and the witness of contract-tests do not.",
      { path: "^packages/[^/]+/src/", pathNot: nodeEntry },
      { dependencyTypes: ["core"] }
    ),
    forbid("core-needs-effect-only", "core/src imports effect and itself.", { path: `${core}src/` }, {
      pathNot: [`${core}src/`, "^node_modules/effect/"]
    }),
    forbid(
      "no-undeclared-dependencies",
      "A package declares what its src imports.",
      { path: "^(packages|apps)/[^/]+/src/" },
      { dependencyTypes: undeclared }
    ),
    forbid(
      "no-development-dependencies",
      "What is in devDependencies is bundled into the command; any other module would miss it at its users'.",
      { path: "^(packages|apps)/[^/]+/src/", pathNot: "^apps/[^/]+/src/bin(\\.ts$|/)" },
      { dependencyTypes: ["npm-dev"] }
    ),
    ...manifests.map(({ dependencies = {}, directory }) =>
      forbid(
        "no-undeclared-workspaces",
        "A package declares which of ours its src imports.",
        { path: `^${directory}/src/` },
        {
          path: "^(packages|apps)/",
          pathNot: manifests
            .filter((other) => other.directory === directory || other.name in dependencies)
            .map((other) => `^${other.directory}/`)
        }
      )
    ),
    forbid(
      "no-undeclared-dependencies-in-tests",
      "What tests, tools and examples import is declared in the root package.json.",
      { path: ["^(packages|apps)/[^/]+/(test|proof)/", "^(tools|examples)/"] },
      {
        path: "node_modules/",
        pathNot: [`^node_modules/${anyOf(Object.keys(rootManifest.devDependencies))}/`]
      }
    ),
    forbid(
      "not-from-own-index",
      "A module imports its siblings, not the index that re-exports them.",
      { path: "^(packages|apps)/([^/]+)/src/" },
      { path: "^$1/$2/src/index\\.ts$" }
    ),
    forbid("no-closed-modules", "internal/ of a package is closed to the others.", {
      path: "^(packages|apps)/([^/]+)/"
    }, {
      path: ["^(packages|apps)/[^/]+/src/internal/", "^(packages|apps)/[^/]+/src/.+/internal/"],
      pathNot: "^$1/$2/"
    }),
    ...Object.entries(clientFolders).map(([folder, imports]) =>
      forbid(
        "client-folders-one-way",
        "The folders of http-client/src/internal import each other in one direction; see clientFolders above.",
        { path: `${client}src/internal/${folder}/` },
        {
          path: `${client}src/internal/[^/]+/`,
          pathNot: [folder, ...imports].map((other) => `${client}src/internal/${other}/`)
        }
      )
    ),
    forbid(
      "client-internals-know-no-entry",
      "The entry points of http-client import internal/; it imports only their errors and options.",
      { path: `${client}src/internal/` },
      { path: `${client}src/[^/]+\\.ts$`, pathNot: `${client}src/(CallOptions|ClientError|Retry)\\.ts$` }
    ),
    ...serverFolders.map((folder, at) =>
      forbid(
        "folders-in-order",
        "A folder of the mock server imports the folders below it only: see docs/architecture.md.",
        { path: inServer(folder) },
        { path: serverFolders.slice(0, at).map(inServer).concat(at === 0 ? [] : `${server}src/[^/]+\\.ts$`) }
      )
    ).slice(1),
    forbid(
      "folders-in-order",
      "The command stands on top of the mock server's other modules.",
      { path: `${server}src/[^/]+\\.ts$`, pathNot: `${server}src/bin\\.ts$` },
      { path: inServer("bin") }
    ),
    forbid(
      "folders-in-order",
      "A new folder of the mock server gets its place in `serverFolders`.",
      { path: `${server}src/[^/]+/`, pathNot: serverFolders.map(inServer) },
      {}
    ),
    forbid("resolvable", "Every import leads somewhere.", {}, { couldNotResolve: true })
  ],
  options: {
    doNotFollow: { path: ["node_modules"] },
    exclude: {
      path: ["^(packages|apps)/[^/]+/(dist|coverage)/", "^tools/consumers/", "^tools/generated-clients/project/"]
    },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@workspace-secrets/source", "import", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".mts", ".js", ".mjs", ".json"]
    }
  }
}
