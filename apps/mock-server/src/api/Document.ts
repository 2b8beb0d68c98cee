/**
 * A document that the dispatcher serves, besides the operations of the API.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"

/**
 * The content of a document, and its response headers.
 *
 * @since 0.1.0
 * @category models
 */
export interface Content {
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * A document.
 *
 * @since 0.1.0
 * @category models
 */
export interface Document {
  readonly _tag: "Document"
  readonly contentType: string
  /** Makes the content for the server's base URL. Called for requests only, so that documents do not slow down the start. */
  readonly content: (baseUrl: string) => Effect.Effect<Content>
}
