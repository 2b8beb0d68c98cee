import { archivedKey, defaultKey, disabledKey, restrictedKey } from "../../test/target.js"
import * as W from "../WrongServer.js"

const isBy = (key: string) => ({ request }: W.Asked) => request.headers.get("authorization") === `Bearer ${key}`

/** Accepts a key as the first one. */
const trusts = (key: string, when: (asked: W.Asked) => boolean = () => true) =>
  W.requests((asked) =>
    isBy(key)(asked) && when(asked)
      ? { authorization: `Bearer ${defaultKey}`, url: W.unscoped(asked.url) }
      : {}
  )

/** Changes the ErrorInfo of a missing scope. */
const inErrorInfo = (change: (info: W.Json) => W.Json) =>
  W.errors((body, response) =>
    W.answered(
      response,
      response.status === 403 && Array.isArray(body["details"])
        ? { ...body, details: body["details"].map((detail) => change(W.at(detail))) }
        : body
    )
  )

const metadata = (change: (metadata: W.Json) => W.Json) =>
  inErrorInfo((info) => ({ ...info, metadata: change(W.metadataOf(info)) }))

/** Servers with wrong permissions, or wrong operations. */
export const wrongServers: W.WrongServers = {
  "requires no scope to read": [trusts(restrictedKey, ({ request }) => request.method === "GET"), "WS-ERR-020"],
  "requires no scope": [trusts(restrictedKey), "WS-ERR-020"],
  "does not say which scope is missing": [
    W.errors((body, response) => W.answered(response, response.status === 403 ? { ...body, details: [] } : body)),
    "WS-ERR-020"
  ],
  "has another reason where a scope is missing": [
    inErrorInfo((info) => ({ ...info, reason: "FORBIDDEN" })),
    "WS-ERR-020"
  ],
  "names another scope": [metadata((names) => ({ ...names, required_scope: "secrets:read" })), "WS-ERR-020"],
  "does not say which scopes the key has": [
    metadata(({ granted_scopes: _, ...names }) => names),
    "WS-ERR-020"
  ],
  "accepts a key that is disabled": [trusts(disabledKey), "WS-ERR-021"],
  "answers PERMISSION_DENIED to a key that is disabled": [W.refuses(isBy(disabledKey), [403, 7]), "WS-ERR-021"],
  "serves a workspace that is archived": [trusts(archivedKey), "WS-ERR-022"],
  "answers NOT_FOUND for a workspace that is archived": [W.refuses(isBy(archivedKey), [404, 5]), "WS-ERR-022"],
  "requires a scope of whoami": [
    W.refuses((asked) => W.isWhoami(asked) && isBy(restrictedKey)(asked), [403, 7]),
    "WS-WHOAMI-008"
  ],
  "answers NOT_FOUND to an operation that it does not serve": [
    W.answers((response) => response.status === 501 ? W.refusal(404, 5) : response),
    "WS-ERR-024"
  ],
  "does not name an operation that it does not serve": [
    W.errors((body, response) =>
      W.answered(response, response.status === 501 ? { ...body, message: "not served" } : body)
    ),
    "WS-ERR-024"
  ]
}
