// Writes the API reference, docs/api, from the declarations that the packages ship and the docstrings in them; with
// `--check` it only compares. It fails if a public export has no docstring.
//
// TypeDoc and @effect/docgen were tried. TypeDoc expands Effect's types, three times per field of a schema. docgen
// omits the fields of classes, which readers of models and errors need.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { basename, dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript"
import { nx } from "./nx.mjs"
import { setup } from "./setup.mjs"
import { published } from "./tarballs.mjs"
import { root } from "./workspaces.mjs"

const directory = join(root, "docs/api")

/** The public modules of a package with their declarations, without the index. */
const modulesOf = ({ directory: from, manifest }) =>
  Object.entries(manifest.exports)
    .filter(([subpath, target]) => subpath !== "." && target?.import?.types !== undefined)
    .map(([subpath, target]) => ({
      name: subpath.slice(2),
      specifier: `${manifest.name}${subpath.slice(1)}`,
      file: join(root, from, target.import.types),
      source: join(root, from, target["@workspace-secrets/source"])
    }))

const isForeign = (declaration) => declaration.getSourceFile().fileName.includes("/node_modules/")

const tagOf = (symbol, name) =>
  symbol.getJsDocTags().filter((tag) => tag.name === name)
    .map((tag) => ts.displayPartsToString(tag.text)).find((text) => text !== "")

/** Indents by two spaces, and removes the import paths of types. */
const tidy = (text) =>
  text.replaceAll(/^( {4})+/gm, (spaces) => spaces.slice(spaces.length / 2)).replaceAll(/import\("[^"]*"\)\./g, "")

/** The text of a declaration, without its docstring but with those of its members. */
const textOf = (node) => tidy(node.getSourceFile().text.slice(node.getStart(), node.end))

const isPrivate = (member) =>
  (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) !== 0 ||
  (member.name !== undefined && ts.isPrivateIdentifier(member.name))

/** A class with the fields of its schema, which its declaration shows only as schemas. */
const classOf = (node, checker) => {
  const printer = ts.createPrinter({ removeComments: true })
  const file = node.getSourceFile()
  const own = node.members.filter((member) => !isPrivate(member))
  // By any declaration: `message` of a schema is also declared by Error. Symbols (`__@name@number`) and private names
  // are not fields of a schema.
  const inherited = checker.getTypeAtLocation(node).getProperties().filter((property) =>
    !/^(__@|__#|#)/.test(property.name) &&
    !own.some((member) => member.name?.getText(file) === property.name) &&
    property.declarations?.some((declaration) => !isForeign(declaration) && !isPrivate(declaration))
  )
  const fields = inherited.map((property) => {
    const optional = (property.flags & ts.SymbolFlags.Optional) !== 0
    const type = checker.getTypeOfSymbolAtLocation(property, node)
    const shown = checker.typeToTypeNode(
      optional ? checker.getNonNullableType(type) : type,
      node,
      ts.NodeBuilderFlags.NoTruncation | ts.NodeBuilderFlags.MultilineObjectLiterals |
        ts.NodeBuilderFlags.UseAliasDefinedOutsideCurrentScope | ts.NodeBuilderFlags.OmitParameterModifiers
    )
    const text = tidy(printer.printNode(ts.EmitHint.Unspecified, shown, file))
    return `readonly ${property.name}${optional ? "?" : ""}: ${text}`
  })
  const members = own.map((member) =>
    tidy(file.text.slice(member.getFullStart(), member.end)).trim().replaceAll(/^ {2}/gm, "")
  )
  const heritage = node.heritageClauses?.flatMap(({ token, types }) =>
    types.map((one) => {
      const keyword = token === ts.SyntaxKind.ExtendsKeyword ? "extends" : "implements"
      if (!one.expression.getText(file).endsWith("_base")) return `${keyword} ${one.getText(file)}`
      const base = checker.getSymbolAtLocation(one.expression).valueDeclaration.type
      if (!ts.isTypeReferenceNode(base)) return ""
      const name = base.typeName.getText(file)
      return name.startsWith("Schema.") ? `extends ${name}<${node.name.text}>` : `extends ${textOf(base)}`
    })
  ).filter((text) => text !== "") ?? []
  const parameters = node.typeParameters?.map((parameter) => parameter.getText(file)).join(", ")
  const name = `${node.name.text}${parameters === undefined ? "" : `<${parameters}>`}`
  const body = [...fields, ...members].map((member) => member.replaceAll(/^/gm, "  ")).join("\n")
  return `${["class", name, ...heritage].join(" ")} {${body === "" ? "" : `\n${body}\n`}}`
}

const signatureOf = (declaration, checker) => {
  if (ts.isClassDeclaration(declaration)) return classOf(declaration, checker)
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration
  return textOf(node).replace(/^export /, "").replace(/^declare /, "").replace(/;$/, "")
}

/** The docstring of an export. A re-export of another package needs its own docstring here. */
const entryOf = (exported, checker) => {
  const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0
  const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported
  const { name } = exported
  const passedOn = ts.findAncestor(exported.declarations[0], ts.isExportDeclaration)
  if (symbol.declarations.every(isForeign) && passedOn !== undefined) {
    const [comment] = ts.getJSDocCommentsAndTags(passedOn)
    const tag = (wanted) =>
      ts.getTextOfJSDocComment(ts.getJSDocTags(passedOn).find(({ tagName }) => tagName.text === wanted)?.comment)
    return {
      name,
      docs: (ts.getTextOfJSDocComment(comment?.comment) ?? "").trim(),
      category: tag("category"),
      since: tag("since"),
      signature: textOf(passedOn).replace(/;$/, "")
    }
  }
  return {
    name,
    docs: ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim(),
    category: tagOf(symbol, "category"),
    since: tagOf(symbol, "since"),
    signature: symbol.declarations.map((declaration) => signatureOf(declaration, checker)).join("\n\n")
  }
}

/** Compiles the declarations with the strictest options of users. */
export const programOf = (files) =>
  ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts"],
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true
  })

/** The exports of a module by category, and missing docstrings. */
export const read = ({ file, source, specifier }, program) => {
  const checker = program.getTypeChecker()
  // From the source: declarations lose the docstring above a removed import.
  const about = /^\/\*\*(.*?)\*\//s.exec(readFileSync(source, "utf8"))?.[1]
    .split("\n").map((line) => line.replace(/^\s*\* ?/, "")).join("\n").replace(/^@\w[^]*/m, "").trim() ?? ""
  const missing = about === "" ? [`${specifier}: the module has no docstring`] : []
  const categories = new Map()
  for (const exported of checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)))) {
    const entry = entryOf(exported, checker)
    const { category, docs, name, since } = entry
    for (const [what, value] of [["docstring", docs], ["@category", category], ["@since", since]]) {
      if (value === undefined || value === "") missing.push(`${specifier}: ${name} has no ${what}`)
    }
    categories.set(category, [...(categories.get(category) ?? []), entry])
  }
  return { about, categories, missing }
}

/** The first sentence of a docstring, without references to WIRE.md. */
const firstSentence = (text) =>
  text.replaceAll(/\s+/g, " ").replaceAll(/ \([^()]*WIRE\.md[^()]*\)/g, "").replace(/^(.+?\.)(\s.*)?$/, "$1")

const anchor = (heading) => heading.toLowerCase().replaceAll(/[^\w\- ]/g, "").replaceAll(" ", "-")

/** The Markdown page of a module. */
export const page = ({ specifier }, { about, categories }) => {
  const contents = [...categories].map(([category, entries]) =>
    `- ${category}: ${entries.map(({ name }) => `[\`${name}\`](#${anchor(name)})`).join(", ")}`
  )
  const sections = [...categories].flatMap(([category, entries]) => [
    `## ${category}`,
    ...entries.map(({ docs, name, signature, since }) =>
      `### ${name}\n\n${docs}\n\n\`\`\`ts\n${signature}\n\`\`\`\n\nSince ${since}`
    )
  ])
  return `${[`# ${specifier}`, about, contents.join("\n"), ...sections].join("\n\n")}\n`
}

/** The reference: the files below docs/api by path, and the missing docstrings. */
const reference = () => {
  const packages = published().map((one) => ({ ...one, modules: modulesOf(one) }))
  const program = programOf(packages.flatMap(({ modules }) => modules.map(({ file }) => file)))
  const missing = []
  const files = new Map()
  const index = [
    "# API reference",
    "What each module of the packages exports, from its docstrings. `npm run api` writes it."
  ]
  for (const { manifest, modules } of packages) {
    const folder = basename(manifest.name)
    const lines = modules.map((module) => {
      const content = read(module, program)
      missing.push(...content.missing)
      files.set(`${folder}/${module.name}.md`, page(module, content))
      return `| [${module.name}](${folder}/${module.name}.md) | ${
        firstSentence(content.about).replaceAll("|", "\\|")
      } |`
    })
    index.push(
      `## ${manifest.name}`,
      `${manifest.description}.`,
      ["| module | |", "| --- | --- |", ...lines].join("\n")
    )
  }
  files.set("README.md", `${index.join("\n\n")}\n`)
  return { files, missing }
}

const written = () =>
  !existsSync(directory) ? [] : readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath ?? entry.path, entry.name)).replaceAll("\\", "/"))

const main = async (check) => {
  setup()
  const lines = []
  if (await nx(["run-many", "-t", "build", "--output-style=static"], (line) => lines.push(line)) !== 0) {
    throw new Error(`The build failed:\n${lines.join("\n")}`)
  }
  const { files, missing } = reference()
  if (missing.length > 0) throw new Error(`Public exports say too little of themselves:\n${missing.join("\n")}`)
  if (!check) {
    rmSync(directory, { recursive: true, force: true })
    for (const [path, content] of files) {
      mkdirSync(dirname(join(directory, path)), { recursive: true })
      writeFileSync(join(directory, path), content)
    }
    return
  }
  const stale = [
    ...[...files].filter(([path, content]) =>
      !existsSync(join(directory, path)) || readFileSync(join(directory, path), "utf8") !== content
    ).map(([path]) => `differs: docs/api/${path}`),
    ...written().filter((path) => !files.has(path)).map((path) => `no such module: docs/api/${path}`)
  ]
  if (stale.length > 0) {
    throw new Error(`The API reference is not that of the sources:\n${stale.join("\n")}\nTo fix: npm run api`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(process.argv.includes("--check")).catch((error) => {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  })
}
