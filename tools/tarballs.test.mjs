// Breaks a package in each way that tools/tarballs.mjs must detect.
import * as esbuild from "esbuild"
import assert from "node:assert/strict"
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { after, before, describe, it } from "node:test"
import { oversized, problemsOf } from "./tarballs.mjs"
import { root } from "./workspaces.mjs"

const source = `/** Says it. */
export const hello = (name: string): string => {
  return "hello " + name
}

export function twice(name: string): string {
  return hello(hello(name))
}
`

const manifest = {
  name: "@workspace-secrets/sound",
  version: "0.0.0",
  description: "A package with nothing wrong",
  license: "Apache-2.0",
  type: "module",
  sideEffects: false,
  engines: { node: ">=20.19" },
  exports: {
    "./package.json": "./package.json",
    ".": {
      import: { types: "./dist/esm/index.d.ts", default: "./dist/esm/index.js" },
      require: { types: "./dist/cjs/index.d.ts", default: "./dist/cjs/index.js" }
    }
  },
  bin: { sound: "./dist/bin/main.js" },
  peerDependencies: { effect: "^3.22.4" }
}

const built = (format) => {
  const { code, map } = esbuild.transformSync(source, {
    loader: "ts",
    format,
    sourcemap: "external",
    sourcefile: "../../src/index.ts",
    sourcesContent: false
  })
  const types =
    "export declare const hello: (name: string) => string;\nexport declare function twice(name: string): string;\n"
  const typesMap = { version: 3, file: "index.d.ts", sources: ["../../src/index.ts"], names: [], mappings: "" }
  return {
    "index.js": `${code}//# sourceMappingURL=index.js.map\n`,
    "index.js.map": map,
    "index.d.ts": `${types}//# sourceMappingURL=index.d.ts.map`,
    "index.d.ts.map": JSON.stringify(typesMap)
  }
}

const launcher = "#!/usr/bin/env node\nimport \"./chunk.js\"\n"
const files = {
  "package.json": JSON.stringify(manifest),
  "README.md": "# @workspace-secrets/sound\n",
  "src/index.ts": source,
  ...Object.fromEntries(
    ["esm", "cjs"].flatMap((format) =>
      Object.entries(built(format)).map(([name, content]) => [`dist/${format}/${name}`, content])
    )
  ),
  "dist/cjs/package.json": "{\"type\":\"commonjs\"}\n",
  "dist/bin/main.js": launcher,
  "dist/bin/chunk.js": "export {}\n",
  "dist/bin/LICENSES.txt": "effect 3.22.4 (MIT)\n"
}

const withManifest = (change) => ({ "package.json": JSON.stringify({ ...manifest, ...change }) })
const withMap = (change) => {
  const path = "dist/esm/index.js.map"
  return { [path]: JSON.stringify({ ...JSON.parse(files[path]), ...change }) }
}

// Name, change and expected message of each defect. `undefined` removes a file.
const broken = [
  ["no README", { "README.md": undefined }, /^README\.md is missing$/],
  ["another package's README", { "README.md": "# sound\n" }, /^README\.md does not begin/],
  ["no licence", { LICENSE: undefined }, /^LICENSE is missing$/],
  ["another licence", { LICENSE: "MIT\n" }, /^LICENSE is not that of the repository$/],
  ["no description", withManifest({ description: "" }), /no description/],
  ["another licence in its manifest", withManifest({ license: "MIT" }), /license/],
  ["side effects", withManifest({ sideEffects: true }), /sideEffects/],
  ["no engines", withManifest({ engines: {} }), /engines\.node/],
  ["a script that runs when it is installed", withManifest({ scripts: { postinstall: "x" } }), /postinstall would run/],
  ["a dependency on a directory", withManifest({ dependencies: { a: "file:../a" } }), /a@file:\.\.\/a is no range/],
  [
    "a command without the licences of what is in it",
    { "dist/bin/LICENSES.txt": undefined },
    /bin\.sound: dist\/bin\/LICENSES\.txt, of what is bundled, is not in the package/
  ],
  ["a test", { "test/index.test.ts": "x" }, /^test\/index\.test\.ts: is not for users$/],
  ["a test beside its source", { "src/index.test.ts": "x" }, /^src\/index\.test\.ts: is not for users$/],
  ["a file of the build", { "tsconfig.json": "{}" }, /^tsconfig\.json: is not for users$/],
  ["an empty file", { "src/empty.ts": "" }, /^src\/empty\.ts: is empty$/],
  ["a directory of this machine", { "src/index.ts": `// ${root}\n${source}` }, /names a directory of this machine/],
  ["no source map", { "dist/esm/index.js": built("esm")["index.js"].split("//#")[0] }, /index\.js: has no source map/],
  ["a source map left out", { "dist/esm/index.js.map": undefined }, /its map .* is not in the package/],
  ["a source left out", { "src/index.ts": undefined }, /its source src\/index\.ts is not in the package/],
  ["a source map of nothing", withMap({ sources: [], mappings: "" }), /has no sources/],
  ["a source map to elsewhere", withMap({ sources: ["../../../src/index.ts"] }), /its source \.\.\/src\/index\.ts/],
  ["a source map to other lines", { "src/index.ts": `${"\n".repeat(3)}${source}` }, /leads hello, twice to other lines/]
]

describe("the check of a tarball", () => {
  let directory
  const make = (name, changes) => {
    const to = join(directory, name)
    mkdirSync(to, { recursive: true })
    cpSync(join(root, "LICENSE"), join(to, "LICENSE"))
    for (const [path, content] of Object.entries({ ...files, ...changes })) {
      if (content === undefined) rmSync(join(to, path), { force: true })
      else {
        mkdirSync(dirname(join(to, path)), { recursive: true })
        writeFileSync(join(to, path), content)
      }
    }
    return problemsOf(to)
  }

  before(() => {
    directory = mkdtempSync(join(realpathSync(tmpdir()), "tarballs-"))
  })

  after(() => rmSync(directory, { recursive: true, force: true }))

  it("finds nothing in a sound package", () => {
    assert.deepEqual(make("sound", {}), [])
  })

  for (const [index, [what, changes, message]] of broken.entries()) {
    it(`finds ${what}`, () => {
      assert.match(make(`broken-${index}`, changes).join("\n"), new RegExp(message.source, "m"))
    })
  }

  it("finds a size over its limit, and a package without limits", () => {
    const limit = { packed: 10, unpacked: 100, files: 20 }
    assert.deepEqual(oversized("sound", { packed: 10, unpacked: 100, files: 20 }, limit), [])
    assert.match(
      oversized("sound", { packed: 10.1, unpacked: 100, files: 20 }, limit).join(),
      /^packed: 11, over the limit/
    )
    assert.match(oversized("sound", { packed: 1, unpacked: 1, files: 21 }, limit).join(), /^files: 21, over the limit/)
    assert.match(oversized("sound", { packed: 1, unpacked: 1, files: 1 }, undefined).join(), /has no limits/)
  })
})
