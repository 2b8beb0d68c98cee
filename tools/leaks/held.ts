/*
 * Counts where a secret could be told, and where it was not: each spelling of the list, in each sink of the list. Writes a row of JSON for each
 * place that a server puts what it was sent. `npm run soak -- hostile` prints them.
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as WorkspaceSecretsClient from "@workspace-secrets/http-client/WorkspaceSecretsClient"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { startInProcess } from "../../apps/mock-server/src/MockServer.js"
import { leaking, logged, printed } from "./sinks.js"
import { spellings, type Told } from "./spellings.js"

const key = "key_4fQ9xZ27-Lm\"N8/vR+t5Yk0=W1"

const values = {
  "a password": "Tr0ub4dor&3 <correct-horse>",
  "a JSON Web Token": `eyJhbGciOiJIUzI1NiJ9.${
    Buffer.from("{\"sub\":\"0123456789\",\"name\":\"nobody\"}").toString("base64url")
  }.c2lnbmF0dXJl`,
  "a PEM of 40 lines": [
    "-----BEGIN PRIVATE KEY-----",
    ...Array.from({ length: 40 }, (_, i) => Buffer.from(`line ${i} of a key that is long enough`).toString("base64")),
    "-----END PRIVATE KEY-----"
  ].join("\n")
}

/** How many sinks there were for something, and how many of them told none of the secrets. */
const count = (value: unknown, ...secrets: ReadonlyArray<Told>) =>
  Effect.map(logged([value]), (log) => {
    const prints = [...printed(value), ...log]
    return { tried: prints.length, held: prints.length - leaking(prints, ...secrets).length }
  })

type Count = Effect.Effect.Success<ReturnType<typeof count>>

const sum = (counts: ReadonlyArray<Count>): Count => ({
  tried: counts.reduce((all, { tried }) => all + tried, 0),
  held: counts.reduce((all, { held }) => all + held, 0)
})

/** Where nothing is masked, every spelling has to be found, or it would be held wherever it is. */
const check = (value: string, spelled: string): void => {
  if (leaking(printed(new Error(`not taken: ${spelled}.`)), [value, spelled]).length === 0) {
    throw new Error("a spelling is not found where it is")
  }
}

/** An error of the client, after a server that quotes the value of the request in its message, in this status. */
const quoted = (value: string, spelled: string, status: number) =>
  Effect.gen(function*() {
    check(value, spelled)
    const http = HttpClient.make((request) =>
      Effect.succeed(
        HttpClientResponse.fromWeb(request, Response.json({ code: 13, message: `not taken: ${spelled}.` }, { status }))
      )
    )
    const client = yield* Effect.provideService(
      WorkspaceSecretsClient.make({ apiKey: Redacted.make(key), retry: false }),
      HttpClient.HttpClient,
      http
    )
    const error = yield* Effect.flip(
      client.create({ metadata: { name: "name" }, spec: { value: Redacted.make(value) } })
    )
    return yield* count(error, [value, spelled], key)
  })

const spelledBy = Object.values(spellings)

const inErrors = Object.entries(values).map(([what, value]) =>
  Effect.map(
    Effect.forEach(spelledBy, (spell) => Effect.forEach([400, 500], (status) => quoted(value, spell(value), status))),
    (counts) => ({ name: `${what} that the API quotes, in an error of the client`, ...sum(counts.flat()) })
  )
)

/** The journal, after requests that have the key in the name of a secret. */
const inJournal = Effect.gen(function*() {
  const server = yield* Effect.promise(() => startInProcess({ apiKey: Redacted.make(key) }))
  const counts: Array<Count> = []
  for (const spell of spelledBy) {
    const name = spell(key)
    check(key, name)
    yield* Effect.promise(() =>
      server.fetch("http://localhost/v1/workspace_secrets", {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: JSON.stringify({ metadata: { name }, spec: { value: values["a password"] } })
      })
    )
    const journal = yield* Effect.promise(() => server.control.journal.list())
    counts.push(yield* count(journal, [key, name], values["a password"]))
    yield* Effect.promise(() => server.control.journal.clear())
  }
  yield* Effect.promise(() => server.stop())
  return { name: "a key in the name of a secret, in the journal", ...sum(counts) }
})

const rows = await Effect.runPromise(Effect.all([...inErrors, inJournal]))
process.stdout.write(`${JSON.stringify({ spellings: spelledBy.length, rows })}\n`)
