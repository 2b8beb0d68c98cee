// Breaks every rule of .dependency-cruiser.mjs once, in a temporary copy of this repository's layout.
import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { after, before, describe, it } from "node:test"
import config, { serverFolders } from "../.dependency-cruiser.mjs"
import { exportsOf } from "./exports.mjs"
import { openModulesOf, root, workspaces } from "./workspaces.mjs"

const allowed = {
  "packages/core/src/Good.ts": "import * as Effect from \"effect/Effect\"\nexport const good = Effect.void",
  "packages/core/src/internal/closed.ts": "export const closed = 1",
  "packages/core/src/index.ts": "export * from \"./Good.js\"",
  "packages/core/test/Good.test.ts": "import \"vitest\"\nimport \"node:fs\"\nimport \"../src/internal/closed.js\"",
  "packages/http-client/src/Client.ts":
    "import \"@effect/platform/HttpClient\"\nimport \"@workspace-secrets/core/Good\"",
  "packages/http-client/src/node.ts": "import \"node:http\"",
  "packages/http-client/src/internal/transport/nodeDispatcher.ts": "import \"node:https\"",
  "packages/http-client/src/internal/wire/request.ts": "import \"@workspace-secrets/core/Good\"",
  "packages/http-client/src/internal/call/runCall.ts": "import \"../wire/request.js\"",
  "packages/contract-tests/src/Cli.ts": "import \"node:util\"",
  "packages/contract-tests/src/Contract.ts": "import \"vitest\"\nimport \"@workspace-secrets/http-client/Client\"",
  "apps/mock-server/src/Server.ts": "import \"node:http\"\nimport \"@workspace-secrets/core/Good\"",
  "apps/mock-server/src/bin.ts": "import \"./bin/Cli.js\"",
  "apps/mock-server/src/bin/Cli.ts": "import \"@effect/cli/Command\"",
  "apps/mock-server/src/control/Control.ts": "import \"../world/World.js\"\nimport \"../transport/Socket.js\"",
  "apps/mock-server/src/transport/Socket.ts": "import \"../api/Answer.js\"",
  "apps/mock-server/src/documents/Document.ts": "import \"../api/Answer.js\"",
  "apps/mock-server/src/api/Answer.ts": "import \"../world/World.js\"",
  "apps/mock-server/src/storage/File.ts": "import \"../world/World.js\"",
  "apps/mock-server/src/world/World.ts": "import \"../input/Text.js\"",
  "apps/mock-server/src/input/Text.ts": "export const text = \"\"",
  "apps/mock-server/test/Server.test.ts":
    "import \"@workspace-secrets/contract-tests/Contract\"\nimport \"@workspace-secrets/http-client/Client\"\nimport \"../src/Server.js\"",
  "apps/console/src/App.tsx": "export const App = () => undefined",
  "apps/console/src/main.tsx": "import \"./App.js\"",
  "examples/read.ts": "import \"@workspace-secrets/http-client/Client\"\nimport \"effect/Effect\""
}

/** A module of each folder of the mock server that another folder imports. */
const aModuleOf = Object.fromEntries(
  Object.keys(allowed).flatMap((path) => {
    const [, folder, module] = /^apps\/mock-server\/src\/(\w+)\/(\w+)\.ts$/.exec(path) ?? []
    return folder === undefined ? [] : [[folder, module]]
  })
)

// The forbidden imports, and the rules that must report them.
const offences = [
  [
    "packages/core/src/UsesClient.ts",
    "@workspace-secrets/http-client/Client",
    "core-stands-alone",
    "core-needs-effect-only",
    "no-undeclared-workspaces"
  ],
  ["packages/core/test/UsesClient.test.ts", "@workspace-secrets/http-client/Client", "core-stands-alone"],
  [
    "packages/http-client/src/UsesContract.ts",
    "@workspace-secrets/contract-tests/Contract",
    "client-needs-core-only",
    "no-undeclared-workspaces"
  ],
  ["packages/http-client/test/UsesServer.test.ts", "@workspace-secrets/mock-server/Server", "client-needs-core-only"],
  [
    "packages/contract-tests/src/UsesServer.ts",
    "@workspace-secrets/mock-server/Server",
    "contract-knows-no-server",
    "no-undeclared-workspaces"
  ],
  [
    "apps/mock-server/src/UsesClient.ts",
    "@workspace-secrets/http-client/Client",
    "server-knows-no-client",
    "no-undeclared-workspaces"
  ],
  [
    "apps/mock-server/src/UsesContract.ts",
    "@workspace-secrets/contract-tests/Contract",
    "server-knows-no-client",
    "no-undeclared-workspaces"
  ],
  [
    "apps/console/src/UsesCore.ts",
    "../../../packages/core/src/Good.js",
    "console-stands-alone",
    "no-relative-imports-across-packages",
    "no-undeclared-workspaces"
  ],
  [
    "apps/mock-server/test/UsesConsole.test.ts",
    "../../console/src/App.js",
    "console-stands-alone",
    "no-relative-imports-across-packages"
  ],
  ["packages/http-client/src/Circular.ts", "./Circular2.js", "no-cycles"],
  // The second import of the same cycle, which is reported once.
  ["packages/http-client/src/Circular2.ts", "./Circular.js"],
  ["packages/http-client/src/Relative.ts", "../../core/src/Good.js", "no-relative-imports-across-packages"],
  [
    "apps/mock-server/test/Relative.test.ts",
    "../../../packages/core/src/Good.js",
    "no-relative-imports-across-packages"
  ],
  ["packages/http-client/src/UsesNode.ts", "node:fs", "no-node-in-packages"],
  ["packages/http-client/src/UsesBareNode.ts", "fs", "no-node-in-packages"],
  ["packages/core/src/UsesNode.ts", "node:fs", "no-node-in-packages", "core-needs-effect-only"],
  ["packages/contract-tests/src/UsesNode.ts", "node:fs", "no-node-in-packages"],
  // Undeclared: at the root only, or nowhere.
  [
    "packages/core/src/UsesPlatform.ts",
    "@effect/platform/HttpClient",
    "core-needs-effect-only",
    "no-undeclared-dependencies"
  ],
  ["packages/http-client/src/UsesVitest.ts", "vitest", "no-undeclared-dependencies"],
  ["apps/mock-server/src/UsesVitest.ts", "vitest", "no-undeclared-dependencies"],
  ["apps/mock-server/src/UsesStray.ts", "stray", "no-undeclared-dependencies"],
  ["apps/mock-server/src/UsesCli.ts", "@effect/cli/Command", "no-development-dependencies"],
  ["apps/mock-server/test/UsesStray.test.ts", "stray", "no-undeclared-dependencies-in-tests"],
  ["examples/stray.ts", "stray", "no-undeclared-dependencies-in-tests"],
  ["packages/core/src/UsesIndex.ts", "./index.js", "not-from-own-index"],
  [
    "packages/http-client/src/UsesClosed.ts",
    "../../core/src/internal/closed.js",
    "no-closed-modules",
    "no-relative-imports-across-packages"
  ],
  ["packages/http-client/src/internal/wire/UsesCall.ts", "../call/runCall.js", "client-folders-one-way"],
  ["packages/http-client/src/internal/call/UsesEntry.ts", "../../Client.js", "client-internals-know-no-entry"],
  // Each folder of the mock server, importing the one above it, and the modules on top.
  ...serverFolders.slice(1).map((folder, at) => [
    `apps/mock-server/src/${folder}/Up.ts`,
    `../${serverFolders[at]}/${aModuleOf[serverFolders[at]]}.js`,
    "folders-in-order"
  ]),
  ["apps/mock-server/src/api/UsesServer.ts", "../Server.js", "folders-in-order"],
  ["apps/mock-server/src/UsesCommand.ts", "./bin/Cli.js", "folders-in-order"],
  ["apps/mock-server/src/unknown/Folder.ts", "../input/Text.js", "folders-in-order"],
  ["apps/mock-server/test/Unresolvable.test.ts", "./Nowhere.js", "resolvable"]
]

const offence = ([path, specifier]) => [path, `import ${JSON.stringify(specifier)}`]

/** Writes the files, the manifests of the workspaces, and stubs of the imported packages. */
const write = (directory, files) => {
  const put = (path, content) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), content)
  }
  for (const [path, content] of files) put(path, `${content}\n`)
  for (const name of ["package.json", "tsconfig.base.json", ".dependency-cruiser.mjs", "apps/console/package.json"]) {
    cpSync(join(root, name), join(directory, name))
  }
  mkdirSync(join(directory, "node_modules/@workspace-secrets"), { recursive: true })
  for (const workspace of workspaces()) {
    const manifest = JSON.parse(workspace.text)
    const modules = openModulesOf(join(directory, workspace.directory))
    put(`${workspace.directory}/package.json`, JSON.stringify({ ...manifest, exports: exportsOf(modules) }))
    symlinkSync(join(directory, workspace.directory), join(directory, "node_modules", manifest.name), "junction")
  }
  for (const name of ["effect", "@effect/cli", "@effect/platform", "vitest", "stray"]) {
    const exports = { ".": "./index.js", "./*": "./index.js" }
    put(`node_modules/${name}/package.json`, JSON.stringify({ name, version: "0.0.0", type: "module", exports }))
    put(`node_modules/${name}/index.js`, "export {}\n")
  }
}

const cruise = (directory) =>
  new Promise((resolve, reject) => {
    const bin = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs")
    const args = [
      "--config",
      ".dependency-cruiser.mjs",
      "--output-type",
      "json",
      "packages",
      "apps",
      "tools",
      "examples"
    ]
    // The exit code is the number of violations; without output, it failed for another reason.
    execFile(
      process.execPath,
      [bin, ...args],
      { cwd: directory, maxBuffer: Infinity },
      (_, stdout, stderr) =>
        stdout === ""
          ? reject(new Error(stderr))
          : resolve(JSON.parse(stdout).summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`))
    )
  })

describe("the boundaries", () => {
  let directory
  let clean
  let broken

  before(async () => {
    directory = mkdtempSync(join(realpathSync(tmpdir()), "boundaries-"))
    for (const [name, files] of [["clean", []], ["broken", offences.map(offence)]]) {
      for (const parent of ["packages", "apps", "tools", "examples"]) {
        mkdirSync(join(directory, name, parent), { recursive: true })
      }
      write(join(directory, name), [...Object.entries(allowed), ...files])
    }
    const trees = ["clean", "broken"].map((name) => cruise(join(directory, name)))
    ;[clean, broken] = await Promise.all(trees)
  })

  after(() => rmSync(directory, { recursive: true, force: true }))

  it("accept a tree without violations", () => {
    assert.deepEqual(clean, [])
  })

  for (const [path, specifier, ...rules] of offences) {
    it(`${path} importing ${specifier} is ${rules.join(", ") || "reported once"}`, () => {
      const found = broken.filter((violation) => violation.startsWith(`${path}: `))
      assert.deepEqual(found.sort(), rules.map((rule) => `${path}: ${rule}`).sort())
    })
  }

  it("are each broken above", () => {
    const named = new Set(offences.flatMap(([, , ...rules]) => rules))
    assert.deepEqual(config.forbidden.map((rule) => rule.name).filter((name) => !named.has(name)), [])
  })

  it("report no valid file", () => {
    const accused = broken.filter((violation) => Object.keys(allowed).some((path) => violation.startsWith(`${path}:`)))
    assert.deepEqual(accused, [])
  })
})
