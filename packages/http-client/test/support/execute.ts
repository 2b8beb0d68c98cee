import { spawn } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { bundle } from "./bundle.js"

const banner = "import { createRequire as $ } from \"node:module\"; const require = $(import.meta.url);"

/** Runs a program of this directory in a child process. It prints JSON. */
export const execute = async (
  program: string,
  { args = [], flags = [] }: { readonly args?: ReadonlyArray<string>; readonly flags?: ReadonlyArray<string> } = {}
): Promise<{ readonly code: number | null; readonly findings: unknown }> => {
  const directory = await mkdtemp(join(tmpdir(), "http-client-program-"))
  try {
    const file = join(directory, "program.mjs")
    await writeFile(file, await bundle(program, { platform: "node", format: "esm", banner: { js: banner } }))
    const child = spawn(process.execPath, ["--expose-gc", ...flags, file, ...args], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    let out = ""
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString()
    })
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve))
    return { code, findings: code === 0 ? JSON.parse(out) : out }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
