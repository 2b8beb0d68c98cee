/**
 * Behaviours of the filters of list: prefix, query, labels (WIRE.md, Semantics: List).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as A from "../internal/answer.js"
import { same } from "../internal/expect.js"
import { listAll, namesOf } from "../internal/list.js"
import { create, createAll } from "../internal/secret.js"
import { wire, type World } from "../internal/wire.js"

/** Fails unless a list with this query has the secrets with these names, in any order. */
const finds = (world: World, query: Readonly<Record<string, string>>, names: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const items = yield* listAll(world.api, query)
    const asked = new URLSearchParams(query).toString()
    yield* same([...namesOf(world, items)].sort(), [...names].sort(), `GET ${world.api.collection}?${asked}: names`)
  })

/**
 * The behaviours of the filters.
 *
 * @since 0.1.0
 * @category behaviours
 */
export const behaviours = wire("list", [
  {
    id: "WS-LIST-101",
    provenance: "A",
    statement: "prefix finds names that start with it, and no others",
    *check(world) {
      const { mine } = world
      yield* createAll(world, ["key-a", "key-b", "other"])
      yield* create(world, { name: `X-${mine.name("key-c")}` })
      yield* finds(world, { prefix: mine.name("key") }, ["key-a", "key-b"])
      yield* finds(world, { prefix: mine.name("key-a") }, ["key-a"])
      yield* finds(world, { prefix: mine.name("key-a-long") }, [])
    }
  },
  {
    id: "WS-LIST-102",
    provenance: "A",
    contested: ["names"],
    statement: "prefix is case sensitive",
    *check(world) {
      const { api, mine } = world
      const made = yield* create(world, { name: `${mine.prefix}-Key` })
      // The name as the server stores it.
      const name = String(A.at(yield* A.ok(yield* api.get(made.id)), "metadata")["name"])
      yield* finds(world, { prefix: name }, ["key"])
      yield* finds(world, { prefix: `${mine.prefix}-kEY` }, [])
      yield* finds(world, { prefix: mine.prefix.toLowerCase() }, [])
    }
  },
  {
    id: "WS-LIST-103",
    provenance: "A",
    statement: "prefix is not a pattern: % _ * . \\ have no special meaning",
    *check(world) {
      const { mine } = world
      yield* createAll(world, ["a%b", "a_b", "a*b", "a.b", "a\\b", "axb"])
      for (const name of ["a%b", "a_b", "a*b", "a.b", "a\\b"]) {
        yield* finds(world, { prefix: mine.name(name) }, [name])
      }
    }
  },
  {
    id: "WS-LIST-104",
    provenance: "A",
    statement: "query finds a part of the name, in any case",
    *check(world) {
      const { mine } = world
      yield* create(world, { name: `${mine.prefix}-Alpha-Key` })
      yield* createAll(world, ["beta"])
      yield* finds(world, { query: `${mine.prefix}-alpha` }, ["alpha-key"])
      yield* finds(world, { query: `${mine.prefix}-ALPHA` }, ["alpha-key"])
      yield* finds(world, { query: `${mine.prefix}-Alpha`.toLowerCase() }, ["alpha-key"])
      yield* finds(world, { query: "lpha-k", prefix: mine.prefix }, ["alpha-key"])
      yield* finds(world, { query: `${mine.prefix}-gamma` }, [])
    }
  },
  {
    id: "WS-LIST-105",
    provenance: "A",
    statement: "query finds a part of the externalId, in any case",
    *check(world) {
      const { mine } = world
      yield* create(world, { name: mine.name("a"), externalId: `Vault/${mine.externalId("Nr")}` })
      yield* create(world, { name: mine.name("b"), externalId: mine.externalId("other") })
      yield* finds(world, { query: "vault/", prefix: mine.prefix }, ["a"])
      yield* finds(world, { query: "NR", prefix: mine.prefix }, ["a"])
    }
  },
  {
    id: "WS-LIST-106",
    provenance: "A",
    statement: "query finds a part of a label's key, in any case",
    *check(world) {
      const { mine } = world
      yield* create(world, { name: mine.name("a"), labels: { "example.com/Team": "x", tier: "y" } })
      yield* create(world, { name: mine.name("b"), labels: { group: "x" } })
      yield* finds(world, { query: "com/team", prefix: mine.prefix }, ["a"])
      yield* finds(world, { query: "TIER", prefix: mine.prefix }, ["a"])
    }
  },
  {
    id: "WS-LIST-107",
    provenance: "A",
    statement: "query finds a part of a label's value, in any case",
    *check(world) {
      const { mine } = world
      yield* create(world, { name: mine.name("a"), labels: { group: "Platform" } })
      yield* create(world, { name: mine.name("b"), labels: { group: "web" } })
      yield* finds(world, { query: "LATFORM", prefix: mine.prefix }, ["a"])
    }
  },
  {
    id: "WS-LIST-108",
    provenance: "A",
    statement: "query does not search values",
    *check(world) {
      const { mine } = world
      yield* create(world, { name: mine.name("a"), value: mine.value("zebra") })
      yield* finds(world, { query: "zebra", prefix: mine.prefix }, [])
    }
  },
  {
    id: "WS-LIST-109",
    provenance: "A",
    statement: "query is not a pattern: % _ * . have no special meaning",
    *check(world) {
      const { mine } = world
      yield* createAll(world, ["a%b", "a_b", "a*b", "a.b", "axb"])
      for (const name of ["a%b", "a_b", "a*b", "a.b"]) {
        yield* finds(world, { query: name, prefix: mine.prefix }, [name])
      }
    }
  },
  {
    id: "WS-LIST-110",
    provenance: "P",
    statement: "labels finds the secrets with exactly this key and value",
    *check(world) {
      const { mine } = world
      yield* create(world, { name: mine.name("a"), labels: { team: "core", "example.com/tier": "gold" } })
      yield* create(world, { name: mine.name("b"), labels: { team: "core-x" } })
      yield* create(world, { name: mine.name("c"), labels: { Team: "core" } })
      yield* create(world, { name: mine.name("d"), labels: { team: "Core" } })
      yield* create(world, { name: mine.name("e") })
      yield* finds(world, { labels: "team=core", prefix: mine.prefix }, ["a"])
      yield* finds(world, { labels: "example.com/tier=gold", prefix: mine.prefix }, ["a"])
      yield* finds(world, { labels: "team=cor", prefix: mine.prefix }, [])
      yield* finds(world, { labels: "constructor=core", prefix: mine.prefix }, [])
    }
  },
  {
    id: "WS-LIST-111",
    provenance: "P",
    statement: "several labels, separated by commas, must all match",
    *check(world) {
      const { mine } = world
      yield* create(world, { name: mine.name("a"), labels: { team: "core", tier: "gold" } })
      yield* create(world, { name: mine.name("b"), labels: { team: "core", tier: "iron" } })
      yield* create(world, { name: mine.name("c"), labels: { tier: "gold" } })
      yield* finds(world, { labels: "team=core,tier=gold", prefix: mine.prefix }, ["a"])
      yield* finds(world, { labels: "tier=gold,team=core", prefix: mine.prefix }, ["a"])
      yield* finds(world, { labels: "team=core,tier=gold,nope=x", prefix: mine.prefix }, [])
    }
  },
  {
    id: "WS-LIST-112",
    provenance: "A",
    statement: "a label with an empty value is found by key= and by nothing else",
    *check(world) {
      const { mine } = world
      yield* create(world, { name: mine.name("a"), labels: { team: "" } })
      yield* create(world, { name: mine.name("b"), labels: { team: "core" } })
      yield* create(world, { name: mine.name("c") })
      yield* finds(world, { labels: "team=", prefix: mine.prefix }, ["a"])
    }
  },
  {
    id: "WS-LIST-113",
    provenance: "A",
    statement: "labels that are not key=value are INVALID_ARGUMENT",
    rows: [A.INVALID_ARGUMENT],
    *check({ api }) {
      for (const labels of ["team", "=core", "team=core,tier"]) {
        yield* A.refused(yield* api.list({ labels }), A.INVALID_ARGUMENT)
      }
    }
  },
  {
    id: "WS-LIST-114",
    provenance: "A",
    statement: "prefix, query and labels combine: a secret must match all of them",
    *check(world) {
      const { mine } = world
      yield* create(world, { name: mine.name("key-one"), labels: { team: "core" } })
      yield* create(world, { name: mine.name("key-two"), labels: { team: "core" } })
      yield* create(world, { name: mine.name("key-one-more"), labels: { team: "web" } })
      yield* create(world, { name: mine.name("one"), labels: { team: "core" } })
      yield* finds(world, { prefix: mine.name("key"), query: "ONE", labels: "team=core" }, ["key-one"])
    }
  }
])
