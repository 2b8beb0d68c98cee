import { behaviours } from "../../Behaviours.js"

/** The statements that no traffic can show, and why. Client statements are about how it interprets a response. */
const hidden: Readonly<Record<string, string>> = {
  "WS-ERR-021": "no: that a key is disabled cannot be seen in an exchange, a 401 may have another cause",
  "WS-ERR-022": "no: that a workspace is archived cannot be seen in an exchange, a 403 may have another cause"
}

/** Statements that can be contradicted by traffic and not confirmed, and the other way round. */
const partly: Readonly<Record<string, string>> = {
  "WS-LIST-102": "only that it is broken: what is not in a list may not match for another reason",
  "WS-LIST-108": "only that it is broken: what is not in a list may not match for another reason",
  "WS-LIST-204": "only that it is broken: how much was left out of a page is not known",
  "WS-ERR-003": "only that it holds: which keys the server should know is not known",
  "WS-TRANSPORT-301": "only that it holds: a 401 may mean that the key is not known",
  "WS-LIST-211": "only that it holds: a cursor may be one that was issued before the witness began"
}

const client = new Set(behaviours.filter(({ via }) => via === "client").map(({ id }) => id))

/** Why traffic cannot show a statement or a part; `undefined` if it can. */
export const hiddenReason = (id: string): string | undefined =>
  client.has(id) ? "no: it is about what the client makes of an answer" : hidden[id] ?? partly[id]

/** Whether no traffic can show a statement. */
export const isHidden = (id: string): boolean => client.has(id) || Object.hasOwn(hidden, id)
