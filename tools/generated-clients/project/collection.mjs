// Converts the document to a Postman collection, runs it with Newman, and compares each response with the document: the
// first 200 example of the operation (except ids and times) and its schema.
import addFormats from "ajv-formats"
import { Ajv2020 } from "ajv/dist/2020.js"
import newman from "newman"
import { readFileSync } from "node:fs"
import { isDeepStrictEqual } from "node:util"
import converter from "openapi-to-postmanv2"

const document = JSON.parse(readFileSync("openapi.json", "utf8"))

const collection = await new Promise((resolve, reject) => {
  const options = { parametersResolution: "Example" }
  converter.convertV2({ type: "json", data: JSON.parse(JSON.stringify(document)) }, options, (error, conversion) => {
    if (error ?? !conversion.result) reject(error ?? new Error(conversion.reason))
    else resolve(conversion.output[0].data)
  })
})

/** In each folder, create runs first, so that later requests find the secret. */
const creatingFirst = (items) => {
  const isLater = ({ request }) => request?.method === "POST" ? 0 : 1
  items.sort((a, b) => isLater(a) - isLater(b))
  for (const { item } of items) if (item !== undefined) creatingFirst(item)
}
creatingFirst(collection.item)

const { executions } = await new Promise((resolve, reject) => {
  const envVar = [{ key: "bearerToken", value: process.env.CADENYA_API_KEY }]
  newman.run({ collection, envVar }, (error, summary) => error ? reject(error) : resolve(summary.run))
})

const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false })
addFormats.default(ajv, ["date-time", "int32", "password"])
ajv.addVocabulary(Object.keys(document))
ajv.addSchema(document, "openapi")

const resolveExample = (example) =>
  "$ref" in example ? document.components.examples[example.$ref.split("/").at(-1)] : example

/** Removes the fields that the server sets. */
const plain = (value) =>
  JSON.parse(
    JSON.stringify(value, (key, inner) =>
      /^(id|accountId|workspaceId|profileId|createdAt|updatedAt)$/.test(key) ? "set" : inner)
  )

const problems = []
const asked = []
for (const { item, request, requestError, response } of executions) {
  const path = `/${request.url.path.join("/")}`
  const where = `${request.method} ${path}`
  if (requestError || response === undefined) {
    problems.push(`${where}: ${requestError}`)
    continue
  }
  const template = `/${item.request.url.path.join("/").replace(/:(\w+)/g, "{$1}")}`
  const operation = document.paths[template]?.[request.method.toLowerCase()]
  if (operation === undefined) {
    problems.push(`${where}: there is no ${template} in the document`)
    continue
  }
  asked.push(operation.operationId)
  const { examples, schema } = operation.responses[200].content["application/json"]
  const body = JSON.parse(response.text())
  const validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll("\"#/", "\"openapi#/")))
  if (response.code !== 200) problems.push(`${where}: ${response.code} ${body.message}`)
  else if (!validate(body)) problems.push(`${where}: ${ajv.errorsText(validate.errors)}`)
  else {
    const [is, promised] = [body, resolveExample(Object.values(examples)[0]).value].map(plain)
    if (!isDeepStrictEqual(is, promised)) {
      problems.push(
        `${where}: the answer is\n${JSON.stringify(is)}\nand the document promises\n${JSON.stringify(promised)}`
      )
    }
  }
}
const all = Object.values(document.paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId))
if (asked.sort().join() !== all.sort().join()) problems.push(`asked: ${asked.join(", ")}`)

if (problems.length > 0) {
  console.error(problems.join("\n"))
  process.exitCode = 1
} else {
  console.log(`${asked.length} requests got the answers of the document`)
}
