import * as Schema from "effect/Schema"
import { readdirSync } from "node:fs"
import { AccountResourceMetadata } from "../src/AccountResourceMetadata.js"
import { ProfileId } from "../src/ProfileId.js"
import { ResourceMetadata } from "../src/ResourceMetadata.js"
import { WorkspaceSecretId } from "../src/WorkspaceSecret.js"

/** A schema without static types. */
export type AnySchema = Schema.Codec<unknown, unknown>

const sources = new URL("../src/", import.meta.url)

/** The names of the public modules, without the index. */
export const moduleNames: ReadonlyArray<string> = readdirSync(sources)
  .filter((file) => file.endsWith(".ts") && file !== "index.ts")
  .map((file) => file.slice(0, -".ts".length))

/** The public modules by name. */
export const modules: ReadonlyMap<string, Readonly<Record<string, unknown>>> = new Map(
  await Promise.all(
    moduleNames.map(async (name) => {
      const module: unknown = await import(new URL(`${name}.ts`, sources).href)
      return [name, module as Readonly<Record<string, unknown>>] as const
    })
  )
)

/** Every export as `Module.name`. */
export const exported: ReadonlyArray<readonly [name: string, value: unknown]> = [...modules].flatMap(
  ([module, members]) => Object.entries(members).map(([name, value]) => [`${module}.${name}`, value] as const)
)

/** The schemas that take the schema of an id, each with one example. */
export const generic: Readonly<Record<string, AnySchema>> = {
  "AccountResourceMetadata.AccountResourceMetadata": AccountResourceMetadata(ProfileId),
  "ResourceMetadata.ResourceMetadata": ResourceMetadata(WorkspaceSecretId)
}

/** Every exported schema as `Module.name`, found automatically. */
export const schemas: ReadonlyArray<readonly [name: string, schema: AnySchema]> = exported.flatMap(
  ([name, value]) =>
    Schema.isSchema(value)
      ? [[name, value as AnySchema] as const]
      : name in generic
      ? [[name, generic[name] as AnySchema] as const]
      : []
)

/** The identifier of an exported schema. */
export const nameOf = (exported: string): string =>
  exported === "RpcCode.AnyRpcCode" ? "RpcCode" : exported.slice(exported.indexOf(".") + 1)
