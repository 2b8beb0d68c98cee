/** Serves the console: the files of a bundled page, which the package has in `dist/ui`. */
import * as Effect from "effect/Effect"
import { readFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import * as Body from "../api/Body.js"

/** The path of the page. */
export const path = `${Body.controlRoot}ui`

/** Whether a path is the page or one of its files. */
export const isAt = (asked: string): boolean => asked === path || asked.startsWith(`${path}/`)

/** File names contain a hash of the content, so browsers can cache them forever. */
const fileName = /^[a-z]+-[0-9A-Z]{8}\.(js|css)$/

const types = { js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8" } as const

const common = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin"
}

/** The page can only use its own script and style sheet, call its own server, and show its API reference in a frame. */
const pageHeaders = {
  ...common,
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-cache",
  "cross-origin-opener-policy": "same-origin",
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'"
  ].join("; ")
}

interface Found {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

// Resolves the package by name, because this module may be bundled elsewhere.
const read = (name: string): Promise<string> => {
  const manifest = createRequire(import.meta.url).resolve("@workspace-secrets/mock-server/package.json")
  return readFile(join(dirname(manifest), "dist/ui", name), "utf8")
}

const headersOf = (name: string): Readonly<Record<string, string>> | undefined => {
  if (name === "index.html") {
    return pageHeaders
  }
  const kind = fileName.exec(name)?.[1]
  return kind === "js" || kind === "css"
    ? { ...common, "content-type": types[kind], "cache-control": "public, max-age=31536000, immutable" }
    : undefined
}

/** Reads the file at a path. `undefined` if there is none. */
export const file = (asked: string): Effect.Effect<Found | undefined> => {
  const name = asked === path ? "index.html" : asked.slice(path.length + 1)
  const headers = headersOf(name)
  return headers === undefined ? Effect.succeed(undefined) : Effect.tryPromise(() => read(name)).pipe(
    Effect.match({
      onFailure: () => undefined,
      onSuccess: (body) => ({ headers, body })
    })
  )
}
