/**
 * The command line `workspace-secrets-contract witness`. For Node.
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import { parseArgs } from "node:util"
import { isLoopback, isReal, refuseTwice, type Usage, usage, wrongArguments } from "./internal/usage.js"
import * as Seal from "./Seal.js"
import * as Witness from "./Witness.js"
import * as Proxy from "./WitnessProxy.js"
import * as Report from "./WitnessReport.js"

/**
 * The environment of a run. `args` start with `witness`; `stopped` ends it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Environment {
  readonly args: ReadonlyArray<string>
  readonly colours: boolean
  readonly command: string
  readonly stopped?: Effect.Effect<void> | undefined
}

const options = {
  target: { type: "string" },
  port: { type: "string" },
  report: { type: "string" },
  "sees-all-writes": { type: "boolean" },
  "write-only-values": { type: "boolean" },
  "uppercase-names": { type: "boolean" },
  "omit-unset-fields": { type: "boolean" },
  help: { type: "boolean", short: "h" }
} as const

/**
 * The help text.
 *
 * @since 0.1.0
 * @category printing
 */
export const help = ({ command }: Pick<Environment, "command">): string =>
  `Runs a proxy on this machine between a client and the service, and reports which statements of the contract the traffic confirms and
which it contradicts. It sends no requests of its own.

  ${command} witness --target <url> [options]

  --target <url>         The service, such as https://api.cadenya.com. http is accepted for loopback hosts only.
  --port <port>          The port of the proxy on 127.0.0.1. Default: 4020.
  --report <file>        Writes the report to <file> as JSON, and next to it as Markdown. Lines are appended during the run; the final
                         report replaces them.
  --sees-all-writes      All writes to these workspaces go through this proxy. Only then, statements about sequences of requests are
                         judged.
  --write-only-values    The server omits spec.value in responses.
  --uppercase-names      The server converts names to upper case.
  --omit-unset-fields    The server omits unset fields in responses.

Set CADENYA_BASE_URL of the client to the proxy, and stop the witness with Ctrl-C. Of values and keys, only a length and an HMAC under a
key of this run are kept, in memory; neither the terminal nor the report contains them.

Exit codes: 0 nothing was contradicted, 1 something was contradicted, 2 invalid arguments.`

const parseTarget = (text: string | undefined): Effect.Effect<URL, Usage> =>
  Effect.gen(function*() {
    if (text === undefined) {
      return yield* usage("witness needs --target <url>, the base URL of the service")
    }
    const url = yield* Effect.try({
      try: () => new URL(text),
      catch: () => usage("--target must be a URL such as https://api.cadenya.com")
    })
    if (url.protocol !== "https:" && url.protocol !== "http:") {
      return yield* usage("--target must start with https:// or http://")
    }
    if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
      return yield* usage("--target must not have a user, password, query or fragment")
    }
    if (url.protocol === "http:" && !isLoopback(url.hostname)) {
      return yield* usage("--target with http sends the key unencrypted: use https")
    }
    return url
  })

const parsePort = (text: string): Effect.Effect<number, Usage> =>
  /^\d{1,5}$/.test(text) && Number(text) <= 65_535
    ? Effect.succeed(Number(text))
    : usage("--port must be a whole number from 0 to 65535")

/** The files of a report, written during the run. */
const makeFiles = (path: string, head: Report.Head) => {
  const markdown = `${path.replace(/\.json$/, "")}.md`
  const json = fs.openSync(path, "w")
  const rows = fs.openSync(markdown, "w")
  fs.writeSync(json, Report.headLine(head))
  fs.writeSync(rows, Report.markdownHead(head))
  /** Replaces a file atomically. */
  const replace = (file: string, text: string) => {
    fs.writeFileSync(`${file}.part`, text)
    fs.renameSync(`${file}.part`, file)
  }
  return {
    add: (shown: Witness.Shown) => void fs.writeSync(json, Report.line(shown)),
    row: (mark: string, id: string, seen: string) => void fs.writeSync(rows, Report.markdownRow(mark, id, seen)),
    end: (report: Report.Report) => {
      fs.closeSync(json)
      fs.closeSync(rows)
      replace(path, Report.toJson(report))
      replace(markdown, Report.toMarkdown(report))
    }
  }
}

const cannotWrite = (error: unknown): string =>
  `the report cannot be written: ${error instanceof Error && "code" in error ? String(error.code) : "unknown error"}`

/** Whether to print a line for a count: 1, 10, 100 and so on. */
const isRound = (count: number): boolean => /^10*$/.test(String(count))

const codes = { green: 32, red: 31, yellow: 33 }

/**
 * Runs the command until it is stopped. Prints the summary to stdout. Fails with `Usage` for invalid arguments.
 *
 * @since 0.1.0
 * @category running
 */
export const run = (environment: Environment): Effect.Effect<0 | 1 | 2, Usage> =>
  Effect.gen(function*() {
    const values = yield* Effect.try({
      try: () => {
        const { tokens, values } = parseArgs({ args: environment.args.slice(1), options, strict: true, tokens: true })
        refuseTwice(tokens)
        return values
      },
      catch: wrongArguments
    })
    if (values.help === true) {
      yield* Console.log(help(environment))
      return 0
    }
    const target = yield* parseTarget(values.target)
    const port = yield* parsePort(values.port ?? "4020")
    const seesAllWrites = values["sees-all-writes"] === true
    const head: Report.Head = {
      version: 1,
      target: target.origin,
      isLive: isReal(target),
      seesAllWrites,
      startedAt: new Date().toISOString()
    }
    const console = yield* Effect.consoleWith((console) => Effect.succeed(console.unsafe))
    const paint = (colour: keyof typeof codes, text: string) =>
      environment.colours ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text
    const files = values.report === undefined ? undefined : yield* Effect.try({
      try: () => makeFiles(values.report ?? "", head),
      catch: (error) => usage(cannotWrite(error))
    })
    const totals = Report.makeTotals()
    const counted = new Map<string, number>()
    const over = yield* Deferred.make<Usage>()
    let isWriting = files !== undefined
    const write = (use: (of: NonNullable<typeof files>) => void) => {
      if (files !== undefined && isWriting) {
        try {
          use(files)
        } catch (error) {
          isWriting = false
          console.error(cannotWrite(error))
        }
      }
    }
    const count = (key: string): number => {
      const next = (counted.get(key) ?? 0) + 1
      counted.set(key, next)
      return next
    }
    const mark = Report.markOf(head)
    const onShown = (shown: Witness.Shown) => {
      totals.add(shown)
      write((of) => of.add(shown))
      for (const id of shown.confirmed) {
        const times = count(id)
        if (isRound(times)) {
          console.log(`${paint("green", mark.padEnd(5))}  ${id}  seen ${times} ${times === 1 ? "time" : "times"}`)
        }
        if (times === 1) {
          write((of) => of.row(mark, id, "for the first time"))
        }
      }
      for (const { id, problem } of shown.contradicted) {
        const times = count(`! ${id}`)
        const all = times + (counted.get(id) ?? 0)
        const seen = `${problem} in ${times} of ${all}${
          shown.requestId === undefined ? "" : ` (request id ${shown.requestId})`
        }`
        if (isRound(times)) {
          console.log(`${paint("red", "DRIFT")}  ${id}  ${seen}`)
        }
        if (times === 1) {
          write((of) => of.row("DRIFT", id, seen))
        }
      }
      for (const name of shown.unknownFields) {
        if (count(`? ${name}`) === 1) {
          console.log(
            `${paint("yellow", "WARN")}   ${shown.request} has an unknown field: ${name}`
          )
        }
      }
    }
    const witness = Witness.make({
      seal: Seal.make(),
      writeOnlyValues: values["write-only-values"],
      uppercaseNames: values["uppercase-names"],
      omitUnsetFields: values["omit-unset-fields"],
      seesAllWrites,
      onShown
    })
    const wrong = yield* Effect.scoped(Effect.gen(function*() {
      const { url } = yield* Proxy.make({
        target,
        port,
        witness,
        onTrouble: (code) => {
          if (isRound(count(`trouble ${code}`))) {
            console.error(`the connection to ${target.origin} failed: ${code}`)
          }
        },
        onRedirect: (origin) => {
          if (witness.counts.exchanges === witness.counts.redirects) {
            Deferred.unsafeDone(
              over,
              Effect.succeed(
                usage(
                  `the target redirects${origin === undefined ? "" : ` to ${origin}`}; set --target to the final URL`
                )
              )
            )
          }
        }
      }).pipe(
        Effect.mapError(({ code }) => usage(`the proxy cannot listen on 127.0.0.1:${port}: ${code}`))
      )
      yield* Console.log(
        `listening on ${url}, forwarding to ${target.origin}\nset CADENYA_BASE_URL=${url} for the client; stop with Ctrl-C`
      )
      return yield* Effect.raceFirst(Effect.as(environment.stopped ?? Effect.never, undefined), Deferred.await(over))
    }))
    const report = Report.make(head, totals, witness.counts, Date.now())
    write((of) => of.end(report))
    const contradicted = report.statements.filter(({ result }) => result === "contradicted")
    for (const one of contradicted) {
      yield* Console.log(`${paint("red", "DRIFT")}  ${one.id}  ${Report.problemOf(one)}`)
    }
    const unread = Report.unread(report)
    if (unread !== "") {
      yield* Console.log(unread)
    }
    yield* Console.log(Report.summary(report))
    return wrong === undefined ? contradicted.length === 0 ? 0 : 1 : yield* wrong
  })
