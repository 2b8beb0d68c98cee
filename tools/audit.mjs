// Checks the packages' dependencies for known vulnerabilities. Exits with 1 if there are any, and with 2 if the
// registry does not answer and nothing was checked.
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { environment } from "./npm.mjs"
import { root } from "./workspaces.mjs"

/** Converts the output of `npm audit --json` to a message and an exit code. */
export const verdict = (stdout) => {
  let report
  try {
    report = JSON.parse(stdout)
  } catch {
    report = {}
  }
  const counts = report?.metadata?.vulnerabilities
  if (counts === undefined) {
    const why = report?.message ?? report?.error?.summary ?? ""
    return {
      code: 2,
      text: `The registry does not answer audits, so nothing was checked${why === "" ? "" : `: ${why}`}`
    }
  }
  const found = Object.entries(counts).filter(([severity, count]) => severity !== "total" && count > 0)
  return found.length === 0
    ? { code: 0, text: "No known vulnerabilities" }
    : {
      code: 1,
      text: [
        ...found.map(([severity, count]) => `${severity}: ${count}`),
        ...Object.values(report.vulnerabilities ?? {}).map(({ name, range, severity }) =>
          `${severity}  ${name} ${range}`
        )
      ].join("\n")
    }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { stdout } = spawnSync("npm", ["audit", "--json", "--omit", "dev"], {
    cwd: root,
    encoding: "utf8",
    env: environment(),
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === "win32",
    timeout: 120_000
  })
  const { code, text } = verdict(stdout ?? "")
  console.log(text)
  process.exitCode = code
}
