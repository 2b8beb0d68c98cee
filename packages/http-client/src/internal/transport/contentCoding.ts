/** The supported content codings. */
export type Coding = "br" | "deflate" | "gzip"

const codings: ReadonlyMap<string, Coding> = new Map<string, Coding>([
  ["br", "br"],
  ["deflate", "deflate"],
  ["gzip", "gzip"],
  ["x-gzip", "gzip"]
])

/** The maximum number of codings of a body. Each is decoded to up to 16 MiB, so a long list would cost seconds. */
const MAX_CODINGS = 5

/**
 * Parses `Content-Encoding`: a case-insensitive list, in the order in which the codings were applied; elements may be
 * empty (RFC 9110, 8.4). Returns `undefined` if a coding is unknown, or if there are more than five.
 */
export const codingsOf = (
  header: string | ReadonlyArray<string> | null | undefined
): ReadonlyArray<Coding> | undefined => {
  if (header === undefined || header === null || header === "identity") {
    return []
  }
  const names = String(header).toLowerCase().split(",").map((name) => name.trim())
  const found = names.filter((name) => name !== "" && name !== "identity").map((name) => codings.get(name))
  return found.length <= MAX_CODINGS && found.every((coding) => coding !== undefined) ? found : undefined
}
