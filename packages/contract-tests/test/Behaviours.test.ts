import { describe, expect, it } from "@effect/vitest"
import * as ErrorTable from "@workspace-secrets/core/ErrorTable"
import { readdirSync } from "node:fs"
import type * as Behaviour from "../src/Behaviour.js"
import { behaviours } from "../src/Behaviours.js"
import { disagreements } from "../src/Disagreement.js"

const operations = ["list", "create", "get", "update", "delete", "whoami"] as const

/** The table of errors of WIRE.md: HTTP status and google.rpc.Code. */
const rows = [
  [400, 3],
  [400, 9],
  [401, 16],
  [403, 7],
  [404, 5],
  [405, 12],
  [409, 6],
  [409, 10],
  [413, 3],
  [415, 3],
  [429, 8],
  [499, 1],
  [500, 13],
  [500, 2],
  [500, 15],
  [501, 12],
  [503, 14],
  [504, 4]
]

/** The rows that requests can cause. */
const provoked = ["400/3", "401/16", "403/7", "404/5", "405/12", "409/6", "413/3", "415/3", "501/12"]

const duplicates = (texts: ReadonlyArray<string>) => texts.filter((text, i) => texts.indexOf(text) !== i)

describe("behaviours", () => {
  it("have unique ids and statements", () => {
    expect(duplicates(behaviours.map(({ id }) => id))).toEqual([])
    expect(duplicates(behaviours.map(({ operation, statement, via }) => `${operation} ${via} ${statement}`))).toEqual(
      []
    )
  })

  it("have ids of one form, and statements of one line", () => {
    for (const { id, statement } of behaviours) {
      expect(id).toMatch(/^WS-(LIST|CREATE|GET|UPDATE|DELETE|WHOAMI|ERR|TRANSPORT|CLIENT)-\d{3}$/)
      expect(statement).toMatch(/^\S[^\n]{8,160}\S$/)
    }
  })

  it("are those of every module", async () => {
    const directory = new URL("../src/behaviours/", import.meta.url)
    const modules = await Promise.all(
      readdirSync(directory).map((file) => {
        const { href } = new URL(file, directory)
        return import(/* @vite-ignore */ href) as Promise<{ readonly behaviours: ReadonlyArray<Behaviour.Behaviour> }>
      })
    )
    expect(new Set(modules.flatMap((module) => module.behaviours))).toEqual(new Set(behaviours))
  })

  it.each(operations)("check %s on the wire and through the client", (operation) => {
    const ways = behaviours.filter((behaviour) => behaviour.operation === operation).map(({ via }) => via)
    expect(new Set(ways)).toEqual(new Set(["wire", "client"]))
  })

  it("know the same rows of errors as core", () => {
    const table = new Set(ErrorTable.rows.map(({ code, status }) => `${status}/${code}`))
    expect(new Set(rows.map(([status, code]) => `${status}/${code}`))).toEqual(table)
  })

  it.each(rows)("check status %i with code %i", (status, code) => {
    const ways = behaviours
      .filter((behaviour) => behaviour.rows.some((row) => row[0] === status && row[1] === code))
      .map(({ via }) => via)
    expect(ways).toContain("client")
    expect(ways.includes("wire")).toBe(provoked.includes(`${status}/${code}`))
  })

  it("refer to every disagreement of the sources", () => {
    const touched = new Set(behaviours.flatMap(({ contested }) => contested))
    expect(touched).toEqual(new Set(disagreements.map(({ name }) => name)))
  })

  it("have every provenance", () => {
    expect(new Set(behaviours.map(({ provenance }) => provenance))).toEqual(new Set(["D", "P", "A"]))
  })
})
