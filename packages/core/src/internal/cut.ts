/** The mask also sees this much text after the cut, to find a secret that crosses it. */
const BEYOND = 64 * 1024

export const cut = (mask: (text: string) => string, text: string, length: number): string => {
  const masked = mask(text.length > length + BEYOND ? text.slice(0, length + BEYOND) : text)
  return masked.length > length ? masked.slice(0, length) : masked
}
