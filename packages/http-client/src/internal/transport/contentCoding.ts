/** The content codings that bodies are read in. */
export type Coding = "br" | "deflate" | "gzip"

const codings: ReadonlyMap<string, Coding> = new Map<string, Coding>([
  ["br", "br"],
  ["deflate", "deflate"],
  ["gzip", "gzip"],
  ["x-gzip", "gzip"]
])

/**
 * The codings of a `Content-Encoding` in the order in which they were applied (RFC 9110, 8.4): a list, in any case, with
 * elements that may be empty. `undefined` where one of them is not known.
 */
export const codingsOf = (
  header: string | ReadonlyArray<string> | null | undefined
): ReadonlyArray<Coding> | undefined => {
  if (header === undefined || header === null || header === "identity") {
    return []
  }
  const names = String(header).toLowerCase().split(",").map((name) => name.trim())
  const found = names.filter((name) => name !== "" && name !== "identity").map((name) => codings.get(name))
  return found.every((coding) => coding !== undefined) ? found : undefined
}
