/**
 * A text that the dispatcher serves as it is, besides the operations of the API.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"

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
  /** Made for the base URL of the server when it is asked for: a server that nobody asks starts no later for having it. */
  readonly content: (baseUrl: string) => Effect.Effect<Content>
}
