/** The mask also sees this much text after the cut, to find a secret that crosses it. */
const BEYOND = 64 * 1024

export const cut = (mask: (text: string) => string, text: string, length: number): string =>
  mask(text.slice(0, length + BEYOND)).slice(0, length)
