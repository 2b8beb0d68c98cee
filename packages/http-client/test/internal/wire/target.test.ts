import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as UrlParams from "@effect/platform/UrlParams"
import type { InvalidArgument } from "@workspace-secrets/core/ApiError"
import type { WorkspaceSecretId, WorkspaceSecretRef } from "@workspace-secrets/core/WorkspaceSecret"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { resolve } from "../../../src/internal/options/clientOptions.js"
import * as Request from "../../../src/internal/wire/request.js"
import { isWellFormed } from "../../../src/internal/wire/target.js"

const apiKey = Redacted.make("key")
const target = Either.getOrThrow(resolve({ apiKey, baseUrl: "https://example.com/prefix" }))

/** The URL that the platform makes for a request. */
const urlOf = ({ hash, url, urlParams }: HttpClientRequest.HttpClientRequest) =>
  Either.getOrThrow(UrlParams.makeUrl(url, urlParams, hash))

const refusal = (call: Either.Either<unknown, InvalidArgument>) => Either.getOrThrow(Either.flip(call))

describe("paths", () => {
  it("contain an external id as one segment", () => {
    const call = Either.getOrThrow(Request.get(target, { externalId: "café/../x?y#z%2F" as never }))
    expect(urlOf(call.request).href).toBe(
      "https://example.com/prefix/v1/workspace_secrets/external_id%3Acaf%C3%A9%2F..%2Fx%3Fy%23z%252F"
    )
  })

  it.each([[""], ["."], [".."], ["a\ud800"], [undefined], [{}], [{ externalId: "\udfff" }]])(
    "refuse %j as an id",
    (ref) => {
      for (
        const call of [
          Request.get(target, ref as WorkspaceSecretRef),
          Request.remove(target, ref as WorkspaceSecretRef),
          Request.update(target, ref as WorkspaceSecretRef, {})
        ]
      ) {
        expect(refusal(call)).toMatchObject({
          _tag: "InvalidArgument",
          attempts: 0,
          fieldViolations: [{ field: "id", description: expect.stringContaining("Expected") as string }]
        })
      }
    }
  )

  const pieces = fc.constantFrom(
    "..",
    ".",
    "/",
    "\\",
    "%2e",
    "%2F",
    "?",
    "#",
    ":",
    "//",
    " ",
    "\t",
    "\n",
    "é",
    "😀",
    ";"
  )
  const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: pieces, maxLength: 6 }), fc.string())
  const segments = (request: HttpClientRequest.HttpClientRequest) => urlOf(request).pathname.split("/")

  it("never let an id out of its segment", () => {
    fc.assert(
      fc.property(text, fc.boolean(), (text, external) => {
        const ref = external ? { externalId: text } : text
        const call = Either.getRight(Request.get(target, ref as WorkspaceSecretRef))
        if (Option.isNone(call)) {
          expect(external ? "an external id" : text).toBeOneOf(["", ".", ".."])
          return
        }
        const { request } = call.value
        expect(segments(request).slice(0, -1)).toEqual(["", "prefix", "v1", "workspace_secrets"])
        expect(decodeURIComponent(segments(request)[4] ?? "")).toBe(external ? `external_id:${text}` : text)
        expect(urlOf(request)).toMatchObject({ host: "example.com", search: "", hash: "" })
      }),
      { numRuns: 300 }
    )
  })

  it("never let a workspace id out of its segment", () => {
    fc.assert(
      fc.property(text, (workspaceId) => {
        const resolved = Either.getRight(resolve({ apiKey, workspaceId }))
        if (Option.isNone(resolved)) {
          expect(workspaceId).toBeOneOf(["", ".", ".."])
          return
        }
        const parts = segments(Request.list(resolved.value, {}).request)
        expect([...parts.slice(0, 3), ...parts.slice(4)]).toEqual(["", "v1", "workspaces", "workspace_secrets"])
        expect(decodeURIComponent(parts[3] ?? "")).toBe(workspaceId)
      }),
      { numRuns: 300 }
    )
  })

  it("accept any well-formed text except . and ..", () => {
    const unit = fc.oneof(fc.nat(0xffff), fc.integer({ min: 0xd800, max: 0xdfff })).map((code) =>
      String.fromCharCode(code)
    )
    fc.assert(
      fc.property(fc.string({ unit, minLength: 3 }), (text) => {
        expect(Either.isRight(Request.get(target, text as WorkspaceSecretId))).toBe(isWellFormed(text))
      })
    )
  })
})
