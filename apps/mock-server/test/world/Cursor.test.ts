import { describe, expect, it } from "@effect/vitest"
import { Cursor as CursorSchema } from "@workspace-secrets/core/ListWorkspaceSecrets"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Cursor from "../../src/world/Cursor.js"

const position = FastCheck.record({
  createdAt: FastCheck.integer({ min: -62135596800000, max: 253402300799999 }),
  id: FastCheck.string({ unit: "binary", minLength: 1 })
})
const scope = FastCheck.string({ unit: "binary" })

const at = { createdAt: 1574445600000, id: "wsec_01JD9Z0000000000000000000A" }
const good = Cursor.encode(at, "scope")

const read = (text: string, scope = "scope") => Cursor.decode(CursorSchema.make(text), scope)
const ofJson = (json: unknown) => Buffer.from(JSON.stringify(json)).toString("base64url")
const partsOf = (cursor: string): ReadonlyArray<unknown> =>
  JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as ReadonlyArray<unknown>

describe("Cursor", () => {
  it.prop("decodes to its position", [position, scope], ([position, scope]) => {
    expect(Cursor.decode(Cursor.encode(position, scope), scope)).toEqual(Option.some(position))
  })

  it.prop("needs no escaping in a query", [position, scope], ([position, scope]) => {
    expect(Cursor.encode(position, scope)).toMatch(/^[\w-]+$/)
  })

  it("is short enough for a URL with filters", () => {
    expect(good).toHaveLength(99)
    expect(Cursor.encode(at, "a long filter ".repeat(100))).toHaveLength(99)
  })

  it.prop("is rejected in any other scope", [position, scope, scope], ([position, scope, other]) => {
    FastCheck.pre(scope !== other)
    expect(Cursor.decode(Cursor.encode(position, scope), other)).toEqual(Option.none())
  })

  it.prop("is rejected when it is truncated anywhere", [position, FastCheck.nat()], ([position, nat]) => {
    const cursor = Cursor.encode(position, "scope")
    expect(read(cursor.slice(0, nat % cursor.length))).toEqual(Option.none())
  })

  it.prop(
    "is rejected when any character is changed",
    [position, FastCheck.nat(), FastCheck.string({ unit: "grapheme", minLength: 1, maxLength: 1 })],
    ([position, nat, character]) => {
      const cursor = Cursor.encode(position, "scope")
      const i = nat % cursor.length
      FastCheck.pre(cursor[i] !== character)
      expect(read(cursor.slice(0, i) + character + cursor.slice(i + 1))).toEqual(Option.none())
    }
  )

  it.prop("is rejected when it is random text", [FastCheck.string()], ([text]) => {
    expect(read(text)).toEqual(Option.none())
  })

  it("is rejected in another encoding of the same bytes", () => {
    expect(read(good)).toEqual(Option.some(at))
    const bytes = Buffer.from(good, "base64url")
    const writings = [
      bytes.toString("base64"),
      `${good}=`,
      `${good}==`,
      `${good}\n`,
      ` ${good}`,
      `${good.slice(0, 4)}\n${good.slice(4)}`,
      `${good}!`,
      Buffer.from(` ${bytes.toString()}`).toString("base64url"),
      Buffer.from(bytes.toString().replace(",", ", ")).toString("base64url"),
      Buffer.from(bytes.toString().replace("1574445600000", "1574445600000.0")).toString("base64url")
    ]
    for (const writing of writings.filter((writing) => writing !== good)) {
      expect([writing, read(writing)]).toEqual([writing, Option.none()])
    }
    expect(writings.filter((writing) => writing !== good).length).toBeGreaterThanOrEqual(9)
  })

  it("is rejected when its last character has unused bits", () => {
    // Two bytes more than a multiple of three leave two unused bits in the last character.
    const uneven = ["a", "ab", "abc"].map((id) => Cursor.encode({ createdAt: 0, id }, "s"))
      .filter((cursor) => cursor.length % 4 !== 0)
    expect(uneven).not.toHaveLength(0)
    for (const cursor of uneven) {
      const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
      const last = alphabet.indexOf(cursor.charAt(cursor.length - 1))
      const same = cursor.slice(0, -1) + alphabet.charAt(last + 1)
      expect(Buffer.from(same, "base64url")).toEqual(Buffer.from(cursor, "base64url"))
      expect(read(cursor, "s")).not.toEqual(Option.none())
      expect(read(same, "s")).toEqual(Option.none())
    }
  })

  it("is rejected when only its position or only its hash was changed", () => {
    const [createdAt, id, seal] = partsOf(good)
    expect(read(ofJson([createdAt, id, seal]))).toEqual(Option.some(at))
    for (
      const parts of [
        [1, id, seal],
        [createdAt, "wsec_other", seal],
        [createdAt, id, ""],
        [createdAt, id],
        [createdAt, id, seal, 1],
        [createdAt, id, String(seal).toLowerCase()]
      ]
    ) {
      expect([parts, read(ofJson(parts))]).toEqual([parts, Option.none()])
    }
  })

  it("is rejected when its hash is right but its position has wrong types", () => {
    for (const parts of [["1574445600000", at.id], [null, at.id], [at.createdAt, 7], [at.createdAt, [at.id]]]) {
      const [createdAt, id] = parts as [number, string]
      expect([parts, read(Cursor.encode({ createdAt, id }, "scope"))]).toEqual([parts, Option.none()])
    }
  })

  it.each([null, 1, "text", {}, [], [1], ["1", "id", "seal"], [1, 1, "seal"], [[1], "id", "seal"], { 0: 1, 1: "id" }])(
    "is rejected when its JSON is %j",
    (json) => {
      expect(read(ofJson(json))).toEqual(Option.none())
    }
  )
})
