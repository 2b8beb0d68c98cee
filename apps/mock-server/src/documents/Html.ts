/** A string that is HTML and needs no escaping. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Part = string | number | undefined | Html | ReadonlyArray<Part>

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\"": "&quot;",
  "'": "&#39;"
}

const print = (part: Part): string =>
  part === undefined
    ? ""
    : part instanceof Html
    ? part.text
    : typeof part === "object"
    ? part.map(print).join("")
    : String(part).replace(/[&<>"']/g, (character) => entities[character] ?? "")

/** A template that escapes its values, except `Html`. `undefined` is empty, and arrays are concatenated. */
export const html = (strings: TemplateStringsArray, ...parts: ReadonlyArray<Part>): Html =>
  new Html(strings.map((text, i) => text + print(parts[i])).join(""))
