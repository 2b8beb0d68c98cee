/**
 * A witness: it looks at the exchanges of any client with a server of the Workspace Secrets API, and says which statements of the contract
 * they confirm and which they contradict. It sends nothing. Values and keys are sealed when an exchange is read, and what it says has
 * nothing of an exchange in it but names of known fields, statuses, and the ids of requests.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import { behaviours } from "./Behaviours.js"
import { absorb } from "./internal/witness/absorb.js"
import { credentialOf, type Exchange, make as read, parse, type Raw, routeOf } from "./internal/witness/exchange.js"
import { judgeAll } from "./internal/witness/judge.js"
import { maskOf, sentOf } from "./internal/witness/sent.js"
import { type Begun, type Telling, World } from "./internal/witness/world.js"
import type { Seal } from "./Seal.js"

/**
 * What is known of the server and of the traffic.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Seals values and keys. */
  readonly seal: Seal
  /** Whether the server leaves `spec.value` out of its answers. Undefined: both are accepted, but all reads must agree. */
  readonly writeOnlyValues?: boolean | undefined
  /** Whether the server writes names in upper case. Undefined: both are accepted, but all reads must agree. */
  readonly uppercaseNames?: boolean | undefined
  /** Whether the server leaves fields that are not set out of its answers. Undefined: both are accepted, but all answers must agree. */
  readonly omitUnsetFields?: boolean | undefined
  /**
   * Whether everything that writes to these workspaces goes through this witness. Only then does what was seen of a secret hold until the
   * next write that is seen, and statements that need a sequence of exchanges can be judged. False unless given.
   */
  readonly seesAllWrites?: boolean | undefined
  /** Called when an exchange has shown something, with what it has shown. */
  readonly onShown?: ((shown: Shown) => void) | undefined
}

/**
 * What one exchange has shown.
 *
 * @since 0.1.0
 * @category models
 */
export interface Shown {
  /** When it ended, in milliseconds since the Unix epoch. */
  readonly at: number
  /** `GET /v1/workspace_secrets/{id}`: nothing of it is the caller's. */
  readonly request: string
  /** The id that the server gave the request, where it has the form of one. */
  readonly requestId: string | undefined
  readonly confirmed: ReadonlyArray<string>
  readonly contradicted: ReadonlyArray<Contradiction>
  /** Fields of the answer that the contract does not have. */
  readonly unknownFields: ReadonlyArray<string>
}

/**
 * A statement that an exchange contradicts, and what was expected.
 *
 * @since 0.1.0
 * @category models
 */
export interface Contradiction {
  readonly id: string
  readonly problem: string
}

/**
 * What was seen of a statement.
 *
 * @since 0.1.0
 * @category models
 */
export interface Finding {
  readonly confirmed: number
  readonly contradicted: number
  /** What was expected, with how often; at most five. */
  readonly problems: ReadonlyMap<string, number>
  /** Ids of requests that contradict it; at most three. */
  readonly requestIds: ReadonlyArray<string>
}

/**
 * How many exchanges there were, and how many of them could not be looked at.
 *
 * @since 0.1.0
 * @category models
 */
export interface Counts {
  /** All that have ended. */
  readonly exchanges: number
  /** Cut off by either side before the end of the answer. */
  readonly cutOff: number
  /** With a body that is too large to look at. */
  readonly tooLarge: number
  /** Answered by something else than the API, a gateway with a page of HTML, say. */
  readonly foreign: number
  /** Without a key. */
  readonly withoutKey: number
  /** Answered with a redirect. */
  readonly redirects: number
  /** With a body whose compression could not be undone, or that the witness itself failed to read. */
  readonly unreadable: number
}

/**
 * A request, when it begins.
 *
 * @since 0.1.0
 * @category models
 */
export interface RequestHead {
  readonly method: string
  /** The path and the query, as they were sent, without what the server's base URL has before them. */
  readonly target: string
  readonly headers: Headers
}

/**
 * The rest of an exchange, when it has ended.
 *
 * @since 0.1.0
 * @category models
 */
export interface Rest {
  readonly requestBody: string
  readonly requestBytes: number
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/**
 * An exchange that is under way. One of its functions is called, once.
 *
 * @since 0.1.0
 * @category models
 */
export interface Observation {
  /** It has ended. */
  readonly end: (rest: Rest) => void
  /** It was cut off before it could be read, or cannot be looked at. */
  readonly giveUp: (why: "cutOff" | "tooLarge" | "unreadable") => void
}

/**
 * A witness.
 *
 * @since 0.1.0
 * @category models
 */
export interface Witness {
  readonly begin: (request: RequestHead) => Observation
  readonly findings: ReadonlyMap<string, Finding>
  readonly counts: Counts
  /** Names of fields that the contract does not have, with how often they came; at most a hundred. */
  readonly unknownFields: ReadonlyMap<string, number>
}

const MAX_PROBLEMS = 5
const MAX_REQUEST_IDS = 3
const MAX_NAMES = 100
const MAX_SEALS = 10_000

const ids = new Set(behaviours.map(({ id }) => id))

/** The form of an id: digits in some base, with a word before them or not. */
const looksLikeId = (text: string): boolean =>
  /^(?:[A-Za-z]{1,8}[_-])?(?:[0-9a-fA-F-]{1,40}|[0-9A-HJKMNP-TV-Z]{26})$/.test(text)

/** The texts of an exchange that nobody may see: its key and its values. */
const secretsOf = (raw: Raw, { whole }: Exchange): ReadonlyArray<string> => {
  const out: Array<string> = [(raw.requestHeaders.get("authorization") ?? "").replace(/^bearer +/i, "")]
  const walk = (u: unknown, key: string): void => {
    if (typeof u === "string" && key === "value") {
      out.push(u)
    } else if (typeof u === "object" && u !== null) {
      Object.entries(u).forEach(([key, inner]) => walk(inner, key))
    }
  }
  // What is no JSON has no values that could be told from the rest.
  for (const json of [parse(raw.requestBody), whole.json]) {
    walk(Either.getOrElse(json, () => undefined), "")
  }
  return out.filter((text) => text.length > 2)
}

/**
 * Makes a witness.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options): Witness => {
  const { onShown = () => {}, seal } = options
  const telling: Telling = {
    writeOnlyValues: options.writeOnlyValues,
    uppercaseNames: options.uppercaseNames,
    omitUnsetFields: options.omitUnsetFields,
    isComplete: options.seesAllWrites
  }
  const world = new World(telling)
  const findings = new Map<string, {
    confirmed: number
    contradicted: number
    problems: Map<string, number>
    requestIds: Array<string>
  }>()
  const unknownFields = new Map<string, number>()
  const counts = { exchanges: 0, cutOff: 0, tooLarge: 0, foreign: 0, withoutKey: 0, redirects: 0, unreadable: 0 }
  /** Seals of the values and keys of late: a name or an id that is one of them is not shown. */
  const seals = new Set<string>()

  const remember = (texts: ReadonlyArray<string>) => {
    for (const text of texts) {
      seals.add(seal(text))
    }
    for (const oldest of seals) {
      if (seals.size <= MAX_SEALS) {
        break
      }
      seals.delete(oldest)
    }
  }

  const look = (raw: Raw, begun: Begun, end: number) => {
    const exchange = read(raw, seal)
    const tenant = world.tenant(exchange.credential.key)
    const known = exchange.route.kind === "item" ? world.find(exchange.route, exchange.credential) : undefined
    const body = sentOf(exchange)
    const seen = {
      ...exchange,
      world,
      tenant,
      start: begun.start,
      end,
      body,
      mask: maskOf(body),
      known,
      isThere: known !== undefined && world.isThere(known, begun.start)
    }
    const verdicts = judgeAll(seen)
    absorb(seen, verdicts.some(({ problem }) => problem !== undefined))
    counts.foreign += exchange.isForeign ? 1 : 0
    counts.withoutKey += exchange.credential.form === "none" && exchange.operation !== "preflight" ? 1 : 0
    counts.redirects += raw.status >= 300 && raw.status < 400 ? 1 : 0
    return { exchange, verdicts }
  }

  const show = (raw: Raw, { exchange, verdicts }: ReturnType<typeof look>) => {
    const secrets = secretsOf(raw, exchange)
    remember(secrets)
    // A value that was seen before may stand in an id behind a word.
    const isSecret = (text: string) =>
      [text, text.replace(/^[A-Za-z]+[_-]/, "")].some((part) => seals.has(seal(part))) ||
      secrets.some((secret) => text.includes(secret) || (text.length > 7 && secret.includes(text)))
    const header = raw.headers.get("x-request-id") ?? ""
    const requestId = looksLikeId(header) && !isSecret(header) ? header : undefined
    const names = exchange.unknownFields.map((name) =>
      name.split(".").some((part) => isSecret(part.replace("[]", ""))) ? "a name that is not shown" : name
    )
    for (const name of names) {
      if (unknownFields.has(name) || unknownFields.size < MAX_NAMES) {
        unknownFields.set(name, (unknownFields.get(name) ?? 0) + 1)
      }
    }
    const byId = new Map<string, string | undefined>()
    for (const { id, problem } of verdicts) {
      if (!ids.has(id)) {
        throw new Error(`there is no ${id}`)
      }
      byId.set(id, byId.get(id) ?? problem)
    }
    const confirmed: Array<string> = []
    const contradicted: Array<Contradiction> = []
    for (const [id, problem] of byId) {
      const finding = findings.get(id)
        ?? { confirmed: 0, contradicted: 0, problems: new Map<string, number>(), requestIds: new Array<string>() }
      findings.set(id, finding)
      if (problem === undefined) {
        finding.confirmed++
        confirmed.push(id)
      } else {
        finding.contradicted++
        contradicted.push({ id, problem })
        if (finding.problems.has(problem) || finding.problems.size < MAX_PROBLEMS) {
          finding.problems.set(problem, (finding.problems.get(problem) ?? 0) + 1)
        }
        if (requestId !== undefined && finding.requestIds.length < MAX_REQUEST_IDS) {
          finding.requestIds.push(requestId)
        }
      }
    }
    if (confirmed.length + contradicted.length + names.length > 0) {
      onShown({
        at: Date.now(),
        request: exchange.answer.request,
        requestId,
        confirmed,
        contradicted,
        unknownFields: names
      })
    }
  }

  return {
    findings,
    counts,
    unknownFields,
    begin: ({ headers, method, target }) => {
      let begun: Begun
      try {
        begun = world.begin(method, routeOf(target.split("?")[0] ?? ""), credentialOf(headers, seal))
      } catch {
        // A witness that fails must not take the traffic with it. What it failed at may quote a request, so it is counted alone.
        begun = world.beginLoose()
      }
      let isOver = false
      const over = () => {
        const first = !isOver
        isOver = true
        counts.exchanges += first ? 1 : 0
        return first
      }
      return {
        end: (rest) => {
          if (over()) {
            const raw = { method, target, requestHeaders: headers, ...rest }
            const end = world.end(begun)
            try {
              const looked = look(raw, begun, end)
              world.ended(begun, end, rest.status < 500 && !looked.exchange.isForeign)
              show(raw, looked)
            } catch {
              // A witness that fails must not take the traffic with it. What it failed at may quote an answer, so it is counted alone.
              counts.unreadable++
              world.ended(begun, end, false)
            }
          }
        },
        giveUp: (why) => {
          if (over()) {
            counts[why]++
            world.ended(begun, world.end(begun), false)
          }
        }
      }
    }
  }
}

/**
 * What was seen of a statement, in a word.
 *
 * @since 0.1.0
 * @category rules
 */
export const resultOf = (finding: Finding | undefined): "confirmed" | "contradicted" | "not exercised" =>
  finding === undefined || finding.confirmed + finding.contradicted === 0
    ? "not exercised"
    : finding.contradicted > 0
    ? "contradicted"
    : "confirmed"
