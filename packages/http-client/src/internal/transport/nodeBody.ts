import type { HttpBody } from "@effect/platform/HttpBody"
import * as Stream from "effect/Stream"
import { Readable } from "node:stream"
import type { Dispatcher } from "undici"

interface Content {
  readonly body: NonNullable<Dispatcher.DispatchOptions["body"]> | null
  /** Set if only the encoded body determines it. */
  readonly contentType?: string | undefined
}

const none: Content = { body: null }

const fromWeb = (stream: unknown) => Readable.fromWeb(stream as Parameters<typeof Readable.fromWeb>[0])

/** Converts a request body for undici. undici refuses unsupported raw bodies. */
export const content = (body: HttpBody): Content => {
  switch (body._tag) {
    case "Empty":
      return none
    case "Uint8Array":
      return { body: body.body }
    case "Raw":
      return { body: body.body as string }
    case "FormData": {
      // undici supports only its own FormData, not the global one.
      const form = new Response(body.formData)
      return { body: fromWeb(form.body), contentType: form.headers.get("content-type") ?? undefined }
    }
    case "Stream":
      return { body: fromWeb(Stream.toReadableStream(body.stream)) }
  }
}
