/**
 * What the server says of itself, to anyone: no key is needed to read it.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { Route } from "./Routes.js"

/**
 * A text that is served as it is.
 *
 * @since 0.1.0
 * @category models
 */
export interface Document {
  readonly _tag: "Document"
  readonly contentType: string
  readonly headers: Readonly<Record<string, string>>
  /** Made when it is first asked for: a server that nobody asks for it starts no later for having it. */
  readonly text: Effect.Effect<string>
}

const document = (path: `/${string}`, { load, ...rest }: {
  readonly contentType: string
  readonly headers?: Readonly<Record<string, string>>
  readonly load: () => Promise<string>
}): Route<Document> => {
  let loaded: Promise<string> | undefined
  const text = Effect.promise(() => loaded ??= load())
  return { method: "GET", path, target: { _tag: "Document", headers: {}, ...rest, text } }
}

/**
 * The OpenAPI document of the API, at `/openapi.json`.
 *
 * @since 0.1.0
 * @category constants
 */
export const documents: ReadonlyArray<Route<Document>> = [
  document("/openapi.json", {
    contentType: "application/json",
    load: () => import("./OpenApiDocument.js").then(({ format, openApiDocument }) => format(openApiDocument))
  })
]
