// Launches Chromium or Chrome for the checks and the screenshot, after bundling.
import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"
import { chromium } from "playwright-core"
import { bundle } from "../serve.mjs"

const missing = `There is no Chromium or Chrome in the PATH. To install one:
  Debian, Ubuntu  apt-get install chromium
  macOS           brew install --cask chromium
or set the environment variable CHROMIUM to the path of one.`

const findBrowser = () => {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome.exe"]
  const directories = (process.env.PATH ?? "").split(delimiter)
  return process.env.CHROMIUM || directories.flatMap((directory) => names.map((name) => join(directory, name)))
    .find((path) => existsSync(path))
}

/** Launches the browser. Without one, it fails with instructions to install one. */
export const launch = async () => {
  const executablePath = findBrowser()
  if (executablePath === undefined) throw new Error(missing)
  await bundle()
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
  })
}
