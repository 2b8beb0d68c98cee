/**
 * The routes of the documents that describe the server. They need no API key.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { keepLast } from "../api/BaseUrl.js"
import type { Content, Document } from "../api/Document.js"
import type { Route } from "../api/Routes.js"

const document = (
  path: `/${string}`,
  contentType: string,
  make: (baseUrl: string) => Promise<Content>
): Route<Document> => {
  const content = keepLast(make)
  return {
    method: "GET",
    path,
    target: { _tag: "Document", contentType, content: (baseUrl) => Effect.promise(() => content(baseUrl)) }
  }
}

/**
 * The OpenAPI document of the API, at `/openapi.json`, and the page to read it, at `/docs`.
 *
 * @since 0.1.0
 * @category constants
 */
export const documents: ReadonlyArray<Route<Document>> = [
  document("/openapi.json", "application/json", async (baseUrl) => {
    const { at, format } = await import("./OpenApiDocument.js")
    return { body: format(at(baseUrl)) }
  }),
  document("/docs", "text/html; charset=utf-8", async (baseUrl) => {
    const [{ headers, render }, { at }] = await Promise.all([
      import("./DocsPage.js"),
      import("./OpenApiDocument.js")
    ])
    return { headers, body: render(at(baseUrl)) }
  })
]
