#!/usr/bin/env node
/*
 * Half of the time to start would go into compiling the program, so what V8 has compiled of it is kept beside the package for the next start,
 * functions that ran included. That is more than Node's own cache of compiled code keeps, and Node 20 has none.
 */
import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Script } from "node:vm"

/** The file beside this one that has the program, as the build names it by its content. */
declare const PROGRAM: string

const digest = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest()

const SIZE = 32

/** What is kept, if there is something and it is whole: V8 itself would not notice a bit that is wrong, and crash. */
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

/** Writes it as a whole or not at all, and takes away that of other builds. Where nothing can be written, each start is like the first. */
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

// V8 takes no code of another version or with other flags. A run that only helped, or failed, has compiled too little to be worth keeping.
const isTelling = words.some((word) => /^(?:-h|--help|--version|--completions|--wizard)$/.test(word))
if ((cachedData === undefined || script.cachedDataRejected === true) && !isTelling) {
  // Not at its end alone: many a server is killed.
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
