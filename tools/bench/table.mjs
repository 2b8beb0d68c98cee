// Markdown tables.

/** The median. */
export const median = (numbers) => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** A quantile. */
export const percentile = (numbers, part) => {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)]
}

/** Formats a number with three significant digits, or all digits before the point. */
export const number = (value) =>
  value.toLocaleString("en-US", value >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 })

/** Formats a ratio; `1.00` means equal. */
export const ratio = (value) => value.toFixed(value >= 10 ? 1 : 2)

const escape = (cell) => cell.replaceAll("|", "\\|")

/** Formats a table of columns (`{ title, cell }`, with `left` for text) and rows; an empty cell is a dash. */
export const markdown = (columns, rows) => {
  const cells = [
    columns.map(({ title }) => escape(title)),
    ...rows.map((row) => columns.map(({ cell }) => escape(cell(row) ?? "–")))
  ]
  const widths = columns.map((_, i) => Math.max(3, ...cells.map((line) => line[i].length)))
  const pad = (text, i) => columns[i].left ? text.padEnd(widths[i]) : text.padStart(widths[i])
  const rule = columns.map(({ left }, i) => left ? "-".repeat(widths[i]) : `${"-".repeat(widths[i] - 1)}:`)
  const [head, ...body] = cells.map((line) => line.map(pad))
  return [head, rule, ...body].map((line) => `| ${line.join(" | ")} |`).join("\n")
}
