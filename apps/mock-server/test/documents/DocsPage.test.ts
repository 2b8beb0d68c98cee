import { beforeAll, describe, expect, it } from "@effect/vitest"
import { type HTMLElement, parse } from "node-html-parser"
import { createHash } from "node:crypto"
import * as DocsPage from "../../src/documents/DocsPage.js"
import { html } from "../../src/documents/Html.js"
import { openApiDocument } from "../../src/documents/OpenApiDocument.js"
import type { OpenApiObject } from "../../src/documents/OpenApiObjects.js"
import * as MockServer from "../../src/MockServer.js"

/** Parses `pre` elements, too. The parser treats them as text by default. */
const parsePage = (text: string) => parse(text, { blockTextElements: { style: true } })

describe("/docs", () => {
  let response: Response
  let text: string
  let page: HTMLElement

  beforeAll(async () => {
    await using server = await MockServer.start()
    response = await fetch(`${server.url}/docs`)
    text = await response.text()
    page = parsePage(text)
  })

  const all = (selector: string): ReadonlyArray<HTMLElement> => [...page.querySelectorAll(selector)]

  it("needs no API key", () => {
    expect(response.status).toBe(200)
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8")
    expect(response.headers.get("x-request-id")).toMatch(/^req_/)
    expect(page.querySelector("title")?.textContent).toBe(openApiDocument.info.title)
    expect(page.querySelector("html")?.getAttribute("lang")).toBe("en")
  })

  it("loads nothing, and may only use its own style sheet", () => {
    const policy = response.headers.get("content-security-policy") ?? ""
    const [style = expect.fail("no style sheet")] = all("style")
    const hash = createHash("sha256").update(style.textContent).digest("base64")
    expect(policy).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`
    )
    expect(all("script, link, img, iframe, object, embed, video, audio, source, base, form, [style], [src]")).toEqual(
      []
    )
    expect(style.textContent).not.toMatch(/@import|url\(|expression/)
    expect(all("*").flatMap((element) => Object.keys(element.attributes).filter((name) => name.startsWith("on"))))
      .toEqual(
        []
      )
  })

  it("has every operation, parameter, response, error, header, schema and field of the document", () => {
    for (const [path, item] of Object.entries(openApiDocument.paths)) {
      for (const [method, { operationId, parameters, responses, summary }] of Object.entries(item)) {
        const article = page.getElementById(`operation-${operationId}`)
        const shown = article?.textContent ?? ""
        expect(article?.querySelector("h3")?.textContent).toBe(`${summary}#`)
        expect(article?.querySelector(".route")?.textContent).toBe(`${method.toUpperCase()} ${path}`)
        expect([...article?.querySelectorAll(".name") ?? []].map((name) => name.textContent)).toEqual(
          parameters.map(({ name }) => name)
        )
        for (const status of Object.keys(responses)) {
          expect(shown).toContain(status === "default" ? "other" : status)
        }
        for (const { description } of parameters) {
          expect(shown).toContain(description.replaceAll("`", ""))
        }
      }
    }
    for (const [name, { description, properties = {} }] of Object.entries(openApiDocument.components.schemas)) {
      const article = page.getElementById(`schema-${name}`)
      expect(article?.textContent).toContain(description?.replaceAll("`", ""))
      expect([...article?.querySelectorAll(".name") ?? []].map((field) => field.textContent)).toEqual(
        Object.keys(properties)
      )
    }
    for (const [name, { description }] of Object.entries(openApiDocument.components.responses)) {
      expect(page.getElementById(`response-${name}`)?.textContent).toContain(description.replaceAll("`", ""))
    }
    for (const name of Object.keys(openApiDocument.components.headers)) {
      expect(page.getElementById(`header-${name.toLowerCase()}`)?.textContent).toContain(name)
    }
  })

  it("has only links with a target on the page, and unique ids", () => {
    const ids = all("[id]").map((element) => element.id)
    expect(ids).toEqual([...new Set(ids)])
    const links = all("a").map((link) => link.getAttribute("href") ?? "")
    expect(links.filter((link) => link.startsWith("#") && !ids.includes(link.slice(1)))).toEqual([])
    expect(new Set(links.filter((link) => !link.startsWith("#")))).toEqual(new Set(["/openapi.json"]))
    const menu = all("nav a").map((link) => link.getAttribute("href"))
    for (const id of all("article").map(({ id }) => id)) {
      expect(menu).toContain(`#${id}`)
    }
  })

  it("can be used with a keyboard and a screen reader", () => {
    expect(all("body a")[0]?.getAttribute("href")).toBe("#content")
    expect(all("main#content[tabindex='-1'], nav[aria-label]")).toHaveLength(2)
    expect(all("pre").every((block) => block.getAttribute("tabindex") === "0" && block.hasAttribute("aria-label")))
      .toBe(true)
    const levels = all("main h1, main h2, main h3, main h4").map(({ tagName }) => Number(tagName.slice(1)))
    expect(levels[0]).toBe(1)
    expect(levels.filter((level) => level === 1)).toHaveLength(1)
  })

  it("shows curl commands that a shell accepts", () => {
    const calls = all("article > .route + p ~ pre[aria-label^=Call]").map((block) => block.textContent)
    expect(calls).toHaveLength(11)
    expect(calls).toContain([
      "curl -X PATCH \"$CADENYA_BASE_URL/v1/workspaces/development/workspace_secrets/external_id:billing-db\" \\",
      "  -H \"Authorization: Bearer $CADENYA_API_KEY\" \\",
      "  -H \"Content-Type: application/json\" \\",
      "  -d '{\"spec\":{\"value\":\"tr0ub4dor&3\"},\"updateMask\":\"spec.value\"}'"
    ].join("\n"))
  })
})

describe("a page", () => {
  it("escapes all text of a document", () => {
    const evil = "<img src=x onerror=alert(1)>\"'&`<b>`"
    const { info } = openApiDocument
    const document: OpenApiObject = { ...openApiDocument, info: { ...info, title: evil, description: evil } }
    const page = parsePage(DocsPage.render(document))
    expect([...page.querySelectorAll("img, b")]).toEqual([])
    expect(page.querySelector("h1")?.textContent).toBe(evil)
    expect(page.querySelector("main > p:nth-of-type(2)")?.textContent).toBe(evil.replaceAll("`", ""))
  })

  it("is made of templates that escape their values", () => {
    const nested = html`<b>${"<"}</b>`
    expect(html`${nested}${[html`<i>`, "&", 1]}${undefined}"${"\"'>"}"`.text).toBe(
      "<b>&lt;</b><i>&amp;1\"&quot;&#39;&gt;\""
    )
  })
})
