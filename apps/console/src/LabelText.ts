/** Formats and parses labels as text: `team=billing, env=prod`. */
export const parse = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split(",").map((pair) => pair.trim()).filter((pair) => pair !== "").map((pair) => {
      const mark = pair.indexOf("=")
      return mark === -1 ? [pair, ""] : [pair.slice(0, mark).trim(), pair.slice(mark + 1).trim()]
    })
  )

export const format = (labels: Readonly<Record<string, string>> = {}): string =>
  Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(", ")

/** Formats labels for the `labels` parameter of a list. */
export const query = (text: string): string =>
  Object.entries(parse(text)).map(([key, value]) => `${key}=${value}`).join(",")
