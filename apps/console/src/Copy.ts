/** Turns a recorded request into code: a curl command, or a test with our client. */
import type { Exchange } from "./Wire.js"

const mask = "<redacted>"

/** Headers that clients set by themselves, or that do not matter for the request. */
const own =
  /^(?:host|connection|content-length|transfer-encoding|accept-encoding|accept-language|user-agent|authorization|cookie|origin|referer|keep-alive|cache-control|pragma|dnt|priority|accept|traceparent|tracestate|b3|sec-.*|x-b3-.*)$/

/** Quotes a word for a POSIX shell. */
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

const isMasked = (value: unknown): boolean => JSON.stringify(value ?? null).includes(mask)

const note = (marker: string, { query, request }: Exchange): ReadonlyArray<string> =>
  isMasked(request.body) || isMasked(query) ? [`${marker} ${mask} stands for what the journal does not keep.`] : []

/** A curl command. The API key comes from the environment. */
export const curl = (exchange: Exchange, baseUrl: string): string => {
  const { method, request, target } = exchange
  const headers = Object.entries(request.headers).filter(([name, value]) => !own.test(name) && value !== mask)
  const lines = [
    `curl${method === "GET" ? "" : method === "HEAD" ? " --head" : ` -X ${method}`} ${quote(`${baseUrl}${target}`)}`,
    ...(request.headers["authorization"] === undefined ? [] : ["-H \"Authorization: Bearer $CADENYA_API_KEY\""]),
    ...headers.map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    ...(request.body === undefined ? [] : [`-d ${quote(JSON.stringify(request.body))}`])
  ]
  return [...note("#", exchange), lines.join(" \\\n  ")].join("\n")
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A value as a TypeScript expression. */
const expression = (value: unknown, indent: string): string => {
  if (Array.isArray(value)) {
    return `[${value.map((item) => expression(item, indent)).join(", ")}]`
  }
  if (!isObject(value)) {
    return JSON.stringify(value)
  }
  const fields = Object.entries(value).map(([key, item]) =>
    `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)}: ${expression(item, `${indent}  `)}`
  )
  const line = `{ ${fields.join(", ")} }`
  return fields.length === 0
    ? "{}"
    : line.length <= 60 && !line.includes("\n")
    ? line
    : `{\n${fields.map((field) => `${indent}  ${field}`).join(",\n")}\n${indent}}`
}

const indent = "    "

const payloadOf = ({ body }: Exchange["request"]): Readonly<Record<string, unknown>> => {
  const { metadata = {}, spec, updateMask, ...rest } = isObject(body) ? body : {}
  return {
    ...rest,
    metadata,
    ...(spec === undefined ? {} : { spec }),
    ...(typeof updateMask === "string" && updateMask !== "" ? { updateMask: updateMask.split(",") } : {})
  }
}

const listOf = ({ query }: Exchange): Readonly<Record<string, unknown>> => {
  const { includeInfo, labels, limit, ...texts } = query
  return {
    ...texts,
    ...(limit === undefined ? {} : { limit: Number(limit) }),
    ...(includeInfo === undefined ? {} : { includeInfo: includeInfo === "true" }),
    ...(labels === undefined
      ? {}
      : { labels: Object.fromEntries(labels.split(",").map((pair) => [pair.split("=")[0], pair.split("=")[1] ?? ""])) })
  }
}

const callOf = (exchange: Exchange): string | undefined => {
  const { externalId, id, operation } = exchange
  const ref = externalId === undefined ? JSON.stringify(id) : `{ externalId: ${JSON.stringify(externalId)} }`
  switch (operation) {
    case "whoami":
      return "whoami()"
    case "list":
      return `list(${expression(listOf(exchange), indent)})`
    case "get":
      return `get(${ref})`
    case "delete":
      return `delete(${ref})`
    case "create":
      return `create(${expression(payloadOf(exchange.request), indent)})`
    case "update": {
      const { metadata, ...rest } = payloadOf(exchange.request)
      const payload = isObject(metadata) && Object.keys(metadata).length === 0 ? rest : { metadata, ...rest }
      return `update(${ref}, ${expression(payload, indent)})`
    }
    default:
      return undefined
  }
}

/** A test with our client that expects the recorded status. `undefined` for requests that are no operation of the API. */
export const test = (exchange: Exchange, baseUrl: string): string | undefined => {
  const isWithoutBody = exchange.request.body === undefined && /^(?:create|update)$/.test(exchange.operation ?? "")
  const call = isWithoutBody ? undefined : callOf(exchange)
  const workspaceId = /^\/v1\/workspaces\/([^/]+)\//.exec(exchange.target)?.[1]
  const status = exchange.response?.status
  if (call === undefined || status === undefined) {
    return undefined
  }
  const title = `answers ${exchange.method} ${exchange.operation ?? ""} with ${status}`
  const { broken } = exchange.response ?? {}
  const expected = broken !== undefined
    ? [`    await expect(secrets.${call}).rejects.toBeInstanceOf(Error)`]
    : status < 400
    ? [`    const { response } = await secrets.withResponse.${call}`, "", `    expect(response.status).toBe(${status})`]
    : [`    await expect(secrets.${call}).rejects.toMatchObject({ status: ${status} })`]
  return [
    ...note("//", exchange),
    "import { makeClient } from \"@workspace-secrets/http-client/promise\"",
    "import { expect, it } from \"vitest\"",
    "",
    `it(${JSON.stringify(title)}, async () => {`,
    "  const secrets = makeClient({",
    "    apiKey: process.env[\"CADENYA_API_KEY\"],",
    `    baseUrl: ${JSON.stringify(baseUrl)},`,
    ...(workspaceId === undefined
      ? []
      : [`    workspaceId: ${JSON.stringify(decodeURIComponent(workspaceId))},`]),
    "    retry: false",
    "  })",
    "  try {",
    ...expected,
    "  } finally {",
    "    await secrets.close()",
    "  }",
    "})",
    ""
  ].join("\n")
}
