// As much of HTTP/1.1 as it takes to see where an answer ends.

/** How many bytes of the text the first answer in it takes; `undefined` while it has not come to its end. */
export const lengthOf = (text) => {
  const head = text.indexOf("\r\n\r\n") + 4
  if (head === 3) return undefined
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head)) ?? []
  if (length !== undefined) return text.length >= head + Number(length) ? head + Number(length) : undefined
  const end = text.indexOf("\r\n0\r\n\r\n", head - 2)
  return end === -1 ? undefined : end + 7
}
