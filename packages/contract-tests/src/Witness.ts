/**
 * A witness observes the exchanges of a client with a server of the Workspace Secrets API, and finds which statements
 * of the contract they confirm or contradict. It sends no requests. Values and keys are sealed when an exchange is
 * read. Of exchanges, its results contain only names of known fields, statuses and request ids.
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
 * The options of a witness.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly seal: Seal
  /** Whether the server omits `spec.value` in responses. `undefined`: both are accepted, but all reads must agree. */
  readonly writeOnlyValues?: boolean | undefined
  /** Whether the server converts names to upper case. `undefined`: both are accepted, but all reads must agree. */
  readonly uppercaseNames?: boolean | undefined
  /** Whether the server omits unset fields in responses. `undefined`: both are accepted, but all responses must agree. */
  readonly omitUnsetFields?: boolean | undefined
  /**
   * Whether all writes to these workspaces go through this witness. Only then, statements about sequences of exchanges
   * are judged: a secret does not change between two observed writes. Default: `false`.
   */
  readonly seesAllWrites?: boolean | undefined
  /** Called for each exchange that confirms or contradicts a statement. */
  readonly onShown?: ((shown: Shown) => void) | undefined
}

/**
 * The results of one exchange.
 *
 * @since 0.1.0
 * @category models
 */
export interface Shown {
  /** The end of the exchange, in milliseconds since the Unix epoch. */
  readonly at: number
  /** The method and path template, such as `GET /v1/workspace_secrets/{id}`. */
  readonly request: string
  /** The server's request id, if it looks like an id. */
  readonly requestId: string | undefined
  readonly confirmed: ReadonlyArray<string>
  readonly contradicted: ReadonlyArray<Contradiction>
  /** Unknown fields of the response. */
  readonly unknownFields: ReadonlyArray<string>
}

/**
 * A contradicted statement, and what was expected.
 *
 * @since 0.1.0
 * @category models
 */
export interface Contradiction {
  readonly id: string
  readonly problem: string
}

/**
 * The results for a statement.
 *
 * @since 0.1.0
 * @category models
 */
export interface Finding {
  readonly confirmed: number
  readonly contradicted: number
  /** What was expected, and how often it was contradicted; at most five. */
  readonly problems: ReadonlyMap<string, number>
  /** The ids of contradicting requests; at most three. */
  readonly requestIds: ReadonlyArray<string>
}

/**
 * The number of exchanges, and how many could not be judged.
 *
 * @since 0.1.0
 * @category models
 */
export interface Counts {
  /** All completed exchanges. */
  readonly exchanges: number
  /** Aborted by either side before the end of the response. */
  readonly cutOff: number
  /** With a body that is too large to read. */
  readonly tooLarge: number
  /** Not answered by the API, but for example by a gateway with HTML. */
  readonly foreign: number
  /** Without a key. */
  readonly withoutKey: number
  /** Answered with a redirect. */
  readonly redirects: number
  /** With a body that could not be decompressed, or that the witness failed to read. */
  readonly unreadable: number
}

/**
 * The start of a request.
 *
 * @since 0.1.0
 * @category models
 */
export interface RequestHead {
  readonly method: string
  /** The path and the query as sent, without the path of the base URL. */
  readonly target: string
  readonly headers: Headers
}

/**
 * The rest of an exchange, at its end.
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
 * An exchange in flight. Call one of its functions, once.
 *
 * @since 0.1.0
 * @category models
 */
export interface Observation {
  /** The exchange ended. */
  readonly end: (rest: Rest) => void
  /** The exchange was aborted, or cannot be read. */
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
  /** The names of unknown fields, and how often they occurred; at most 100. */
  readonly unknownFields: ReadonlyMap<string, number>
}

const MAX_PROBLEMS = 5
const MAX_REQUEST_IDS = 3
const MAX_NAMES = 100
const MAX_SEALS = 10_000

const ids = new Set(behaviours.map(({ id }) => id))

/** Whether a text looks like an id: digits in some base, optionally after a word. */
const looksLikeId = (text: string): boolean =>
  /^(?:[A-Za-z]{1,8}[_-])?(?:[0-9a-fA-F-]{1,40}|[0-9A-HJKMNP-TV-Z]{26})$/.test(text)

/** The secrets of an exchange: its key and its values. */
const secretsOf = (raw: Raw, { whole }: Exchange): ReadonlyArray<string> => {
  const out: Array<string> = [(raw.requestHeaders.get("authorization") ?? "").replace(/^bearer +/i, "")]
  const walk = (u: unknown, key: string): void => {
    if (typeof u === "string" && key === "value") {
      out.push(u)
    } else if (typeof u === "object" && u !== null) {
      Object.entries(u).forEach(([key, inner]) => walk(inner, key))
    }
  }
  // Only JSON has recognizable values.
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
  /** The seals of recent values and keys: a name or an id equal to one of them is not shown. */
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
    // An id may contain a known value after a word.
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
        // A failing witness must not affect the traffic. The error may quote a request, so it is only counted.
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
              // A failing witness must not affect the traffic. The error may quote a response, so it is only counted.
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
 * The result for a statement.
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
