import { describe, expect, it } from "@effect/vitest"
import { ExternalId } from "@workspace-secrets/core/ExternalId"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { PCGRandom } from "effect/Utils"
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setImmediate } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { afterAll } from "vitest"
import * as DataDirectory from "../src/storage/DataDirectory.js"
import { surroundings, type Tenant, Tenants } from "../src/world/Tenant.js"
import { WorkspaceSecrets } from "../src/world/WorkspaceSecrets.js"
import { type Kill, kill, slots } from "./Kills.js"

const program = fileURLToPath(new URL("../dist/bin/main.js", import.meta.url))

const directory = mkdtempSync(join(tmpdir(), "mock-server-proof-"))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const SEED = Number(process.env["PROOF_SEED"] ?? 20261127)

const LANES = 4
const KILLS = 200

describe("a killed server with a data directory", () => {
  it(
    `continues with all confirmed changes, and with nothing else: ${KILLS} kills under load`,
    { timeout: 900_000 },
    async () => {
      const lane = async (_: unknown, number: number): Promise<ReadonlyArray<Kill>> => {
        const random = new PCGRandom(SEED, number)
        const all = slots()
        const kills: Array<Kill> = []
        for (let i = 0; i < KILLS / LANES; i++) {
          kills.push(await kill(program, ["--data-dir", join(directory, `killed-${number}`)], all, random))
        }
        return kills
      }
      const kills = (await Promise.all(Array.from({ length: LANES }, lane))).flat()
      expect(kills.flatMap(({ problems }) => problems)).toEqual([])
      expect(kills).toHaveLength(KILLS)
      // Otherwise the test proves nothing.
      expect(kills.filter(({ answered }) => answered > 0).length).toBeGreaterThan(KILLS / 2)
      expect(kills.reduce((sum, { answered }) => sum + answered, 0)).toBeGreaterThan(KILLS)
    }
  )

  // A copy of the disk at one moment is what a process leaves behind that is killed then.
  it("loses nothing when it is killed at any moment of a compaction", { timeout: 120_000 }, async () => {
    const random = new PCGRandom(SEED)
    const path = join(directory, "rewritten")
    const { create, delete: remove, update } = await Effect.runPromise(
      Effect.provide(WorkspaceSecrets, WorkspaceSecrets.Default)
    )
    const scope = await Effect.runPromise(Scope.make())
    const tenants = new Tenants(await Effect.runPromise(surroundings))
    const start = await Effect.runPromise(Scope.extend(DataDirectory.open(path, { compactFrom: 4000 }), scope))
    start(tenants)
    const { tenant } = Effect.runSync(tenants.add({ id: "default" }))
    await Effect.runPromise(tenant.settle() ?? Effect.void)

    /** By external id: values that must be stored, or may be. */
    const known = new Map<string, Set<string | undefined>>()
    const change = (world: Tenant): { readonly externalId: string; readonly value: string | undefined } => {
      const externalId = ExternalId.make(`s-${random.integer(8)}`)
      const there = world.secrets.find({ externalId })
      const value = there !== undefined && random.number() < 0.3 ? undefined : `v${random.integer(1e9)}`
      const spec = value === undefined ? {} : { value: Redacted.make(value) }
      const changed: Effect.Effect<unknown, unknown> = value === undefined
        ? remove(world, { externalId })
        : there === undefined
        ? create(world, { metadata: { name: "n", externalId }, spec })
        : update(world, { externalId }, { spec, updateMask: ["spec.value"] } as never)
      Effect.runSync(changed)
      return { externalId, value }
    }
    const copies: Array<
      { readonly path: string; readonly known: ReadonlyMap<string, ReadonlySet<string | undefined>> }
    > = []
    const generations = new Set<string>()
    for (let i = 0; i < 600; i++) {
      const made = Array.from({ length: 1 + random.integer(3) }, () => change(tenant))
      for (const { externalId, value } of made) {
        known.set(externalId, (known.get(externalId) ?? new Set([undefined])).add(value))
      }
      const settled = tenant.settle()
      const done = Effect.runPromise(settled ?? Effect.void)
      for (let turns = random.integer(6); turns > 0; turns--) {
        await setImmediate()
      }
      if (random.number() < 0.3) {
        const copy = join(directory, `copy-${i}`)
        cpSync(path, copy, { recursive: true, filter: (source) => !source.endsWith(".lock") })
        copies.push({ path: copy, known: new Map([...known].map(([id, values]) => [id, new Set(values)])) })
        readdirSync(copy).forEach((name) => generations.add(name.replace(/[0-9a-f]{16}/, "")))
      }
      await done
      made.forEach(({ externalId }) => known.set(externalId, new Set([valueOf(tenant, externalId)])))
    }
    await Effect.runPromise(Scope.close(scope, Effect.runSync(Effect.exit(Effect.void))))
    expect(copies.length).toBeGreaterThan(100)
    expect(generations.size).toBeGreaterThan(10)
    expect([...generations]).toContain(".worlds.log..tmp")

    for (const { known, path } of copies) {
      const found = new Tenants(await Effect.runPromise(surroundings))
      const recovered = await Effect.runPromise(Effect.scoped(Effect.map(
        DataDirectory.open(path),
        (start) => start(found)
      )))
      const world = found.find("default")?.tenant
      expect([path, recovered.worlds, world === undefined]).toEqual([path, 1, false])
      for (const [externalId, values] of known) {
        expect([...values]).toContain(world === undefined ? "no world" : valueOf(world, externalId))
      }
    }
  })
})

const valueOf = (tenant: Tenant, externalId: string): string | undefined => {
  const value = tenant.secrets.find({ externalId: ExternalId.make(externalId) })?.spec.value
  return value === undefined ? undefined : Redacted.value(value)
}
