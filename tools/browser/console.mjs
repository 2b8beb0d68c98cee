// The console in a real browser: every pane, by mouse and by keyboard, wide and narrow, light and dark, with axe; with
// a token, without server-sent events, and under load. Checks that no value and no key leaks.
import axe from "axe-core"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { Agent, createServer, request as httpRequest } from "node:http"
import { join } from "node:path"
import { environment } from "../npm.mjs"
import { serve } from "../serve.mjs"
import { root } from "../workspaces.mjs"

/* global document, history, indexedDB, innerWidth, localStorage, location, navigator, PerformanceObserver, requestAnimationFrame, sessionStorage -- of the page. */

export const seed = ["--seed-file", join(root, "apps/mock-server/seeds/example.json")]

const panes = ["requests", "secrets", "faults", "time", "worlds", "reference"]

const looks = [
  { name: "wide-light", width: 1280, height: 760, colorScheme: "light" },
  { name: "wide-dark", width: 1280, height: 760, colorScheme: "dark" },
  { name: "narrow-light", width: 360, height: 740, colorScheme: "light" },
  { name: "narrow-dark", width: 360, height: 740, colorScheme: "dark" }
]

/** Waits for something to become true, for 10 seconds. */
const until = async (what, holds) => {
  const end = performance.now() + 10_000
  while (!await holds()) {
    if (performance.now() > end) throw new Error(`it never came to this: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** API calls from outside the page. */
export const callsOf = ({ apiKey, url }, token) => {
  const send = async (method, path, body, key = apiKey) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const text = await response.text()
    return text === "" ? undefined : JSON.parse(text)
  }
  return {
    api: (method, path, body, key) => send(method, `/v1${path}`, body, key),
    control: (method, path, body) => send(method, `/_mock${path}`, body, token ?? apiKey)
  }
}

/** Sends requests of all kinds to fill the list. */
export const exercise = async ({ api, control }) => {
  const names = ["STRIPE_API_KEY", "SENDGRID_TOKEN", "BILLING_DATABASE_URL", "OAUTH_CLIENT_SECRET"]
  await control("PUT", "/tenants/default/faults", {
    faults: [
      { name: "rate limit", operation: "get", times: 1, error: { code: "RESOURCE_EXHAUSTED", retryAfter: 1 } },
      { name: "lost response", operation: "create", nth: 4, when: "after", close: true },
      { name: "slow list", operation: "list", delayMillis: 120 }
    ]
  })
  for (const [i, name] of names.entries()) {
    const labels = { team: i % 2 === 0 ? "billing" : "platform", env: "prod" }
    const metadata = { name, externalId: `prod/${name.toLowerCase()}`, labels }
    await api("POST", "/workspace_secrets", { metadata, spec: { value: `value of ${name}` } }).catch(() => undefined)
  }
  await api("GET", "/workspace_secrets/external_id:externalId")
  await api("GET", "/workspace_secrets/external_id:externalId")
  await api("GET", "/workspace_secrets?prefix=STRIPE&limit=10")
  await api("GET", "/workspace_secret")
  await api("GET", "/whoami", undefined, "key-of-nobody")
  await api("PATCH", "/workspace_secrets/id", { metadata: { name: "Payments" }, updateMask: "metadata.name" })
  await api("DELETE", "/workspace_secrets/wsecret_none")
  await api("POST", "/workspace_secrets", { metadata: { name: "", labels: { "a b": "c" } }, spec: {} })
}

/** Opens a page that records console messages, exceptions, and requests to other origins. */
const open = async (browser, url, wrong, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 760 }, ...options })
  await context.grantPermissions(["clipboard-read", "clipboard-write"])
  const page = await context.newPage()
  const refused = []
  page.on("console", (message) => {
    // Chromium logs a failure for each response with a status over 399.
    if (/^Failed to load resource/.test(message.text())) refused.push(message.text())
    else wrong.push(`the console of the browser says ${message.text()}`)
  })
  page.on("pageerror", (error) => wrong.push(`the page throws ${error.message}`))
  page.on("request", (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(url)) wrong.push(`it asks ${request.url()}`)
  })
  return { page, refused, close: () => context.close() }
}

const button = (page, name) => page.getByRole("button", { name, exact: true })

const pane = async (page, url, name, world = "default") => {
  await page.goto(`${url}/_mock/ui#/${name}/${world}`)
  await page.getByRole("heading", { level: 1 }).waitFor()
}

const notice = (page, text) => page.locator(".notice", { hasText: text }).waitFor()

const shown = (page) => page.locator(".sheet .row").count()

/** Checks every pane in every theme and size: it fits, and axe finds nothing. */
const appearance = async (browser, server, wrong, screenshots) => {
  for (const { name, width, height, colorScheme } of looks) {
    const { close, page } = await open(browser, server.url, wrong, {
      viewport: { width, height },
      colorScheme,
      // axe is not a script of the page.
      bypassCSP: true,
      reducedMotion: "reduce"
    })
    for (const each of panes) {
      await pane(page, server.url, each)
      if (each === "requests") {
        await page.locator(".sheet .row", { hasText: "limit=10" }).click()
        await page.locator(".detail h3").first().waitFor()
      }
      if (each === "reference") await page.frameLocator("iframe").locator("h1").waitFor()
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      if (overflow > 0) wrong.push(`${each}, ${name}: it is ${overflow} pixels wider than its window`)
      if (screenshots !== undefined) await page.screenshot({ path: join(screenshots, `console-${each}-${name}.png`) })
      if (name !== "wide-light" && name !== "narrow-dark") continue
      await page.evaluate(axe.source)
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { iframes: false }))
      for (const { id, nodes } of violations) {
        wrong.push(`${each}, ${name}: axe finds ${id}: ${nodes.map(({ html }) => html).slice(0, 3).join(" ")}`)
      }
    }
    await close()
  }
}

const requests = async (browser, server, wrong) => {
  const { api } = callsOf(server)
  const { close, page } = await open(browser, server.url, wrong)
  const expect = (holds, message) => holds || wrong.push(`requests: ${message}`)
  await page.goto(`${server.url}/`)
  expect(page.url() === `${server.url}/_mock/ui`, `/ leads to ${page.url()}`)
  await page.locator(".state.events").waitFor()
  const before = await shown(page)
  await api("GET", "/whoami")
  await until("a request is listed when it has ended", async () => await shown(page) === before + 1)
  expect(
    /^200GET \/v1\/whoamiwhoamidefault/.test(await page.locator(".sheet .row").first().textContent()),
    "the last is not first"
  )

  await page.getByLabel("Filter requests").fill("rate limit")
  await until("the filter finds the fault", async () => await shown(page) === 1)
  await page.getByLabel("Filter requests").fill("")
  await button(page, "5xx").click()
  expect(await shown(page) === 0, "a status that no request had lets some through")
  await button(page, "All").click()
  const all = await shown(page)
  await api("GET", "/nothing").catch(() => undefined)
  await fetch(`${server.url}/healthz`)
  await until("a request comes", async () => await shown(page) === all + 1)
  await page.getByLabel("Hide health checks").uncheck()
  await until("health checks are shown", async () => await shown(page) === all + 2)

  await button(page, "Pause").click()
  await api("GET", "/whoami")
  await page.getByRole("button", { name: "Resume, 1 new" }).waitFor()
  expect(await shown(page) === all + 2, "a list that is paused grows")
  await page.getByRole("button", { name: "Resume" }).click()
  await until("the list goes on", async () => await shown(page) === all + 3)

  // By keyboard: into the list, down, open, close, and back in the list.
  await page.locator(".sheet .row[tabindex='0']").focus()
  await page.keyboard.press("End")
  await page.keyboard.press("ArrowUp")
  await page.keyboard.press("Enter")
  await page.locator(".detail h3").first().waitFor()
  await page.keyboard.press("Tab")
  await page.locator(".detail button").first().focus()
  await page.keyboard.press("Escape")
  await until("the detail is closed", async () => await page.locator(".detail").count() === 0)
  const role = await page.evaluate(() => document.activeElement?.getAttribute("role"))
  expect(role === "row", `after Escape, the focus is on ${role}`)

  const detail = async (text, reason) => {
    await page.locator(".sheet .row", { hasText: text }).first().click()
    await until(
      `${text}: its detail says ${reason}`,
      async () => (await page.locator(".detail").innerText()).includes(reason)
    )
  }
  const cases = [
    [/workspace_secret(?!s)/, "the nearest is"],
    ["rate limit", "Fault “rate limit” was applied"],
    ["lost response", "The connection was closed without a response."],
    ["401", "unknown API key"]
  ]
  for (const [text, reason] of cases) await detail(text, reason)
  await detail("PATCH", "metadata.name")
  await button(page, "Copy as curl").click()
  await notice(page, "copied")
  const curl = await page.evaluate(() => navigator.clipboard.readText())
  expect(curl.startsWith(`curl -X PATCH '${server.url}/v1/workspace_secrets/id'`), `the line of curl is ${curl}`)
  await button(page, "Copy as test").click()
  await until(
    "the test is copied",
    async () => /update\("id"/.test(await page.evaluate(() => navigator.clipboard.readText()))
  )
  await close()
}

const secrets = async (browser, server, wrong) => {
  const calls = callsOf(server)
  const many = await calls.control("POST", "/tenants", { id: "many" })
  for (let i = 0; i < 120; i++) {
    await calls.api("POST", "/workspace_secrets", {
      metadata: { name: `S${i}`, labels: { even: String(i % 2 === 0) } },
      spec: {}
    }, many.apiKey)
  }
  const { close, page } = await open(browser, server.url, wrong)
  const expect = (holds, message) => holds || wrong.push(`secrets: ${message}`)
  await pane(page, server.url, "secrets", "many")
  const names = () =>
    page.locator(".list tbody th").evaluateAll((all) => all.map((each) => each.textContent.split("wsecret_")[0].trim()))
  await until("the newest are first", async () => (await names())[0] === "S119")
  await button(page, "Next").click()
  await until("the second page comes", async () => (await names())[0] === "S69")
  await button(page, "Next").click()
  await until(
    "the last page has the rest",
    async () => (await names()).length === 20 && await button(page, "Next").isDisabled()
  )
  await page.getByLabel("Order").selectOption("asc")
  await until("the oldest are first", async () => (await names())[0] === "S0")
  await page.getByLabel("Prefix of the name").fill("S11")
  await until(
    "the prefix narrows it down",
    async () => (await names()).join() === "S11,S110,S111,S112,S113,S114,S115,S116,S117,S118,S119"
  )
  await page.getByLabel("Labels", { exact: true }).fill("even=true")
  await until("labels narrow it down", async () => (await names()).join() === "S110,S112,S114,S116,S118")

  await pane(page, server.url, "secrets")
  await button(page, "New secret").click()
  const dialog = page.getByRole("dialog")
  await dialog.getByRole("textbox", { name: "Name" }).fill("Made here")
  await dialog.getByRole("textbox", { name: "Labels" }).fill("bad label")
  await dialog.getByRole("textbox", { name: "Value" }).fill("first value")
  await button(dialog, "Create").click()
  await page.locator(".notice.wrong", { hasText: "labels" }).waitFor()
  await dialog.getByRole("textbox", { name: "Labels" }).fill("team=billing")
  await button(dialog, "Create").click()
  await notice(page, "Secret created")
  const row = page.locator(".list tbody tr", { hasText: "Made here" })
  await row.waitFor()
  await button(row, "Show the value of Made here").click()
  await row.getByText("first value").waitFor()
  await page.locator(".list tbody tr", { hasText: "Payments" }).getByRole("button", { name: /^Show/ }).click()
  await until(
    "one value is shown at a time",
    async () => await page.locator(".value").count() === 1 && !(await row.innerText()).includes("first value")
  )

  await button(row, "Edit Made here").click()
  await dialog.getByRole("textbox", { name: "Name" }).fill("Renamed here")
  await dialog.getByRole("combobox", { name: "Value" }).selectOption("set")
  await dialog.getByRole("textbox", { name: "New value" }).fill("second value")
  await dialog.getByText("metadata.name,spec.value").waitFor()
  const sent = page.waitForRequest((request) => request.method() === "PATCH")
  await button(dialog, "Save").click()
  expect(
    (await sent).postData() ===
      "{\"metadata\":{\"name\":\"Renamed here\"},\"spec\":{\"value\":\"second value\"},\"updateMask\":\"metadata.name,spec.value\"}",
    `it sends ${(await sent).postData()}`
  )
  await notice(page, "Secret updated")
  const renamed = page.locator(".list tbody tr", { hasText: "Renamed here" })
  await button(renamed, "Delete").click()
  await button(renamed, "Delete Renamed here?").click()
  await notice(page, "Secret deleted")
  await until("it is gone", async () => await renamed.count() === 0)
  await close()
}

const worlds = async (browser, server, wrong) => {
  const { control } = callsOf(server)
  const { close, page } = await open(browser, server.url, wrong)
  const expect = (holds, message) => holds || wrong.push(`worlds: ${message}`)
  await pane(page, server.url, "worlds")
  await page.getByLabel("Name of the new world").fill("made-here")
  await button(page, "New world").click()
  await page.getByText("is ready").waitFor()
  const row = (name) => page.locator(".list tbody tr", { has: page.getByRole("link", { name, exact: true }) })
  await row("made-here").waitFor()

  const download = page.waitForEvent("download")
  await button(row("default"), "Snapshot").click()
  const file = await (await download).path()
  const snapshot = JSON.parse(readFileSync(file, "utf8"))
  expect(snapshot.workspaceId === "workspaceId", `the snapshot is of ${snapshot.workspaceId}`)
  await row("made-here").locator("input[type=file]").setInputFiles(file)
  await notice(page, "made-here restored")
  const held = async (id) => (await control("GET", `/tenants/${id}`)).secrets
  expect(await held("made-here") === snapshot.workspaceSecrets.length, "the snapshot was not restored")
  await button(row("made-here"), "Reset").click()
  await button(row("made-here"), "Reset made-here?").click()
  await notice(page, "made-here reset")
  expect(await held("made-here") === 0, "the world was not reset")
  await page.getByRole("combobox", { name: "World" }).selectOption("made-here")
  await until("the world is picked", () => page.url().endsWith("#/worlds/made-here"))
  await button(row("made-here"), "Remove").click()
  await button(row("made-here"), "Remove made-here?").click()
  await until("the first world is picked again", () => page.url().endsWith("#/worlds/default"))
  expect((await control("GET", "/tenants/made-here")).code === 5, "the world was not removed")
  await close()
}

const faults = async (browser, server, wrong) => {
  const { api, control } = callsOf(server)
  await control("DELETE", "/tenants/default/faults")
  const { close, page } = await open(browser, server.url, wrong)
  const expect = (holds, message) => holds || wrong.push(`faults: ${message}`)
  await pane(page, server.url, "faults")
  await page.getByLabel("Start from").selectOption("503 twice")
  await button(page, "Add").click()
  const row = page.locator(".list tbody tr", { hasText: "unavailable" })
  await row.waitFor()
  expect((await api("GET", "/whoami")).code === 14, "the rule is not applied")
  await until(
    "its turn is counted",
    async () =>
      /11\s*1\s*Remove$/.test((await row.innerText()).replaceAll(/\s+/g, "")) ||
      (await row.locator(".figure").allInnerTexts()).join() === "1,1,1"
  )
  await page.getByRole("textbox", { name: "Rule" }).fill("{\"times\": 0}")
  await button(page, "Add").click()
  await page.locator(".notice.wrong", { hasText: "times" }).waitFor()
  await button(row, "Remove unavailable").click()
  await until("the rule is gone", async () => await row.count() === 0)
  expect((await control("GET", "/tenants/default/faults")).faults.length === 0, "the rule is still there")
  await close()
}

const time = async (browser, server, wrong) => {
  const { control } = callsOf(server)
  const { close, page } = await open(browser, server.url, wrong)
  const clock = () => control("GET", "/tenants/default/clock")
  await pane(page, server.url, "time")
  await button(page, "Freeze").click()
  await until("the clock is frozen", async () => (await clock()).type === "fixed")
  await page.getByLabel("Moment").fill("2030-01-01T00:00:00.000Z")
  await button(page, "Freeze there").click()
  await page.getByText("2030-01-01 00:00:00").waitFor()
  await button(page, "1 day").click()
  await page.getByText("2030-01-02 00:00:00").waitFor()
  await page.getByLabel("Step in milliseconds").fill("250")
  await button(page, "Step from there").click()
  await until("the clock steps", async () => (await clock()).stepMillis === 250)
  await button(page, "Real time").click()
  await until("the clock is real", async () => (await clock()).type === "real")
  await close()
}

/** Compiles and runs copied tests in this repository. */
const runCopied = async (tests, { apiKey }) => {
  const directory = join(root, ".nx/copied-tests")
  const put = (name, text) => writeFileSync(join(directory, name), text)
  const run = async (bin, ...args) => {
    const child = spawn(process.execPath, [join(root, "node_modules", bin), ...args], {
      cwd: directory,
      env: { ...environment(), CADENYA_API_KEY: apiKey },
      stdio: ["ignore", "pipe", "pipe"]
    })
    let text = ""
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (chunk) => text += chunk)
    const [code] = await once(child, "close")
    return code === 0 ? [] : [`${bin} ${args.join(" ")}: ${text}`]
  }
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  try {
    tests.forEach((text, i) => put(`copied${i}.test.ts`, text))
    put(
      "tsconfig.json",
      JSON.stringify({ extends: "../../tsconfig.base.json", compilerOptions: { types: ["node"] }, include: ["*.ts"] })
    )
    put(
      "vitest.config.ts",
      "import { project } from \"../../tools/vitest.base.js\"\n\nexport default project(\"copied\", { directory: \".\" })\n"
    )
    return [
      ...await run("typescript/bin/tsc", "-p", "."),
      ...await run("vitest/vitest.mjs", "run", "--passWithNoTests=false")
    ]
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Copies requests as tests: they compile and pass. */
const copies = async (browser, server, wrong) => {
  const { api, control } = callsOf(server)
  await control("DELETE", "/tenants/default/faults")
  const { close, page } = await open(browser, server.url, wrong)
  await page.goto(`${server.url}/_mock/ui`)
  await page.locator(".state.events").waitFor()
  const requests = [
    ["POST", "/workspace_secrets", {
      metadata: { name: "It's \"copied\"", labels: { "example.com/a": "b" } },
      spec: { value: "v" }
    }],
    ["GET", "/workspace_secrets?limit=2&prefix=S&labels=env%3Dprod&includeInfo=true&sortOrder=asc"],
    ["GET", "/workspaces/development/workspace_secrets/external_id:none%2Fhere"],
    ["PATCH", "/workspace_secrets/id", {
      metadata: { name: "Copied" },
      spec: { value: "v" },
      updateMask: "metadata.name,spec.value"
    }],
    ["DELETE", "/workspace_secrets/wsecret_nothing"],
    ["GET", "/whoami"]
  ]
  const tests = []
  for (const [method, path, body] of requests) {
    await button(page, "Clear").click()
    await api(method, path, body)
    await until("the request is listed", async () => await shown(page) === 1)
    await page.locator(".sheet .row").click()
    await button(page, "Copy as test").click()
    const read = () => page.evaluate(() => navigator.clipboard.readText())
    await until("the test is copied", async () => (await read()).includes("import") && !tests.includes(await read()))
    tests.push(await read())
  }
  await close()
  wrong.push(...await runCopied(tests, server))
}

/** The storage, cookies, databases and URL of a page. */
const kept = (page) =>
  page.evaluate(async () =>
    JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
      document.cookie,
      await indexedDB.databases(),
      location.href,
      history.state
    ])
  )

const token = async (browser, wrong) => {
  const secret = "token-canary-0123456789"
  const server = await serve([...seed, "--control-token", secret])
  try {
    const { close, page } = await open(browser, server.url, wrong)
    const expect = (holds, message) => holds || wrong.push(`token: ${message}`)
    await page.goto(`${server.url}/`)
    const field = page.getByLabel("Control token, or API key")
    await field.fill("wrong")
    await button(page, "Open the console").click()
    await page.getByText("This is not the token of the server.").waitFor()
    await field.fill(secret)
    await button(page, "Open the console").click()
    await page.locator(".state.events").waitFor()
    expect(!(await page.content()).includes(secret), "the token is in the document")
    const left = await kept(page)
    expect(!left.includes(secret), `the token is kept: ${left}`)
    await page.reload()
    await field.waitFor()
    expect(await field.inputValue() === "", "a reload does not forget the token")
    await close()
  } finally {
    await server.stop()
  }
}

/** Checks where values and keys may appear. */
const canary = async (browser, wrong) => {
  const value = "value-canary-0123456789"
  const apiKey = "key-canary-0123456789"
  const server = await serve([...seed, "--api-key", apiKey])
  try {
    const calls = callsOf(server)
    await calls.api("POST", "/workspace_secrets", { metadata: { name: "Canary", externalId: "c" }, spec: { value } })
    await calls.api("GET", "/workspace_secrets/external_id:c")
    await calls.api("PATCH", "/workspace_secrets/external_id:c", { spec: { value }, updateMask: "spec.value" })
    const { close, page } = await open(browser, server.url, wrong)
    const expect = (holds, message) => holds || wrong.push(`canary: ${message}`)
    const bodies = []
    const addresses = []
    page.on("request", (request) => addresses.push(`${request.url()} ${request.headers().referer ?? ""}`))
    page.on("response", (response) => {
      if (!response.url().endsWith("/stream?after=0") && /_mock|v1/.test(response.url())) {
        bodies.push(response.text().then((text) => ({ url: response.url(), text }), () => undefined))
      }
    })
    await page.goto(`${server.url}/`)
    await page.getByLabel("Control token, or API key").fill(apiKey)
    await button(page, "Open the console").click()
    await page.locator(".state.events").waitFor()
    const everywhere = async (where) => {
      const found = `${await page.content()}${await kept(page)}`
      expect(!found.includes(value) && !found.includes(apiKey), `${where}: a value or a key is in the page`)
    }
    for (const text of ["POST", "GET", "PATCH"]) {
      await page.locator(".sheet .row", { hasText: text }).first().click()
      await page.locator(".detail .actions").waitFor()
      await everywhere(`the ${text}`)
    }
    for (const each of ["Secrets", "Faults", "Time", "Worlds"]) {
      await page.getByRole("link", { name: each, exact: true }).click()
      await page.getByRole("heading", { level: 1, name: each }).waitFor()
      await everywhere(each)
    }
    const holding = async () =>
      (await Promise.all(bodies)).filter((body) => body?.text.includes(value)).map(({ url }) => url)
    expect((await holding()).length === 0, `a value comes from ${(await holding()).join(", ")}`)
    await page.getByRole("link", { name: "Secrets", exact: true }).click()
    await page.getByRole("button", { name: "Show the value of Canary" }).click()
    await page.locator(".value", { hasText: value }).waitFor()
    expect(!(await kept(page)).includes(value), "the value that is shown is kept")
    await page.getByRole("button", { name: "Hide the value of Canary" }).click()
    await page.locator(".value").waitFor({ state: "detached" })
    await everywhere("after it was hidden")
    // An edit through the API, with the tenant's key.
    await page.getByRole("button", { name: "Edit Canary" }).click()
    await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).fill("Canary 2")
    await button(page.getByRole("dialog"), "Save").click()
    await notice(page, "Secret updated")
    await everywhere("after an edit")
    expect(!addresses.join().includes("canary-0"), "a value or a key is in a URL")
    await close()
  } finally {
    await server.stop()
  }
}

/** A proxy that buffers endless responses, as some proxies do. */
const holding = async (url) => {
  const proxy = createServer((incoming, outgoing) => {
    const { headers, method } = incoming
    const asked = httpRequest(`${url}${incoming.url}`, { method, headers }, (answer) => {
      const chunks = []
      answer.on("data", (chunk) => chunks.push(chunk))
      answer.on("end", () => outgoing.writeHead(answer.statusCode, answer.headers).end(Buffer.concat(chunks)))
      answer.on("error", () => outgoing.destroy())
    })
    asked.on("error", () => outgoing.destroy())
    outgoing.on("close", () => asked.destroy())
    incoming.pipe(asked)
  })
  proxy.listen(0, "127.0.0.1")
  await once(proxy, "listening")
  return proxy
}

const polling = async (browser, server, wrong) => {
  const { api } = callsOf(server)
  const proxy = await holding(server.url)
  const url = `http://127.0.0.1:${proxy.address().port}`
  try {
    const { close, page } = await open(browser, url, wrong)
    await page.goto(`${url}/_mock/ui`)
    await page.locator(".state.polling").waitFor()
    await page.getByLabel("Filter requests").fill("polled-for")
    await api("GET", "/workspace_secrets?prefix=polled-for")
    await until("a request is listed without server-sent events", async () => await shown(page) === 1)
    await close()
  } finally {
    proxy.closeAllConnections()
    proxy.close()
  }
}

const perSecond = 500
const seconds = 5

/** 500 requests per second: the page keeps rendering and responding, and shows how many requests the journal dropped. */
const load = async (browser, server, wrong) => {
  const { close, page } = await open(browser, server.url, wrong)
  const expect = (holds, message) => holds || wrong.push(`load: ${message}`)
  await page.goto(`${server.url}/_mock/ui`)
  await page.locator(".state.events").waitFor()
  await page.evaluate(() => {
    const seen = { gaps: [], long: 0, last: performance.now() }
    globalThis.seen = seen
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.long = Math.max(seen.long, duration)
    }).observe({ type: "longtask" })
    const step = () => {
      const now = performance.now()
      seen.gaps.push(now - seen.last)
      seen.last = now
      requestAnimationFrame(step)
    }
    requestAnimationFrame(step)
  })
  const agent = new Agent({ keepAlive: true, maxSockets: 20 })
  const headers = { authorization: `Bearer ${server.apiKey}` }
  const send = () =>
    new Promise((resolve, reject) => {
      httpRequest(`${server.url}/v1/whoami`, { agent, headers }, (answer) => answer.resume().on("end", resolve))
        .on("error", reject).end()
    })
  const started = performance.now()
  const waiting = []
  while (waiting.length < perSecond * seconds) {
    const due = Math.min(perSecond * seconds, Math.ceil((performance.now() - started) / 1000 * perSecond))
    while (waiting.length < due) waiting.push(send())
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const clicked = performance.now()
  await button(page, "5xx").click()
  await until(
    "a click is answered under load",
    async () => await button(page, "5xx").getAttribute("aria-pressed") === "true"
  )
  const answered = performance.now() - clicked
  await button(page, "All").click()
  await Promise.all(waiting)
  agent.destroy()
  const took = (performance.now() - started) / 1000
  await page.getByText(/dropped by the journal/).waitFor()
  const { gaps, long } = await page.evaluate(() => globalThis.seen)
  const sorted = gaps.sort((a, b) => a - b)
  const p99 = sorted[Math.floor(sorted.length * 0.99)]
  console.log(
    `console under ${Math.round(waiting.length / took)} requests/s for ${took.toFixed(1)} s: ${gaps.length} frames, ` +
      `99 % within ${p99.toFixed(0)} ms, the longest task ${long.toFixed(0)} ms, a click after ${
        answered.toFixed(0)
      } ms`
  )
  // A busy machine also renders late; a frozen page does not render for seconds.
  expect(sorted.at(-1) < 2000, `it does not draw for ${sorted.at(-1).toFixed(0)} ms`)
  expect(answered < 2000, `it answers a click after ${answered.toFixed(0)} ms`)
  expect(await shown(page) < 100, `${await shown(page)} rows are in the document`)
  await close()
}

/** Checks the console, and returns the problems. With a directory, it saves screenshots there. */
export const check = async (browser, screenshots) => {
  const wrong = []
  const attempt = async (name, check) => {
    try {
      await check()
    } catch (error) {
      wrong.push(`${name}: ${error instanceof Error ? error.message : error}`)
    }
  }
  const server = await serve(seed)
  try {
    await exercise(callsOf(server))
    await attempt("appearance", () => appearance(browser, server, wrong, screenshots))
    for (const check of [requests, secrets, worlds, faults, time, copies, polling, load]) {
      await attempt(check.name, () => check(browser, server, wrong))
    }
  } finally {
    await server.stop()
  }
  await attempt("token", () => token(browser, wrong))
  await attempt("canary", () => canary(browser, wrong))
  return wrong
}
