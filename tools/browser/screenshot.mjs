// Writes docs/console.png, the screenshot in the README: `npm run screenshot`.
import { join } from "node:path"
import { serve } from "../serve.mjs"
import { setup } from "../setup.mjs"
import { root } from "../workspaces.mjs"
import { launch } from "./chromium.mjs"
import { callsOf, exercise, seed } from "./console.mjs"

const main = async () => {
  const browser = await launch()
  // Repeatable ids and times.
  const server = await serve([...seed, "--seed", "7", "--clock", "stepping:2026-11-27T09:00:00Z,1750"])
  try {
    const calls = callsOf(server)
    await calls.control("POST", "/tenants", { id: "checkout-tests" })
    await exercise(calls)
    const page = await browser.newPage({
      viewport: { width: 1180, height: 620 },
      deviceScaleFactor: 1.5,
      reducedMotion: "reduce"
    })
    await page.goto(`${server.url}/`)
    await page.locator(".sheet .row", { hasText: "rate limit" }).click()
    await page.locator(".detail h3").first().waitFor()
    await page.screenshot({ path: join(root, "docs/console.png") })
  } finally {
    await server.stop()
    await browser.close()
  }
}

setup()
await main().catch((error) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
