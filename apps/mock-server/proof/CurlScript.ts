/** Prints requests as curl commands, to paste while `npm start` runs. */
import type { Call, Request, Value } from "./Call.js"
import { address, resolve } from "./Call.js"

/** A request for the script: ids and cursors are variables, and each value in the body is a placeholder text. */
export interface Told {
  readonly request: Request
  readonly call: Call
  /** What later requests use of its response. */
  readonly gave: { readonly name: "ID" | "CURSOR"; readonly text: string } | undefined
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

const nameOfKey = (key: number): string => `KEY_${key + 1}`
const nameOfWorkspace = (key: number): string => `WORKSPACE_${key + 1}`

const value = ({ number }: Value): string => `value-${number + 1}`

const bodyOf = (request: Request): string | undefined =>
  resolve(request, { created: [], deleted: [], pages: [], workspace: () => "", value }).body

const fields = { ID: "id", CURSOR: "nextCursor" }

/** Replaces repeated lines by a loop. */
const folded = (lines: ReadonlyArray<string>): ReadonlyArray<string> => {
  const out: Array<string> = []
  for (let i = 0; i < lines.length;) {
    const line = lines[i] ?? ""
    let end = i + 1
    while (lines[end] === line && line.startsWith("curl ")) {
      end++
    }
    out.push(end - i > 2 ? `for i in $(seq ${end - i}); do ${line}; done` : lines.slice(i, end).join("\n"))
    i = end
  }
  return out
}

/**
 * Makes a script of requests. It contains no API key and no value that was sent: keys, ids and cursors are variables. `notes` are comments
 * after each request.
 */
export const script = (
  told: ReadonlyArray<Told>,
  workspaces: ReadonlyArray<string>,
  notes: (i: number) => ReadonlyArray<string>
): string => {
  const variables = new Map(workspaces.map((workspace, key) => [workspace, nameOfWorkspace(key)]))
  const counts = { ID: 0, CURSOR: 0 }
  for (const { gave } of told) {
    if (gave !== undefined && !variables.has(gave.text)) {
      variables.set(gave.text, `${gave.name}_${++counts[gave.name]}`)
    }
  }
  const named = (text: string, encode: (text: string) => string = (text) => text) =>
    [...variables].reduce((text, [is, name]) => text.replaceAll(encode(is), `$${name}`), text)
  const asked = told.map(({ call, request }) => {
    const { method, path } = address(call)
    const body = bodyOf(request)
    return [
      "curl -s",
      ...(method === "GET" ? [] : [`-X ${method}`]),
      `"$URL${named(path, encodeURIComponent)}"`,
      `-H "authorization: Bearer $${nameOfKey(call.key)}"`,
      ...(body === undefined ? [] : [`-H 'content-type: ${call.contentType}'`, `--data-raw ${quoted(body)}`])
    ].join(" ")
  })
  const comments = told.map((_, i) => notes(i).map((note) => `# ${named(note)}`))
  const all = [...asked, ...comments.flat()].join("\n")
  const isUsed = (name: string) => new RegExp(`\\$${name}\\b`).test(all)
  const given = new Set<string>()
  const lines = asked.flatMap((line, i) => {
    const { gave } = told[i] ?? {}
    const name = gave === undefined ? undefined : variables.get(gave.text)
    const isNew = gave !== undefined && name !== undefined && isUsed(name) && !given.has(name)
    if (isNew) {
      given.add(name)
    }
    return [isNew ? `${name}=$(${line} | field ${fields[gave.name]})` : line, ...(comments[i] ?? [])]
  })
  const keys = workspaces.flatMap((_, key) => {
    const needsWorkspace = isUsed(nameOfWorkspace(key))
    return !needsWorkspace && !isUsed(nameOfKey(key)) ? [] : [
      `TENANT=$(curl -s -X POST "$URL/_mock/tenants" -H 'content-type: application/json' -d '{}')`,
      `${nameOfKey(key)}=$(echo "$TENANT" | field apiKey)`,
      ...(needsWorkspace ? [`${nameOfWorkspace(key)}=$(echo "$TENANT" | field workspaceId)`] : [])
    ]
  })
  const stranger = nameOfKey(workspaces.length)
  return [
    "# npm start",
    "URL=${URL:-http://127.0.0.1:4010}",
    `field() { grep -o "\\"$1\\":\\"[^\\"]*\\"" | head -n 1 | cut -d '"' -f 4; }`,
    ...keys,
    ...(isUsed(stranger) ? [`${stranger}=unknown`] : []),
    ...folded(lines)
  ].join("\n")
}
