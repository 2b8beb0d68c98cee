// Installs the packed packages for Effect 4 into empty projects outside the repository. Compiles the examples of their
// READMEs, runs them against the mock server, and shows npm's error if Effect's version does not match.
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, delimiter, dirname, join } from "node:path"
import { environmentOf4, install4, line } from "../effect4.mjs"
import { npm, run } from "../npm.mjs"
import { bundle, serve } from "../serve.mjs"
import { root } from "../workspaces.mjs"
import { pack4 } from "./pack.mjs"

const pinned = JSON.parse(readFileSync(join(line, "package.json"), "utf8")).devDependencies
const versionOf = (name) => `${name}@${pinned[name]}`

/** The examples of a README, with their documented output. */
const examplesOf = (readme) =>
  [...readme.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, text]) => ({
    text,
    prints: [...text.matchAll(/^.*console\.log\(.*\) \/\/ (.*)$|^.*Console\.log\(.*\),? \/\/ (.*)$|^ {2}\/\/ (.*)$/gm)]
      .map(([, one, other, below]) => one ?? other ?? below)
  }))

const tsconfig = {
  compilerOptions: {
    target: "ES2022",
    // The types of Effect 4 use CryptoKey.
    lib: ["ES2022", "DOM", "DOM.AsyncIterable"],
    types: ["node"],
    module: "NodeNext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    outDir: "out"
  },
  include: ["*.ts"]
}

/** Only ES modules have top-level await. */
const asCommonJs = (text) => text.replace(/^await (Effect\.run.*)$/m, "void $1")

const check = async (type, directory, packages, env, served) => {
  const started = performance.now()
  mkdirSync(directory)
  writeFileSync(join(directory, "package.json"), JSON.stringify({ private: true, type }))
  writeFileSync(join(directory, "tsconfig.json"), JSON.stringify(tsconfig))
  const examples = packages.flatMap(({ directory: from }) =>
    examplesOf(readFileSync(join(from, "README.md"), "utf8")).map((example, index) => ({
      ...example,
      file: `${basename(from)}-${index}`
    }))
  )
  for (const { file, text } of examples) {
    writeFileSync(join(directory, `${file}.ts`), type === "module" ? text : asCommonJs(text))
  }
  const tarballs = packages.map(({ tarball }) => tarball)
  const pins = ["effect", "typescript", "@types/node"].map(versionOf)
  await npm(["install", "--prefer-offline", "--ignore-scripts", ...pins, ...tarballs], { cwd: directory, env })
  await npm(["ls", "--all"], { cwd: directory, env })
  const installed = Object.keys(
    JSON.parse(readFileSync(join(directory, "node_modules/.package-lock.json"), "utf8")).packages
  )
  const copies = installed.filter((path) => path.endsWith("node_modules/effect"))
  if (copies.length !== 1) throw new Error(`${copies.length} copies of effect`)
  await run(join(directory, "node_modules/.bin/tsc"), ["-p", "."], { cwd: directory, env, seconds: 400 })
  for (const { file, prints } of examples) {
    const out = await run("node", [join("out", `${file}.js`)], { cwd: directory, env: { ...env, ...served } })
    const missing = prints.filter((text) => !out.includes(text))
    if (missing.length > 0) throw new Error(`${file} printed\n${out}and should have printed\n${missing.join("\n")}`)
  }
  console.log(`${type}: ${examples.length} examples, ${((performance.now() - started) / 1000).toFixed(1)} s`)
}

/** Runs an example as a test against the mock server, which npx installs outside of the project. */
const exec = async (directory, tarballs, env) => {
  const command = ["workspace-secrets-mock", "exec", "--", "node", "out/http-client-1.js"]
  const out = await npm(["exec", "--yes", ...tarballs.map((file) => `--package=${file}`), "--", ...command], {
    cwd: directory,
    env: { ...env, npm_config_prefer_offline: "true" }
  })
  if (!out.includes("<redacted>")) throw new Error(`the example printed\n${out}`)
  console.log("the example runs against the mock server in a child process")
}

/** Returns npm's error for packages and an Effect version that do not match. */
const refuse = async (what, directory, args, env) => {
  mkdirSync(directory)
  writeFileSync(join(directory, "package.json"), JSON.stringify({ private: true }))
  const said = await npm(["install", "--prefer-offline", "--ignore-scripts", ...args], { cwd: directory, env }).then(
    () => "",
    (error) => String(error)
  )
  if (!said.includes("ERESOLVE")) throw new Error(`${what}: expected ERESOLVE, got ${said}`)
  console.log(`${what}: ERESOLVE, as the README says`)
}

const main = async () => {
  const env = await environmentOf4()
  await install4(env)
  const temporary = realpathSync(mkdtempSync(join(tmpdir(), "workspace-secrets-effect4-")))
  try {
    const packages = await pack4(temporary, env)
    const ofEffect3 = async (directory) => {
      const own = await npm(["pack", "--json", "--ignore-scripts", "--pack-destination", temporary], {
        cwd: join(root, directory)
      })
      return join(temporary, JSON.parse(own)[0].filename)
    }
    const effect3 = await ofEffect3("packages/core")
    const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
    await refuse("Effect 4 and core without a tag", join(temporary, "wrong4"), [versionOf("effect"), effect3], env)
    await refuse("Effect 3 and core@effect4", join(temporary, "wrong3"), [
      `effect@${devDependencies.effect}`,
      packages.find(({ name }) => name === "@workspace-secrets/core").tarball
    ], env)
    await bundle()
    const { apiKey, stop, url } = await serve(["--seed-file", join(root, "apps/mock-server/seeds/example.json")])
    const served = { CADENYA_BASE_URL: url, CADENYA_API_KEY: apiKey }
    try {
      // CommonJS loads ES modules with `require`, also on this repository's Node.
      const older = { ...env, PATH: `${dirname(process.execPath)}${delimiter}${env.PATH}` }
      await check("module", join(temporary, "module"), packages, env, served)
      await check("commonjs", join(temporary, "commonjs"), packages, older, served)
    } finally {
      await stop()
    }
    await exec(join(temporary, "module"), [effect3, await ofEffect3("apps/mock-server")], env)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

await main()
