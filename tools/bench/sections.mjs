// Generated sections of a document.

const marks = (name) => [`<!-- bench ${name} -->`, `<!-- end of bench ${name} -->`]

/** Replaces the text between the marks of a section. */
export const replaceSection = (document, name, content) => {
  const [begin, end] = marks(name)
  const from = document.indexOf(begin)
  const to = document.indexOf(end)
  if (from === -1 || to < from) throw new Error(`The document has no place for the result: ${begin} … ${end}`)
  return `${document.slice(0, from + begin.length)}\n\n${content}\n\n${document.slice(to)}`
}
