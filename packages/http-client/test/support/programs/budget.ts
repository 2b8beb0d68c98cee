import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import { make } from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import { secret } from "../samples.js"

/*
 * Measures the cost of responses for the client. Run with --expose-gc. Prints for each kind and size: bytes of the
 * response, CPU time in microseconds, characters of the error, and bytes retained by the heap.
 */

const KIB = 1024
const SIZES = [256 * KIB, 1024 * KIB]

const many = (size: number, piece: string): string =>
  Array.from({ length: Math.floor(size / (piece.length + 1)) }, () => piece).join(",")

interface Answer {
  readonly status?: number
  readonly isPage?: boolean
  readonly body: (size: number) => string | Uint8Array
}

const withValue = (value: string) =>
  JSON.stringify({ ...secret, spec: { value: "-" } }).replace("\"-\"", () => `"${value}"`)
const withMetadata = (more: string) =>
  JSON.stringify({ ...secret, metadata: { ...secret.metadata, labels: undefined } }).replace(
    "{\"metadata\":{",
    () => `{"metadata":{${more},`
  )
const failure = (more: string) => `{"code":3,"message":"no"${more}}`
const item = JSON.stringify(secret)

const answers: Readonly<Record<string, Answer>> = {
  "valid: a long value": { body: (size) => withValue("x".repeat(size)) },
  "valid: a value of escapes": { body: (size) => withValue("\\u00e9".repeat(size / 6)) },
  "valid: fields that are ignored": { body: (size) => withMetadata(`"more":[${many(size, "{\"a\":1}")}]`) },
  "valid: a page": { isPage: true, body: (size) => `{"items":[${many(size, item)}],"pagination":{}}` },
  "wrong: a page of zeros": { isPage: true, body: (size) => `{"items":[${many(size, "0")}],"pagination":{}}` },
  "wrong: a page of secrets": {
    isPage: true,
    body: (size) => `{"items":[${many(size, item.replace("\"spec\":{", "\"spec\":7,\"other\":{"))}],"pagination":{}}`
  },
  "wrong: labels": {
    body: (size) => withMetadata(`"labels":{${Array.from({ length: size / 12 }, (_, i) => `"k${1e6 + i}":7`).join()}}`)
  },
  "wrong: nesting": { body: (size) => "[".repeat(size) },
  "wrong: an end that is missing": { body: (size) => item.slice(0, -1) + `,"x":[${many(size, "0")}` },
  "wrong: bytes that are no text": { body: (size) => new Uint8Array(size).fill(0xff) },
  "wrong: HTML": { status: 502, body: (size) => `<html>${"x".repeat(size)}` },
  "wrong: details of an error": { status: 400, body: (size) => failure(`,"details":[${many(size, "0")}]`) },
  "wrong: a message of backslashes": {
    status: 400,
    body: (size) => failure("").replace("no", () => "\\\\".repeat(size / 2))
  },
  // The part of an error that is kept.
  "wrong: the details of a short error": { status: 400, body: () => failure(`,"details":[${many(60 * KIB, "{}")}]`) },
  "wrong: the message of a short error": {
    status: 400,
    body: () => failure("").replace("no", () => "\\\\u0041%41&amp;".repeat(60 * KIB / 15))
  }
}

const id = WorkspaceSecretId.make("wsecret_1")
const value = Redacted.make("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC")

const costOf = ({ body, isPage, status = 200 }: Answer, size: number) =>
  Effect.gen(function*() {
    const bytes = Buffer.from(body(size))
    const http = HttpClient.make((request) =>
      Effect.sync(() => HttpClientResponse.fromWeb(request, new Response(bytes, { status })))
    )
    const client = yield* Effect.provideService(
      make({ apiKey: Redacted.make("key"), retry: false, deadline: "10 minutes", attemptDeadline: "10 minutes" }),
      HttpClient.HttpClient,
      http
    )
    // The call with the most secrets to mask; pages have only a list call.
    const call: Effect.Effect<unknown, unknown> = isPage === true
      ? client.list()
      : client.update(id, { spec: { value } })
    let told = JSON.stringify(yield* Effect.exit(call)).length
    let [cpu, kept] = [Infinity, Infinity]
    // What is retained is so in every round; the heap of a busy machine may be swept late.
    for (let round = 0; round < 3 || (round < 10 && kept > 64 * KIB); round++) {
      global.gc?.()
      const before = { ...process.cpuUsage(), heap: process.memoryUsage().heapUsed }
      const exit = yield* Effect.exit(call)
      const used = process.cpuUsage(before)
      global.gc?.()
      cpu = Math.min(cpu, used.user + used.system)
      kept = Math.min(kept, process.memoryUsage().heapUsed - before.heap)
      told = Exit.isFailure(exit) ? told : 0
    }
    return { bytes: bytes.length, cpu, out: told, kept }
  })

void Effect.runPromise(
  Effect.forEach(
    Object.entries(answers),
    ([what, answer]) =>
      Effect.map(Effect.forEach(SIZES, (size) => costOf(answer, size)), (costs) => [what, costs] as const)
  )
).then((costs) => console.log(JSON.stringify(Object.fromEntries(costs))))
