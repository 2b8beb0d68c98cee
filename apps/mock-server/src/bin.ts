#!/usr/bin/env node
/*
 * Compiling takes half of the time to start. So V8's compiled code, including functions that ran, is cached in the package for the next
 * start. Node's own compile cache has less, and Node 20 has none.
 */
import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Script } from "node:vm"

/** The file with the program, beside this one. The build names it by its content. */
declare const PROGRAM: string

const digest = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest()

const SIZE = 32

/** Reads the cache, if it exists and its checksum is right. V8 does not detect damaged code, and would crash. */
const kept = (path: string): Buffer | undefined => {
  let bytes
  try {
    bytes = readFileSync(path)
  } catch {
    return undefined
  }
  const code = bytes.subarray(SIZE)
  return digest(code).equals(bytes.subarray(0, SIZE)) ? code : undefined
}

const here = dirname(fileURLToPath(import.meta.url))
const filename = join(here, PROGRAM)
const words = process.argv.slice(2)
const command = words[0] === "exec" || words[0] === "ready" ? words[0] : "serve"
const directory = join(here, "../../node_modules/.cache/workspace-secrets-mock")
const cache = join(directory, `${PROGRAM}-${process.version}-${process.arch}-${command}`)

const cachedData = kept(cache)
const script = new Script(readFileSync(filename, "utf8"), { filename, cachedData })

/** Writes the cache atomically, and removes caches of other builds. If nothing can be written, every start compiles again. */
const keep = (): void => {
  try {
    mkdirSync(directory, { recursive: true })
    const code = script.createCachedData()
    const temporary = `${cache}.${process.pid}-${Date.now()}`
    writeFileSync(temporary, Buffer.concat([digest(code), code]))
    renameSync(temporary, cache)
    for (const name of readdirSync(directory)) {
      if (!name.startsWith(PROGRAM)) {
        rmSync(join(directory, name), { force: true })
      }
    }
  } catch {
    return
  }
}

// V8 rejects code of another version or with other flags. Runs that only print help, or fail, compile too little to cache.
const isTelling = words.some((word) => /^(?:-h|--help|--version|--completions|--wizard)$/.test(word))
if ((cachedData === undefined || script.cachedDataRejected === true) && !isTelling) {
  // Not only at the exit: servers are often killed.
  setTimeout(keep, 2000).unref()
  process.once("exit", (code) => {
    if (code === 0 || command === "exec") {
      keep()
    }
  })
}

type Program = (require: NodeJS.Require, url: string) => void

const run = script.runInThisContext() as Program
run(createRequire(filename), import.meta.url)
