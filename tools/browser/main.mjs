// Runs the checks that need a real browser. `npm run browser -- --help` says more.
import { parseArgs } from "node:util"
import { setup } from "../setup.mjs"
import { launch } from "./chromium.mjs"
import * as consolePage from "./console.mjs"
import { cors } from "./cors.mjs"
import { docs } from "./docs.mjs"

const help = `
Opens Chromium or Chrome, which is in the PATH or named by the environment variable CHROMIUM, and checks
  docs     the page at /docs: narrow and wide, light and dark, by keyboard
  console  the console at /_mock/ui: every pane, narrow and wide, light and dark, by keyboard, with axe, and under load
  cors     the client on fetch in a page, against a mock server on another origin, with and without --cors-origin

  npm run browser                             all of them
  npm run browser -- cors                     one of them
  npm run browser -- --screenshots DIRECTORY  leaves pictures of /docs and the console there
`

const checks = { docs, console: consolePage.check, cors }

const main = async () => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { screenshots: { type: "string" }, help: { type: "boolean" } }
  })
  if (values.help === true) return console.log(help.trim())
  const chosen = positionals.length === 0 ? Object.keys(checks) : positionals
  const unknown = chosen.filter((name) => !Object.hasOwn(checks, name))
  if (unknown.length > 0) throw new Error(`There is no check ${unknown.join(", ")}: ${Object.keys(checks).join(", ")}`)
  const browser = await launch()
  try {
    const wrong = []
    for (const name of chosen) {
      const started = performance.now()
      const found = await checks[name](browser, values.screenshots)
      wrong.push(...found)
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      console.log(`${name} in Chromium ${browser.version()}: ${found.length === 0 ? "right" : "WRONG"}, ${seconds} s`)
    }
    if (wrong.length > 0) throw new Error(wrong.join("\n"))
  } finally {
    await browser.close()
  }
}

setup()
await main().catch((error) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
