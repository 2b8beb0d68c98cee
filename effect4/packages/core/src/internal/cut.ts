/** How far beyond a cut a masker looks: a secret that begins before it is masked although it ends behind it. */
const BEYOND = 64 * 1024

/** Masks a text and then cuts it to so many characters. */
export const cut = (mask: (text: string) => string, text: string, length: number): string => {
  const masked = mask(text.length > length + BEYOND ? text.slice(0, length + BEYOND) : text)
  return masked.length > length ? masked.slice(0, length) : masked
}
