import { expect, it, vi } from "@effect/vitest"

const load = async (): Promise<(text: string) => boolean> => {
  vi.resetModules()
  return (await import("../../src/internal/wellFormed.js")).isWellFormed
}

/** The module as a browser without `String.prototype.isWellFormed` loads it. */
const loadWithoutNative = async () => {
  const native = Object.getOwnPropertyDescriptor(String.prototype, "isWellFormed")
  Reflect.deleteProperty(String.prototype, "isWellFormed")
  try {
    return await load()
  } finally {
    Object.defineProperty(String.prototype, "isWellFormed", native ?? {})
  }
}

it.each([
  ["with the native method", load],
  ["without the native method", loadWithoutNative]
])("finds lone surrogates %s", async (_, load) => {
  const isWellFormed = await load()
  for (const text of ["", "a", "é", "\u{1f600}", "a\ud83d\ude00b"]) {
    expect(isWellFormed(text)).toBe(true)
  }
  for (const text of ["\ud800", "a\udfffb", "\udc00\ud800", "\ud83da\ude00"]) {
    expect(isWellFormed(text)).toBe(false)
  }
})
