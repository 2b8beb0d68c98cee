// Exchanges that go through a witness: requests, responses, and whether both arrive unchanged.
import { randomFillSync } from "node:crypto"
import { Agent, createServer, request as send } from "node:http"
import { randomOf } from "./random.mjs"

const BYTES = randomFillSync(Buffer.alloc(6 * 1024 * 1024))
const SECRETS = 10_000
const MAX_ANSWER = 4 * 1024 * 1024

const metadata = (id) => ({
  id,
  accountId: "account_soak",
  createdAt: new Date(Date.UTC(2026, 0, 1)).toISOString(),
  name: `secret ${id}`,
  profileId: "profile_soak",
  workspaceId: "workspace_soak",
  externalId: "",
  labels: {}
})

const secretOf = (number) => ({ metadata: metadata(`wsecret_${number}`), spec: { value: `value ${number}` } })

const json = (value) => Buffer.from(JSON.stringify(value))

const kinds = {
  get: ({ below }) => {
    const number = below(SECRETS)
    return { method: "GET", path: `/v1/workspace_secrets/wsecret_${number}`, answer: json(secretOf(number)) }
  },
  list: ({ below }) => ({
    method: "GET",
    path: `/v1/workspace_secrets?limit=50&cursor=cursor_${below(SECRETS)}`,
    answer: json({
      items: Array.from({ length: 50 }, () => secretOf(below(SECRETS))),
      pagination: { nextCursor: `cursor_${below(SECRETS)}` }
    })
  }),
  create: ({ below }) => {
    const secret = secretOf(below(SECRETS))
    const { metadata: { name }, spec } = secret
    return {
      method: "POST",
      path: "/v1/workspace_secrets",
      body: json({ metadata: { name }, spec }),
      answer: json(secret)
    }
  },
  missing: ({ below }) => ({
    method: "DELETE",
    path: `/v1/workspace_secrets/none_${below(SECRETS)}`,
    status: 404,
    answer: json({ code: 5, message: "no such secret", details: [] })
  }),
  bytes: ({ below, chance }) => ({
    method: "PUT",
    path: `/v1/objects/${below(SECRETS)}?a=%20&b`,
    body: part(below(65_536), below),
    answer: part(below(65_536), below),
    isChunked: chance(0.5)
  }),
  large: ({ below }) => ({
    method: "PUT",
    path: "/v1/objects/large",
    body: part(1_500_000, below),
    answer: part(MAX_ANSWER + 1, below)
  })
}

const part = (length, below) => {
  const from = below(BYTES.length - length)
  return BYTES.subarray(from, from + length)
}

const kindOf = (number) =>
  number < 0.6
    ? "get"
    : number < 0.7
    ? "list"
    : number < 0.8
    ? "create"
    : number < 0.9
    ? "missing"
    : number < 0.999
    ? "bytes"
    : "large"

const lengthOf = (body, isChunked) =>
  isChunked ? ["Transfer-Encoding", "chunked"] : ["Content-Length", String(body.length)]

/** The exchange with a number; the same number gives the same exchange. */
const exchangeOf = (seed, number) => {
  const random = randomOf(seed + number)
  const kind = kindOf(random.next())
  const { answer, body, isChunked = false, method, path, status = 200 } = kinds[kind](random)
  return {
    kind,
    method,
    path,
    body: body ?? Buffer.alloc(0),
    requestHeaders: [
      "Authorization",
      "Bearer soak-key",
      "X-Number",
      String(number),
      ...body === undefined ? [] : ["content-type", "application/json", ...lengthOf(body, isChunked)]
    ],
    status,
    answerHeaders: [
      "Content-Type",
      "application/json",
      "x-request-id",
      `req_${number}`,
      ...lengthOf(answer, isChunked)
    ],
    answer
  }
}

/** The headers that a proxy forwards. */
const passed = (raw) =>
  raw.flatMap((name, i) => i % 2 === 0 && !/^(host|connection|keep-alive)$/i.test(name) ? [name, raw[i + 1]] : [])

const collect = async (stream) => {
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** The differences from what was sent. */
const differences = (came, sent) =>
  Object.keys(sent).filter((name) =>
    Buffer.isBuffer(sent[name])
      ? !sent[name].equals(came[name])
      : JSON.stringify(sent[name]) !== JSON.stringify(came[name])
  )

/** A server that checks requests and answers. `onWrong` is called with differences. */
export const serve = (seed, onWrong) =>
  new Promise((resolve) => {
    const server = createServer({ keepAliveTimeout: 600_000 }, async (request, response) => {
      const number = Number(request.headers["x-number"])
      const { answer, answerHeaders, body, method, path, requestHeaders, status } = exchangeOf(seed, number)
      const came = { method: request.method, path: request.url, requestHeaders: passed(request.rawHeaders) }
      const wrong = differences({ ...came, body: await collect(request) }, { method, path, requestHeaders, body })
      if (wrong.length > 0) onWrong(`request ${number}: ${wrong.join(", ")} came changed`)
      response.sendDate = false
      response.writeHead(status, answerHeaders)
      response.end(answer)
    })
    server.listen(0, "127.0.0.1", () => resolve({ server, url: `http://127.0.0.1:${server.address().port}` }))
  })

const ask = ({ agent, number, port, seed }) => {
  const { answer, answerHeaders, body, kind, method, path, requestHeaders, status } = exchangeOf(seed, number)
  return new Promise((resolve, reject) => {
    const request = send({
      agent,
      port,
      host: "127.0.0.1",
      method,
      path,
      headers: ["Host", "soak", ...requestHeaders]
    }, async (response) => {
      try {
        const came = {
          status: response.statusCode,
          answerHeaders: passed(response.rawHeaders),
          answer: await collect(response)
        }
        resolve({ kind, wrong: differences(came, { status, answerHeaders, answer }) })
      } catch (error) {
        reject(error)
      }
    })
    request.once("error", reject)
    request.end(body)
  })
}

/** Sends exchanges through a proxy with a fixed number in flight, and returns the problems. */
export const exchange = async ({ exchanges, inFlight, onTenth, seed, url }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight })
  const { port } = new URL(url)
  const failures = []
  const sent = new Map()
  let [next, done, tenth] = [0, 0, 0]
  const lane = async () => {
    while (next < exchanges && failures.length === 0) {
      const number = next++
      const { kind, wrong } = await ask({ agent, number, port, seed })
      if (wrong.length > 0) failures.push(`answer ${number} (${kind}): ${wrong.join(", ")} came changed`)
      sent.set(kind, (sent.get(kind) ?? 0) + 1)
      done++
      if (done >= exchanges * (tenth + 1) / 10) await onTenth(++tenth, done)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  agent.destroy()
  return { failures, sent, done }
}
