// The licences of bundled packages, which must be distributed with the bundle.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** The directory of a file's package in `node_modules`. */
const packageOf = (file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]

/** The notices of a bundle, from its metafile. */
export const notices = ({ outputs }) => {
  const files = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => bytesInOutput > 0 ? [file] : [])
  )
  return [...new Set(files.map(packageOf).filter((directory) => directory !== undefined))].map((directory) => {
    const { license, name, version } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"))
    const file = readdirSync(directory).find((entry) => /^licen[cs]e(\.|$)/i.test(entry))
    return `${name} ${version} (${license})\n\n${file === undefined ? "" : readFileSync(join(directory, file), "utf8")}`
  }).sort().join(`\n${"-".repeat(80)}\n\n`)
}
