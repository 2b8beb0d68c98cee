/**
 * The page at `/docs`, which shows an OpenAPI document. It is static HTML: no script, and nothing to load.
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"
import { docsStyle } from "./DocsStyle.js"
import { Html, html } from "./Html.js"
import type {
  Content,
  ExampleObject,
  HeaderObject,
  OpenApiObject,
  OperationObject,
  ParameterObject,
  Reference,
  ResponseObject,
  SchemaObject
} from "./OpenApiObjects.js"

const styleHash = createHash("sha256").update(docsStyle).digest("base64")

/**
 * The response headers of the page. It may only use its own style sheet, and the console may show it in a frame.
 *
 * @since 0.1.0
 * @category constants
 */
export const headers: Readonly<Record<string, string>> = {
  "content-security-policy":
    `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff"
}

/** Renders paragraphs and `code`, the only CommonMark of the document. */
const prose = (text: string): ReadonlyArray<Html> =>
  text.split("\n\n").map((paragraph) => html`<p>${inline(paragraph)}</p>`)

const inline = (text: string): ReadonlyArray<Html> =>
  text.split("`").map((part, i) => i % 2 === 0 ? html`${part}` : html`<code>${part}</code>`)

const heading = (level: 2 | 3, id: string, title: string): Html => {
  const tag = new Html(`h${level}`)
  return html`<${tag}>${title}<a class="anchor" href="#${id}" aria-label="Link to ${title}">#</a></${tag}>`
}

/** JSON with different colours for keys and values. */
const json = (value: unknown): Html => {
  const token = /("(?:\\.|[^"\\])*")(\s*:)?|-?\d[\d.eE+-]*|\b(?:true|false|null)\b/g
  const text = JSON.stringify(value, undefined, 2)
  const parts: Array<Html | string> = []
  let end = 0
  for (const match of text.matchAll(token)) {
    const [whole, string, colon] = match
    const kind = string === undefined ? "n" : colon === undefined ? "s" : "k"
    parts.push(text.slice(end, match.index), html`<span class="${kind}">${string ?? whole}</span>`, colon ?? "")
    end = match.index + whole.length
  }
  return html`${parts}${text.slice(end)}`
}

const block = (label: string, content: Html | string): Html =>
  html`<pre tabindex="0" role="region" aria-label="${label}"><code>${content}</code></pre>`

const operationId = ({ operationId }: OperationObject) => `operation-${operationId}`
const responseId = (name: string) => `response-${name}`
const headerId = (name: string) => `header-${name.toLowerCase()}`
const schemaId = (name: string) => `schema-${name}`
const tagId = (name: string) => `tag-${name.toLowerCase().replaceAll(" ", "-")}`

const nameOf = ({ $ref }: Reference): string => $ref.slice($ref.lastIndexOf("/") + 1)

const resolverOf = (document: OpenApiObject) => <A extends object>(part: A | Reference): A =>
  "$ref" in part
    ? part.$ref.split("/").slice(1).reduce(
      (inner: unknown, key) => (inner as Readonly<Record<string, unknown>>)[key],
      document
    ) as A
    : part

const typeOf = (schema: SchemaObject): Html => {
  if (schema.$ref !== undefined) {
    const name = nameOf({ $ref: schema.$ref })
    return html`<a href="#${schemaId(name)}">${name}</a>`
  }
  if (schema.anyOf !== undefined) {
    return html`${schema.anyOf.map((member, i) => html`${i === 0 ? "" : " or "}${typeOf(member)}`)}`
  }
  const format = schema.format === undefined ? "" : ` (${schema.format})`
  return schema.items !== undefined
    ? html`array of ${typeOf(schema.items)}`
    : schema.additionalProperties !== undefined
    ? html`map of ${typeOf(schema.additionalProperties)}`
    : html`${schema.type ?? "any"}${format}`
}

const rulesOf = (schema: SchemaObject): ReadonlyArray<Html> => {
  const values = (label: string, all: ReadonlyArray<unknown> | undefined) =>
    all === undefined
      ? []
      : [html`${label} ${all.map((value, i) => html`${i === 0 ? "" : ", "}<code>${JSON.stringify(value)}</code>`)}`]
  const pattern = (label: string, text: string | undefined) =>
    text === undefined ? [] : [html`${label} <code>${text}</code>`]
  const rules = [
    ...values("One of", schema.enum),
    ...values("Default", schema.default === undefined ? undefined : [schema.default]),
    ...values("At least", schema.minimum === undefined ? undefined : [schema.minimum]),
    ...values("At most", schema.maximum === undefined ? undefined : [schema.maximum]),
    ...values("Characters: at least", schema.minLength === undefined ? undefined : [schema.minLength]),
    ...pattern("Pattern", schema.pattern),
    ...pattern("Pattern of a key", schema.propertyNames?.pattern),
    ...pattern("Pattern of a value", schema.additionalProperties?.pattern),
    ...values("Example", schema.examples)
  ]
  return rules.map((rule) => html`<div class="rules">${rule}</div>`)
}

const fieldContent = (
  name: string,
  type: Html,
  required: boolean,
  description: string | undefined,
  rules: ReadonlyArray<Html>
): Html =>
  html`<div><code class="name">${name}</code>${
    required ? html` <span class="required">required</span>` : ""
  }<span class="type">${type}</span></div><div>${description === undefined ? "" : prose(description)}${rules}</div>`

const field = (...content: Parameters<typeof fieldContent>): Html => html`<li>${fieldContent(...content)}</li>`

const headerNames = ({ headers }: ResponseObject): Html =>
  html`<span class="type">Headers: ${
    Object.keys(headers).map((name, i) =>
      html`${i === 0 ? "" : ", "}<a href="#${headerId(name)}"><code>${name}</code></a>`
    )
  }</span>`

const fields = (items: ReadonlyArray<Html>): Html => html`<ul class="fields">${items}</ul>`

/** Renders the page of a document. */
class Page {
  readonly #document: OpenApiObject
  readonly #resolve: ReturnType<typeof resolverOf>

  constructor(document: OpenApiObject) {
    this.#document = document
    this.#resolve = resolverOf(document)
  }

  /** Renders the operations of a tag. */
  #operations(tag: string) {
    return Object.entries(this.#document.paths).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([, { tags }]) => tags.includes(tag))
        .map(([method, operation]) => ({ path, method, operation }))
    )
  }

  #parameter({ description, example, in: place, name, required, schema }: ParameterObject): Html {
    const named = this.#resolve<SchemaObject>(schema.$ref === undefined ? schema : { $ref: schema.$ref })
    const { $ref: _ref, examples: _examples, ...rules } = { ...named, ...schema }
    const type = html`${typeOf(named)}, in the ${place}`
    // An empty example is for tools that send it. The schema then has one to show.
    const examples = example === undefined || example === "" ? schema.examples : [example]
    return field(name, type, required, description, rulesOf(examples === undefined ? rules : { ...rules, examples }))
  }

  #content({ "application/json": { examples, schema } }: Content): Html {
    return html`<p>${typeOf(schema)}</p>${
      Object.values(examples).map((part) => {
        const { summary, value } = this.#resolve<ExampleObject>(part)
        return html`<p class="rules">${summary}</p>${block(`Example: ${summary}`, json(value))}`
      })
    }`
  }

  #responses(responses: OperationObject["responses"]): Html {
    const all = Object.entries(responses)
    const shared = all.flatMap(([status, response]) => "$ref" in response ? [[status, response] as const] : [])
    const own = all.flatMap(([status, response]) => "$ref" in response ? [] : [[status, response] as const])
    const errors = shared.map(([status, reference]) =>
      html`<li><div><a href="#${responseId(nameOf(reference))}"><span class="status">${
        status === "default" ? "other" : status
      }</span>${nameOf(reference)}</a></div><div><p>${
        inline(this.#resolve<ResponseObject>(reference).description)
      }</p></div></li>`
    )
    return html`${
      own.map(([status, response]) =>
        html`<p><span class="status">${status}</span>${inline(response.description)} ${headerNames(response)}</p>${
          this.#content(response.content)
        }`
      )
    }${fields(errors)}`
  }

  #sharedResponse(name: string, response: ResponseObject): Html {
    return html`<article id="${responseId(name)}">${heading(3, responseId(name), name)}${
      prose(response.description)
    }<p>${headerNames(response)}</p>${this.#content(response.content)}</article>`
  }

  #header(name: string, { description, required = false, schema }: HeaderObject): Html {
    return html`<li id="${headerId(name)}">${
      fieldContent(name, typeOf(schema), required, description, rulesOf(schema))
    }</li>`
  }

  #curl(method: string, path: string, { parameters, requestBody }: OperationObject): string {
    const exampleOf = (name: string) => {
      const example = parameters.find((parameter) => parameter.name === name)?.example
      return typeof example === "string" ? example : name
    }
    const target = path.replace(
      /\{(\w+)\}/g,
      (_, name: string) => encodeURIComponent(exampleOf(name)).replaceAll("%3A", ":")
    )
    const [example] = Object.values(requestBody?.content["application/json"].examples ?? {})
    return [
      `curl ${method === "get" ? "" : `-X ${method.toUpperCase()} `}"$CADENYA_BASE_URL${target}"`,
      "-H \"Authorization: Bearer $CADENYA_API_KEY\"",
      ...example === undefined ? [] : [
        "-H \"Content-Type: application/json\"",
        `-d '${JSON.stringify(this.#resolve<ExampleObject>(example).value)}'`
      ]
    ].join(" \\\n  ")
  }

  #operation({ method, operation, path }: { method: string; path: string; operation: OperationObject }): Html {
    const { description, parameters, requestBody, responses, summary } = operation
    const id = operationId(operation)
    return html`<article id="${id}">${heading(3, id, summary)}
<p class="route"><span class="method ${method}">${method.toUpperCase()}</span> <code>${path}</code></p>
${prose(description)}
${block(`Call: ${summary}`, this.#curl(method, path, operation))}
${
      parameters.length === 0
        ? ""
        : html`<h4>Parameters</h4>${fields(parameters.map((parameter) => this.#parameter(parameter)))}`
    }
${
      requestBody === undefined
        ? ""
        : html`<h4>Body</h4>${prose(requestBody.description)}${this.#content(requestBody.content)}`
    }
<h4>Responses</h4>${this.#responses(responses)}
</article>`
  }

  #schema(name: string, schema: SchemaObject): Html {
    const { properties, required = [] } = schema
    return html`<article id="${schemaId(name)}">${heading(3, schemaId(name), name)}
<p class="type">${properties === undefined ? typeOf(schema) : "object"}</p>${prose(schema.description ?? "")}${
      rulesOf(schema)
    }
${
      properties === undefined
        ? ""
        : fields(
          Object.entries(properties).map(([name, property]) =>
            field(name, typeOf(property), required.includes(name), property.description, rulesOf(property))
          )
        )
    }</article>`
  }

  render(): string {
    const { components, info, servers, tags } = this.#document
    const schemas = Object.entries(components.schemas).sort(([a], [b]) => a < b ? -1 : 1)
    const menu = tags.map(({ name }) =>
      html`<h2>${name}</h2><ul>${
        this.#operations(name).map(({ method, operation }) =>
          html`<li><a href="#${
            operationId(operation)
          }"><span class="method ${method}">${method.toUpperCase()}</span>${operation.summary}</a></li>`
        )
      }</ul>`
    )
    const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title}</title>
<style>${new Html(docsStyle)}</style>
</head>
<body>
<a class="skip" href="#content">To the content</a>
<div class="layout">
<nav aria-label="Contents"><div>
<ul><li><a href="#content">${info.title}</a></li></ul>
${menu}
<h2><a href="#errors">Errors</a></h2><ul class="deep">${
      Object.keys(components.responses).map((name) => html`<li><a href="#${responseId(name)}">${name}</a></li>`)
    }<li><a href="#headers">Headers of responses</a></li></ul>
<h2><a href="#schemas">Schemas</a></h2><ul class="deep">${
      schemas.map(([name]) => html`<li><a href="#${schemaId(name)}">${name}</a></li>`)
    }</ul>
</div></nav>
<main id="content" tabindex="-1">
<h1>${info.title}</h1>
<p class="type">${info.version}, OpenAPI ${this.#document.openapi}: <a href="/openapi.json">openapi.json</a></p>
${prose(info.description)}
<h4>Servers</h4>${fields(servers.map(({ description, url }) => field(url, html`URL`, false, description, [])))}
<h4>Authentication</h4>${
      fields(
        Object.entries(components.securitySchemes).map(([name, { description, scheme, type }]) =>
          field(name, html`${type}, ${scheme}`, true, description, [])
        )
      )
    }
${
      tags.map(({ description, name }) =>
        html`<section id="${tagId(name)}">${heading(2, tagId(name), name)}${prose(description)}${
          this.#operations(name).map((operation) => this.#operation(operation))
        }</section>`
      )
    }
<section id="errors">${heading(2, "errors", "Errors")}${
      Object.entries(components.responses).map(([name, response]) => this.#sharedResponse(name, response))
    }</section>
<section id="headers">${heading(2, "headers", "Headers of responses")}${
      fields(Object.entries(components.headers).map(([name, header]) => this.#header(name, header)))
    }</section>
<section id="schemas">${heading(2, "schemas", "Schemas")}${
      schemas.map(([name, schema]) => this.#schema(name, schema))
    }</section>
</main>
</div>
</body>
</html>
`
    return text
  }
}

/**
 * Renders a document as a static page. Serve it with `headers`.
 *
 * @since 0.1.0
 * @category printing
 */
export const render = (document: OpenApiObject): string => new Page(document).render()
