import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Behaviour from "../src/Behaviour.js"
import { behaviours } from "../src/Behaviours.js"
import { behaviours as ofReading } from "../src/behaviours/ClientReading.js"
import { behaviours as ofReadingErrors } from "../src/behaviours/ClientReadingErrors.js"
import { behaviours as ofRequests } from "../src/behaviours/ClientRequests.js"
import * as Target from "../src/Target.js"

/** Those that ask the target: the others look at what the client alone makes of requests and answers. */
const asking = behaviours.filter((behaviour) => ![...ofReading, ...ofReadingErrors, ...ofRequests].includes(behaviour))

const KEY = "canary-key"
const OTHER_KEY = "canary-other-key"

/** Keys that may do less, or that are unusual. */
const FURTHER_KEYS = {
  restrictedTenant: "canary-restricted-key",
  disabledTenant: "canary-disabled-key",
  archivedTenant: "canary-archived-key",
  spacedTenant: "canary spaced key"
}

const ALL_KEYS = [KEY, OTHER_KEY, ...Object.values(FURTHER_KEYS)].join(" ")

/** What a server tells that has no sense for secrets. */
const indiscreet = async (input: string | URL | Request, init?: RequestInit): Promise<unknown> => {
  const request = new Request(input, init)
  const body = await request.text()
  return { echo: { url: request.url, headers: Object.fromEntries(request.headers), body }, keys: ALL_KEYS }
}

const secret = (more: object) => ({
  metadata: {
    id: "id",
    accountId: "a",
    createdAt: "2019-12-27T18:11:19.117Z",
    name: "n",
    profileId: "p",
    workspaceId: "w"
  },
  spec: { value: "canary of someone else" },
  info: { createdBy: { metadata: { id: "id" }, spec: { type: "x", value: "canary" } } },
  ...more
})

/** How a server tells what it was told. */
export const indiscretions: Readonly<Record<string, (told: unknown) => Response>> = {
  "as an error": (told) => Response.json({ code: 3, message: JSON.stringify(told), details: [told] }, { status: 400 }),
  "as a secret": (told) => Response.json(secret({ told })),
  "as a page": (told) => Response.json({ items: [secret({ told }), secret({})], pagination: { nextCursor: "x" } }),
  "as text": (told) => new Response(JSON.stringify([told, "canary of someone else"]).slice(0, -1), { status: 500 }),
  "as headers": () =>
    Response.json({}, {
      status: 405,
      headers: {
        allow: ALL_KEYS,
        "content-type": `text/${KEY}`,
        "x-request-id": KEY,
        "access-control-allow-origin": ALL_KEYS,
        "access-control-allow-methods": ALL_KEYS,
        "access-control-allow-headers": ALL_KEYS,
        "access-control-expose-headers": ALL_KEYS
      }
    })
}

/** The messages of the behaviours that fail at a server which is indiscreet in these ways, one after the other. */
export const messagesOf = (ways: ReadonlyArray<string>) => {
  let asked = 0
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const told = await indiscreet(input, init)
    return indiscretions[ways[asked++ % ways.length] ?? ""]?.(told) ?? Response.error()
  }
  const target = Target.layer({
    baseUrl: "http://localhost",
    apiKey: Redacted.make(KEY),
    workspaceId: "w",
    workspaceAlias: "alias",
    otherTenant: { apiKey: Redacted.make(OTHER_KEY), workspaceId: "o" },
    ...Object.fromEntries(
      Object.entries(FURTHER_KEYS).map(([tenant, key]) => [tenant, { apiKey: Redacted.make(key), workspaceId: "w" }])
    ),
    corsOrigin: "https://app.example",
    fetch
  }).pipe(Layer.provide(FetchHttpClient.layer), Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)))
  return Effect.forEach(
    asking,
    (behaviour) =>
      Effect.match(Behaviour.check(behaviour), { onSuccess: () => [], onFailure: ({ message }) => [message] })
  ).pipe(Effect.map((messages) => messages.flat()), Effect.provide(target))
}

/** Those that show a key or a value. */
export const leaks = (messages: ReadonlyArray<string>): ReadonlyArray<string> =>
  messages.filter((message) => message.includes("canary") || message.includes("contract-tests-value"))
