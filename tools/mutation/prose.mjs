// An ignorer for Stryker: skips mutants of texts that only people read, and of options that only types read.
//
// No test should depend on such a wording. The ignored mutants are counted in docs/mutation.md; texts of the protocol
// (`metadata.name`, `application/json`, `Bearer`) are not among them.

/** A lower-case word next to a space: part of a sentence. */
const sentence = /\s[a-z]+\b|\b[a-z]+,?\s/

const documentation = new Set(["description", "documentation", "identifier", "summary", "title"])

const nameOf = (key) => key?.type === "Identifier" ? key.name : key?.type === "StringLiteral" ? key.value : undefined

const isDocumentation = (property) =>
  property.type === "ObjectProperty" && !property.computed && documentation.has(nameOf(property.key))

/** Whether this is a call of a method, such as `Effect.logError("…")`. */
const isCallOf = (node, pattern) =>
  node.type === "CallExpression" && node.callee.type === "MemberExpression" &&
  pattern.test(nameOf(node.callee.property))

const isDocumenting = ({ node, parent }) =>
  node.type === "ObjectExpression" && node.properties.length > 0 && node.properties.every(isDocumentation) &&
  parent !== null && isCallOf(parent, /^annotations$/)

/** Whether this is `strict: true` of `Schema.transform`, which only its types read. */
const isStrict = ({ node, parent }) =>
  node.type === "BooleanLiteral" && parent?.type === "ObjectProperty" && nameOf(parent.key) === "strict"

/** Returns why a node is not mutated, or `undefined`. */
export const reasonFor = (path) => {
  const { node } = path
  if (isCallOf(node, /^log(Trace|Debug|Info|Warning|Error|Fatal)?$/)) return "text of the log"
  if (isCallOf(node, /^(Tag|GenericTag)$/) && nameOf(node.callee.object) === "Context") return "name of a service"
  if (isDocumenting(path)) return "documentation of a schema"
  if (isStrict(path)) return "option of the types alone"
  if (node.type === "StringLiteral" && sentence.test(node.value)) return "sentence"
  if (node.type === "TemplateLiteral" && node.quasis.some(({ value }) => sentence.test(value.raw))) return "sentence"
  return undefined
}

export const strykerPlugins = [{ kind: "Ignore", name: "prose", value: { shouldIgnore: reasonFor } }]
