/** The maximum bytes kept of a body: enough for the largest accepted request and a page of secrets. */
export const MAX_REQUEST = 1024 * 1024
export const MAX_ANSWER = 4 * 1024 * 1024
/** The maximum bytes kept of all bodies in flight. */
const MAX_HELD = 64 * 1024 * 1024

/** A body that is recorded while it passes. */
export interface Kept {
  readonly add: (chunk: Uint8Array) => void
  /** The number of bytes passed, kept or not. */
  readonly size: () => number
  /** Takes the body out; `undefined` if it was too large. */
  readonly take: () => Uint8Array | undefined
}

/** The recorder of bodies in flight. */
export class Held {
  #bytes = 0

  /** Records the chunks of a body, up to a limit. */
  keep(max: number): Kept {
    let size = 0
    let held = 0
    let chunks: Array<Uint8Array> | undefined = []
    const release = () => {
      this.#bytes -= held
      held = 0
      chunks = undefined
    }
    return {
      add: (chunk) => {
        size += chunk.length
        if (chunks === undefined) {
          return
        }
        if (size > max || this.#bytes + chunk.length > MAX_HELD) {
          release()
        } else {
          chunks.push(chunk)
          held += chunk.length
          this.#bytes += chunk.length
        }
      },
      size: () => size,
      take: () => {
        const body = chunks && concat(chunks, held)
        release()
        return body
      }
    }
  }
}

const concat = (chunks: ReadonlyArray<Uint8Array>, size: number): Uint8Array => {
  const [first = new Uint8Array(), ...others] = chunks
  if (others.length === 0) {
    return first
  }
  const all = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

/** A body as text. */
export const textOf = (body: Uint8Array): string => decoder.decode(body)

/** Makes Headers from names and values, without those that `Headers` refuses. */
export const headersOf = (pairs: Iterable<readonly [name: string, value: string]>): Headers => {
  const headers = new Headers()
  for (const [name, value] of pairs) {
    try {
      headers.append(name, value)
    } catch {
      // The traffic is invalid, not the witness.
    }
  }
  return headers
}
