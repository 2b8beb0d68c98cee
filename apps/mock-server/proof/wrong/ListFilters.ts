import * as W from "../WrongServer.js"

const nameOf = (item: W.Json) => W.text(W.metadataOf(item)["name"])

const labelsOf = (item: W.Json) => W.at(item, "metadata", "labels")

/** The texts that `query` searches. */
const textsOf = (item: W.Json): ReadonlyArray<string> => {
  const labels = Object.entries(labelsOf(item)).flat()
  return [nameOf(item), W.text(W.metadataOf(item)["externalId"]), ...labels.map(W.text)].map((text) =>
    text.toLowerCase()
  )
}

const queryOf = (query: URLSearchParams) => (query.get("query") ?? "").toLowerCase()

/** The labels of a query, each split at its first `=`. */
const pairsOf = (query: URLSearchParams): ReadonlyArray<readonly [key: string, value: string]> =>
  (query.get("labels") ?? "").split(",").map((pair) => {
    const [key = "", value = ""] = pair.split("=")
    return [key, value]
  })

/** A pattern of SQL's LIKE, with these wildcards. */
const patternOf = (text: string, wild: Readonly<Record<string, string>>): string =>
  Array.from(text, (character) => wild[character] ?? character.replace(/[.*+?^${}()|[\]\\]/, "\\$&")).join("")

/** Filters by a test of each text that `query` searches. */
const searching = (matches: (text: string, query: string) => boolean) =>
  W.filtered(["query"], (item, query) => textsOf(item).some((text) => matches(text, queryOf(query))))

/** Filters by labels, which must all match. */
const labelled = (matches: (labels: W.Json, key: string, value: string) => boolean) =>
  W.filtered(["labels"], (item, query) => pairsOf(query).every(([key, value]) => matches(labelsOf(item), key, value)))

/** Servers with wrong list filters. */
export const wrongServers: W.WrongServers = {
  "mistakes prefix for any part of the name": [
    W.filtered(["prefix"], (item, query) => nameOf(item).includes(query.get("prefix") ?? "")),
    "WS-LIST-101"
  ],
  "ignores case in prefix": [
    W.filtered(
      ["prefix"],
      (item, query) => nameOf(item).toLowerCase().startsWith((query.get("prefix") ?? "").toLowerCase())
    ),
    "WS-LIST-102"
  ],
  "mistakes prefix for a pattern": [
    W.filtered(
      ["prefix"],
      (item, query) => new RegExp(`^${patternOf(query.get("prefix") ?? "", { "%": ".*", _: "." })}`).test(nameOf(item))
    ),
    "WS-LIST-103"
  ],
  "mistakes query for the beginning": [
    searching((text, query) => text.startsWith(query)),
    "WS-LIST-104",
    "WS-LIST-105",
    "WS-LIST-106",
    "WS-LIST-107",
    "WS-CLIENT-006"
  ],
  "has query case sensitive": [
    W.filtered(["query"], (item, query) => JSON.stringify(W.metadataOf(item)).includes(query.get("query") ?? "")),
    "WS-LIST-104",
    "WS-LIST-105",
    "WS-LIST-106",
    "WS-LIST-107"
  ],
  "does not look for query in names": [
    W.filtered(["query"], (item, query) => textsOf(item).slice(1).some((text) => text.includes(queryOf(query)))),
    "WS-LIST-104"
  ],
  "does not look for query in external ids": [
    W.filtered(["query"], (item, query) => textsOf(item).some((text, i) => i !== 1 && text.includes(queryOf(query)))),
    "WS-LIST-105"
  ],
  "does not look for query in the keys of labels": [
    W.filtered(
      ["query"],
      (item, query) => textsOf(item).some((text, i) => (i < 2 || i % 2 === 1) && text.includes(queryOf(query)))
    ),
    "WS-LIST-106"
  ],
  "does not look for query in the values of labels": [
    W.filtered(
      ["query"],
      (item, query) => textsOf(item).some((text, i) => (i < 2 || i % 2 === 0) && text.includes(queryOf(query)))
    ),
    "WS-LIST-107"
  ],
  "looks into values": [
    W.filtered(["query"], (item, query) => JSON.stringify(item).toLowerCase().includes(queryOf(query))),
    "WS-LIST-108"
  ],
  "mistakes query for a pattern": [
    searching((text, query) => new RegExp(patternOf(query, { "%": ".*", _: "." })).test(text)),
    "WS-LIST-109"
  ],
  "finds a label by the beginning of its value": [
    labelled((labels, key, value) => Object.hasOwn(labels, key) && W.text(labels[key]).startsWith(value)),
    "WS-LIST-110",
    "WS-LIST-112"
  ],
  "ignores case in labels": [
    labelled((labels, key, value) =>
      Object.entries(labels).some(([other, text]) =>
        other.toLowerCase() === key.toLowerCase() && W.text(text).toLowerCase() === value.toLowerCase()
      )
    ),
    "WS-LIST-110"
  ],
  "accepts a secret with one of several labels": [
    W.filtered(["labels"], (item, query) => pairsOf(query).some(([key, value]) => labelsOf(item)[key] === value)),
    "WS-LIST-111"
  ],
  "ignores labels": [
    W.listed(() => ({ labels: undefined })),
    "WS-LIST-110",
    "WS-LIST-113",
    "WS-CLIENT-006"
  ],
  "mistakes key= for a label that is absent": [
    labelled((labels, key, value) => W.text(labels[key]) === value),
    "WS-LIST-112"
  ],
  "mistakes a label without = for one with an empty value": [
    W.listed((query) =>
      query.has("labels")
        ? { labels: pairsOf(query).filter(([key]) => key !== "").map(([key, value]) => `${key}=${value}`).join(",") }
        : {}
    ),
    "WS-LIST-113",
    "WS-ERR-016"
  ],
  "ignores labels where there is a query": [
    W.listed((query) => query.has("query") ? { labels: undefined } : {}),
    "WS-LIST-114"
  ],
  "ignores prefix where there is a query": [
    W.listed((query) => query.has("query") ? { prefix: undefined } : {}),
    "WS-LIST-114"
  ]
}
