// A minimal HTTP/1.1 parser that finds the end of a response.

/** Returns the length of the first response in the text, or `undefined` if it is incomplete. */
export const lengthOf = (text) => {
  const head = text.indexOf("\r\n\r\n") + 4
  if (head === 3) return undefined
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head)) ?? []
  if (length !== undefined) return text.length >= head + Number(length) ? head + Number(length) : undefined
  const end = text.indexOf("\r\n0\r\n\r\n", head - 2)
  return end === -1 ? undefined : end + 7
}
