// The page at /docs in a real browser: it loads nothing else, fits narrow and wide windows in light and dark, and works
// by keyboard.
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { serve } from "../serve.mjs"

const looks = [
  { name: "wide-light", width: 1280, colorScheme: "light" },
  { name: "wide-dark", width: 1280, colorScheme: "dark" },
  { name: "narrow-light", width: 360, colorScheme: "light" },
  { name: "narrow-dark", width: 360, colorScheme: "dark" }
]

/* global document, getComputedStyle, innerWidth -- of the page, where some functions run. */

/** The lowest text contrast of the page (WCAG 2, 1.4.3). Runs in the page. */
const lowestContrast = () => {
  const channels = (color) => color.match(/[\d.]+/g).map(Number)
  const luminance = (color) => {
    const [r, g, b] = channels(color).map((value) => {
      const part = value / 255
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor
      if (channels(color)[3] !== 0) return color
    }
    return "rgb(255, 255, 255)"
  }
  const own = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "")
  return Math.min(
    ...[...document.querySelectorAll("body *")].filter(own).map((element) => {
      const [light, dark] = [luminance(getComputedStyle(element).color), luminance(behind(element))].sort((a, b) =>
        b - a
      )
      return (light + 0.05) / (dark + 0.05)
    })
  )
}

const look = async (browser, url, { colorScheme, name, width }, screenshots) => {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } })
  const wrong = []
  const expect = (holds, message) => holds || wrong.push(`${name}: ${message}`)
  const requests = []
  page.on("request", (request) => requests.push(request.url()))
  page.on("console", (message) => wrong.push(`${name}: the console says ${message.text()}`))
  page.on("pageerror", (error) => wrong.push(`${name}: ${error.message}`))
  await page.goto(`${url}/docs`, { waitUntil: "networkidle" })
  expect(requests.join() === `${url}/docs`, `it loads ${requests.join(", ")}`)

  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(overflow <= 0, `it is ${overflow} pixels wider than its window`)
  const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  expect((background === "rgb(255, 255, 255)") === (colorScheme === "light"), `its background is ${background}`)
  const contrast = await page.evaluate(lowestContrast)
  expect(contrast >= 4.5, `the contrast of some text is ${contrast.toFixed(2)}, below 4.5`)
  if (screenshots !== undefined) await page.screenshot({ path: join(screenshots, `${name}.png`) })

  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("href"))
  await page.keyboard.press("Tab")
  expect(await focused() === "#content", "the first stop of the keyboard is not the link to the content")
  const box = await page.locator(".skip").boundingBox()
  expect(box !== null && box.x >= 0, "the link to the content stays out of sight")
  await page.keyboard.press("Enter")
  await page.keyboard.press("Tab")
  expect(await focused() === "/openapi.json", "behind the link to the content is not the first link of the content")

  await page.locator("nav a[href='#operation-workspace_secrets.update']").click()
  const top = await page.locator("[id='operation-workspace_secrets.update']").boundingBox()
  expect(top !== null && top.y >= 0 && top.y < 100, "a link of the menu does not lead to its operation")
  if (screenshots !== undefined) await page.screenshot({ path: join(screenshots, `${name}-update.png`) })
  await page.close()
  return wrong
}

/** Checks the page, and returns the problems. With a directory, it saves screenshots there. */
export const docs = async (browser, screenshots) => {
  if (screenshots !== undefined) mkdirSync(screenshots, { recursive: true })
  const server = await serve()
  try {
    const wrong = []
    for (const each of looks) wrong.push(...await look(browser, server.url, each, screenshots))
    return wrong
  } finally {
    await server.stop()
  }
}
