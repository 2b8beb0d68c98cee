/** The most bytes that are kept of a body: the largest request that a server takes, and a page of secrets. */
export const MAX_REQUEST = 1024 * 1024
export const MAX_ANSWER = 4 * 1024 * 1024
/** The most bytes that are kept of all bodies that are under way. */
const MAX_HELD = 64 * 1024 * 1024

/** A body that is kept while it passes. */
export interface Kept {
  readonly add: (chunk: Uint8Array) => void
  /** How many bytes have passed, kept or not. */
  readonly size: () => number
  /** The body; nothing where it was too large. It is not kept any longer. */
  readonly take: () => Uint8Array | undefined
}

/** What is kept of the bodies that are under way. */
export class Held {
  #bytes = 0

  /** Keeps the chunks of a body, up to so many bytes. */
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

/** Headers from names and values. One that `Headers` does not take passes through all the same, and is not looked at. */
export const headersOf = (pairs: Iterable<readonly [name: string, value: string]>): Headers => {
  const headers = new Headers()
  for (const [name, value] of pairs) {
    try {
      headers.append(name, value)
    } catch {
      // It is the traffic that is wrong here, not the witness.
    }
  }
  return headers
}
