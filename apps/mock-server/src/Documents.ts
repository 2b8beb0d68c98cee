/**
 * What the server says of itself, to anyone: no key is needed to read it.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { Route } from "./Routes.js"

/**
 * A text, and the headers that go with it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Content {
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * A text that is served as it is.
 *
 * @since 0.1.0
 * @category models
 */
export interface Document {
  readonly _tag: "Document"
  readonly contentType: string
  /** Made when it is first asked for: a server that nobody asks for it starts no later for having it. */
  readonly content: Effect.Effect<Content>
}

const document = (path: `/${string}`, contentType: string, load: () => Promise<Content>): Route<Document> => {
  let loaded: Promise<Content> | undefined
  return {
    method: "GET",
    path,
    target: { _tag: "Document", contentType, content: Effect.promise(() => loaded ??= load()) }
  }
}

/**
 * The OpenAPI document of the API, at `/openapi.json`, and the page to read it, at `/docs`.
 *
 * @since 0.1.0
 * @category constants
 */
export const documents: ReadonlyArray<Route<Document>> = [
  document("/openapi.json", "application/json", async () => {
    const { format, openApiDocument } = await import("./OpenApiDocument.js")
    return { body: format(openApiDocument) }
  }),
  document("/docs", "text/html; charset=utf-8", async () => {
    const [{ headers, render }, { openApiDocument }] = await Promise.all([
      import("./DocsPage.js"),
      import("./OpenApiDocument.js")
    ])
    return { headers, body: render(openApiDocument) }
  })
]
