/**
 * The command line of the witness: `workspace-secrets-contract witness`. For Node.
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
 * What the command needs from its process: `args` begin with `witness`, `stopped` ends it.
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
 * The help.
 *
 * @since 0.1.0
 * @category printing
 */
export const help = ({ command }: Pick<Environment, "command">): string =>
  `Stands between a client and the service as a proxy on this machine, and reports which statements of the contract the traffic
confirms and which it contradicts. It sends no requests of its own.

  ${command} witness --target <url> [options]

  --target <url>         The service, such as https://api.cadenya.com. http is accepted for this machine only.
  --port <port>          Where the proxy listens, on 127.0.0.1; 4020 unless given.
  --report <file>        The report: <file> in JSON, and the same in Markdown beside it. Lines are appended as traffic goes on, and
                         replaced by one document when the witness ends.
  --sees-all-writes      Everything that writes to these workspaces goes through this witness. Statements that need a sequence of
                         requests are judged only then.
  --write-only-values    The server leaves spec.value out of its answers.
  --uppercase-names      The server writes names in upper case.
  --omit-unset-fields    The server leaves fields that are not set out of its answers.

Point the client at the proxy with CADENYA_BASE_URL, and end the witness with Ctrl-C. Values and keys are kept as a length and an HMAC
under a key of this run, in memory; neither the terminal nor the report has them.

It ends with 0 when nothing was contradicted, 1 when something was, 2 when it was not told properly.`

const parseTarget = (text: string | undefined): Effect.Effect<URL, Usage> =>
  Effect.gen(function*() {
    if (text === undefined) {
      return yield* usage("witness needs --target <url>, the service that the client calls")
    }
    const url = yield* Effect.try({
      try: () => new URL(text),
      catch: () => usage("--target is no URL; expected one such as https://api.cadenya.com")
    })
    if (url.protocol !== "https:" && url.protocol !== "http:") {
      return yield* usage("--target has to begin with https:// or http://")
    }
    if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
      return yield* usage("--target has to be without user, password, query and fragment")
    }
    if (url.protocol === "http:" && !isLoopback(url.hostname)) {
      return yield* usage("--target is http, which shows the key to the network; take https")
    }
    return url
  })

const parsePort = (text: string): Effect.Effect<number, Usage> =>
  /^\d{1,5}$/.test(text) && Number(text) <= 65_535
    ? Effect.succeed(Number(text))
    : usage("--port has to be a whole number, 0 to 65535")

/** The files of a report, written while it goes on. */
const makeFiles = (path: string, head: Report.Head) => {
  const markdown = `${path.replace(/\.json$/, "")}.md`
  const json = fs.openSync(path, "w")
  const rows = fs.openSync(markdown, "w")
  fs.writeSync(json, Report.headLine(head))
  fs.writeSync(rows, Report.markdownHead(head))
  /** Replaces a file by a whole one: a reader finds the old one or the new one. */
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

/** Whether a count is one that is worth a line: 1, 10, 100 and so on. */
const isRound = (count: number): boolean => /^10*$/.test(String(count))

const codes = { green: 32, red: 31, yellow: 33 }

/**
 * Runs the command, until it is told to stop or finds out that it was not told properly. What it has to tell when it ends is on stdout by
 * then.
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
            `${paint("yellow", "WARN")}   ${shown.request} has a field that the contract does not have: ${name}`
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
                  `the target redirects${origin === undefined ? "" : ` to ${origin}`}; give --target where it leads`
                )
              )
            )
          }
        }
      }).pipe(
        Effect.mapError(({ code }) => usage(`the proxy cannot listen on 127.0.0.1:${port}: ${code}`))
      )
      yield* Console.log(
        `listening on ${url}, in front of ${target.origin}\nCADENYA_BASE_URL=${url} points a client at it; Ctrl-C ends it`
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
