import { describe, expect, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import { posix } from "node:path"
import * as index from "../src/index.js"
import { moduleNames, modules } from "./schemas.js"

const sources = new URL("../src/", import.meta.url)

const files = readdirSync(sources, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts"))

interface Import {
  readonly specifier: string
  /** Whether the compiler removes the import. */
  readonly isType: boolean
}

const importsOf = (file: string): ReadonlyArray<Import> =>
  [...readFileSync(new URL(file, sources), "utf8").matchAll(/^(?:import|export)\b([^"';]*?)\bfrom "([^"]+)"/gm)]
    .map(([, clause, specifier]) => ({ specifier: String(specifier), isType: /^ type\b/.test(String(clause)) }))

/** The files that a file loads, without itself. */
const loadedBy = (file: string): ReadonlySet<string> => {
  const seen = new Set<string>()
  const visit = (current: string): void => {
    for (const { isType, specifier } of importsOf(current)) {
      const target = posix.join(posix.dirname(current), specifier).replace(/\.js$/, ".ts")
      if (!isType && specifier.startsWith(".") && !seen.has(target)) {
        seen.add(target)
        visit(target)
      }
    }
  }
  visit(file)
  return seen
}

/** Every struct uses this table. */
const everywhere = "UnsetFields.ts"

/** The modules that each module loads. Every addition makes the import of that module slower. */
const loads: Readonly<Record<string, ReadonlyArray<string>>> = {
  PrefixedUlid: [],
  ExternalId: [],
  ResourceName: [],
  Labels: [],
  Timestamp: [],
  RpcCode: [],
  UnsetFields: [],
  ApiKey: [],
  Codec: [],
  FieldName: [],
  Redaction: [],
  FieldViolation: ["FieldName"],
  AccountId: ["PrefixedUlid"],
  ProfileId: ["PrefixedUlid"],
  WorkspaceId: ["PrefixedUlid"],
  ErrorTable: ["RpcCode"],
  Status: ["FieldName", "FieldViolation", "RpcCode"],
  ErrorResponse: ["ErrorTable", "FieldName", "FieldViolation", "RpcCode", "Status"],
  ApiError: ["ErrorTable", "FieldName", "FieldViolation", "RpcCode", "Status"],
  FieldMask: ["FieldName", "FieldViolation", "Labels", "ResourceName"],
  ResourceMetadata: [
    "AccountId",
    "ExternalId",
    "Labels",
    "PrefixedUlid",
    "ProfileId",
    "ResourceName",
    "Timestamp",
    "WorkspaceId"
  ],
  AccountResourceMetadata: ["AccountId", "ExternalId", "Labels", "PrefixedUlid", "ProfileId", "Timestamp"]
}

describe("the imports of src", () => {
  it("are effect/* and files of src, and nothing else", () => {
    for (const file of files) {
      for (const { specifier } of importsOf(file)) {
        if (specifier.startsWith(".")) {
          const target = posix.join(posix.dirname(file), specifier).replace(/\.js$/, ".ts")
          expect(files, `${file} imports ${specifier}`).toContain(target)
        } else {
          expect(specifier, file).toMatch(/^effect\/[A-Z]\w+$/)
        }
      }
    }
  })

  it("are all found by this test", () => {
    for (const file of files) {
      const text = readFileSync(new URL(file, sources), "utf8")
      const statements = text.match(/^import\b/gm) ?? []
      const reexports = text.match(/^export (?:type )?\*/gm) ?? []
      expect(importsOf(file), file).toHaveLength(statements.length + reexports.length)
      expect(text, file).not.toMatch(/\bimport\(|\brequire\(/)
    }
  })

  it("never lead to the index", () => {
    for (const file of files) {
      expect(importsOf(file).map(({ specifier }) => specifier), file).not.toContainEqual(
        expect.stringMatching(/index\.js$/)
      )
    }
  })

  it("have no cycle", () => {
    for (const file of files) {
      expect(loadedBy(file).has(file), file).toBe(false)
    }
  })

  it.each(Object.entries(loads))("load with %s only what it needs: %j", (module, others) => {
    const loaded = [...loadedBy(`${module}.ts`)].filter((file) => !file.startsWith("internal/") && file !== everywhere)
    expect(loaded.map((file) => file.slice(0, -".ts".length)).sort()).toEqual(others)
  })

  it("load only what WorkspaceSecret needs", () => {
    const withIt = moduleNames.filter((module) => loadedBy(`${module}.ts`).has("WorkspaceSecret.ts"))
    expect(withIt).toEqual(["CreateWorkspaceSecret", "ListWorkspaceSecrets", "UpdateWorkspaceSecret"])
  })

  it("load neither lists nor updates with WorkspaceSecret", () => {
    const loaded = loadedBy("WorkspaceSecret.ts")
    for (const other of ["ApiError", "ErrorResponse", "FieldMask", "ListWorkspaceSecrets", "UpdateWorkspaceSecret"]) {
      expect(loaded.has(`${other}.ts`), other).toBe(false)
    }
  })
})

describe("the index", () => {
  it("has every module of src under its name", () => {
    expect(Object.keys(index).sort()).toEqual([...moduleNames].sort())
    for (const [name, module] of modules) {
      expect(index[name as keyof typeof index], name).toEqual(module)
    }
  })
})
