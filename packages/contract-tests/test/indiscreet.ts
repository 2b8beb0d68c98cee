import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { leaking, logged, printed } from "../../../tools/leaks/sinks.js"
import { spellings, type Told } from "../../../tools/leaks/spellings.js"
import * as Behaviour from "../src/Behaviour.js"
import { behaviours } from "../src/Behaviours.js"
import { behaviours as ofReading } from "../src/behaviours/ClientReading.js"
import { behaviours as ofReadingErrors } from "../src/behaviours/ClientReadingErrors.js"
import { behaviours as ofRequests } from "../src/behaviours/ClientRequests.js"
import * as Target from "../src/Target.js"

/** The behaviours that send requests to the target; the others check the client with made-up responses. */
const asking = behaviours.filter((behaviour) => ![...ofReading, ...ofReadingErrors, ...ofRequests].includes(behaviour))

const KEY = "canary-key-\"quoted\"-/+<x>"
const OTHER_KEY = "canary-other-key"

/** Restricted and unusual keys. */
const FURTHER_KEYS = {
  restrictedTenant: "canary-restricted-key",
  disabledTenant: "canary-disabled-key",
  archivedTenant: "canary-archived-key",
  spacedTenant: "canary spaced key"
}

const KEYS = [KEY, OTHER_KEY, ...Object.values(FURTHER_KEYS)]

const VALUE = "canary of someone else"

type Spell = (secret: string) => string

/** The ways in which an indiscreet server repeats secrets. */
const indiscreet = async (spell: Spell, input: string | URL | Request, init?: RequestInit): Promise<unknown> => {
  const request = new Request(input, init)
  const body = await request.text()
  return { echo: { url: request.url, headers: Object.fromEntries(request.headers), body }, keys: KEYS.map(spell) }
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
  spec: { value: VALUE },
  info: { createdBy: { metadata: { id: "id" }, spec: { type: "x", value: "canary" } } },
  ...more
})

/** A server that repeats what it received. */
export const indiscretions: Readonly<Record<string, (told: unknown) => Response>> = {
  "as an error": (told) => Response.json({ code: 3, message: JSON.stringify(told), details: [told] }, { status: 400 }),
  "as a secret": (told) => Response.json(secret({ told })),
  "as a page": (told) => Response.json({ items: [secret({ told }), secret({})], pagination: { nextCursor: "x" } }),
  "as text": (told) => new Response(JSON.stringify([told, VALUE]).slice(0, -1), { status: 500 }),
  "as headers": () =>
    Response.json({}, {
      status: 405,
      headers: {
        allow: KEYS.join(" "),
        "content-type": `text/${KEY}`,
        "x-request-id": KEY,
        "access-control-allow-origin": KEYS.join(" "),
        "access-control-allow-methods": KEYS.join(" "),
        "access-control-allow-headers": KEYS.join(" "),
        "access-control-expose-headers": KEYS.join(" ")
      }
    })
}

/** The failures of the behaviours on a server that is indiscreet in these ways, for each spelling. */
export const failuresOf = (ways: ReadonlyArray<string>) => {
  const turns = Object.values(spellings).flatMap((spell) => ways.map((way) => ({ spell, way })))
  let asked = 0
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { spell, way } = turns[asked++ % turns.length] ?? { spell: String, way: "" }
    const told = await indiscreet(spell, input, init)
    return indiscretions[way]?.(told) ?? Response.error()
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
  return Effect.forEach(asking, (behaviour) => Effect.flip(Behaviour.check(behaviour)).pipe(Effect.option)).pipe(
    Effect.map((failures) => failures.flatMap((failure) => Option.toArray(failure))),
    Effect.provide(target)
  )
}

/** The keys and values, in any spelling, that must be in no sink. A server repeats whole keys; parts of them start alike. */
const told: ReadonlyArray<Told> = [
  "canary",
  "contract-tests-value",
  ...KEYS.flatMap((key) => Object.values(spellings).map((spell): Told => [key, spell(key)]))
]

/** The sinks in which failures show a key or a value. */
export const leaks = (failures: ReadonlyArray<Behaviour.BehaviourFailed>) =>
  Effect.map(
    logged(failures.slice(0, 10)),
    (log) => leaking([...failures.flatMap((failure) => printed(failure)), ...log], ...told)
  )
