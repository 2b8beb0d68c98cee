/** The list of requests, and the details of one. */
import { signal } from "@preact/signals"
import { useEffect, useMemo, useState } from "preact/hooks"
import { control, messageOf } from "../Control.js"
import * as Copy from "../Copy.js"
import type { Filter, Kind } from "../Filter.js"
import * as Filters from "../Filter.js"
import { log, version } from "../Live.js"
import { CopyButton, Json, Moment } from "../Parts.js"
import type { Row } from "../Rows.js"
import { Rows } from "../Rows.js"
import { why } from "../Why.js"
import type { Exchange, RequestSummary } from "../Wire.js"

const columns = [
  { name: "status", title: "Status" },
  { name: "call", title: "Request" },
  { name: "operation", title: "Operation" },
  { name: "whose", title: "World" },
  { name: "took", title: "Took" },
  { name: "at", title: "At" }
]

const kinds: ReadonlyArray<readonly [Kind, string]> = [
  ["all", "All"],
  ["success", "2xx"],
  ["client", "4xx"],
  ["server", "5xx"],
  ["fault", "Faults"]
]

const filter = signal<Filter>({ text: "", kind: "all", world: undefined, hidesProbes: true })
/** The requests at the time when the list was paused. */
const paused = signal<ReadonlyArray<RequestSummary> | undefined>(undefined)
const selected = signal<number | undefined>(undefined)

const kindOf = ({ broken, status }: RequestSummary): string =>
  status === undefined || broken === "closed"
    ? "none"
    : status >= 500
    ? "server"
    : status >= 400
    ? "client"
    : broken === undefined
    ? "success"
    : "none"

/** A duration in milliseconds, with three digits. */
const duration = (millis: number): string =>
  millis >= 1000 ? `${(millis / 1000).toFixed(2)} s` : `${millis.toFixed(millis < 10 ? 2 : millis < 100 ? 1 : 0)} ms`

const rowOf = (request: RequestSummary): Row => {
  const { broken, durationMillis, fault, method, number, operation, receivedAt, status, target, tenant } = request
  return {
    key: number,
    kind: kindOf(request),
    cells: () => [
      broken === "closed" || status === undefined ? "–" : String(status),
      <>
        <b>{method}</b> {target}
      </>,
      <>{operation ?? ""}{fault === undefined ? null : <span class="hit">{fault}</span>}</>,
      tenant ?? <span class="soft">no valid key</span>,
      duration(durationMillis),
      receivedAt.slice(11, 23)
    ]
  }
}

const Headers = ({ headers }: { readonly headers: Readonly<Record<string, string>> }) => (
  <dl class="headers">
    {Object.entries(headers).map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)

const Whole = ({ exchange }: { readonly exchange: Exchange }) => {
  const { request, response } = exchange
  const reasons = why(exchange)
  const test = Copy.test(exchange, location.origin)
  return (
    <>
      <div class="actions">
        <CopyButton text={() => Copy.curl(exchange, location.origin)} what="curl command">Copy as curl</CopyButton>
        {test === undefined ? null : <CopyButton text={() => test} what="Test">Copy as test</CopyButton>}
      </div>
      {reasons.length === 0 ? null : (
        <section class="why">
          <h3>Why it ended so</h3>
          {reasons.map(({ fields, text, title }) => (
            <div key={title}>
              <strong>{title}</strong>
              {text === "" ? null : <p>{text}</p>}
              {fields.length === 0 ? null : (
                <dl class="headers">
                  {fields.map(({ description, field }, i) => (
                    <div key={i}>
                      <dt>{field}</dt>
                      <dd>{description}</dd>
                    </div>
                  ))}
                </dl>
              )}
            </div>
          ))}
        </section>
      )}
      <section>
        <h3>Request</h3>
        <p class="line">
          <b>{exchange.method}</b> {exchange.target}
        </p>
        <Headers headers={request.headers} />
        {request.body === undefined ? null : <Json value={request.body} />}
      </section>
      <section>
        <h3>Response</h3>
        {response === undefined ? <p>none</p> : (
          <>
            <p class="line">
              <b>{response.status}</b> in {duration(exchange.durationMillis)}
            </p>
            <Headers headers={response.headers} />
            {response.body === undefined ? null : <Json value={response.body} />}
          </>
        )}
      </section>
    </>
  )
}

/** Closes the details. The focus returns to the list. */
const close = (): void => {
  selected.value = undefined
  document.querySelector<HTMLElement>("[role=grid] [role=row][tabindex='0']")?.focus()
}

const Detail = ({ number }: { readonly number: number }) => {
  const [found, setFound] = useState<Exchange | string | undefined>(undefined)
  useEffect(() => {
    const over = new AbortController()
    setFound(undefined)
    control<Exchange>("GET", `/requests/${number}`, undefined, over.signal).then(setFound, (error: unknown) => {
      if (!over.signal.aborted) {
        setFound(messageOf(error))
      }
    })
    return () => over.abort()
  }, [number])
  return (
    <aside
      class="detail"
      aria-label="Request"
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          close()
        }
      }}
    >
      <header>
        <h2>{typeof found === "object" ? found.requestId : `Request ${number}`}</h2>
        <button type="button" class="quiet" aria-label="Close" onClick={close}>×</button>
      </header>
      {found === undefined
        ? null
        : typeof found === "string"
        ? <p role="alert">{found}</p>
        : (
          <>
            <p class="soft">
              <Moment at={found.receivedAt} />
            </p>
            <Whole exchange={found} />
          </>
        )}
    </aside>
  )
}

const set = (change: Partial<Filter>): void => {
  filter.value = { ...filter.value, ...change }
}

export const RequestsPane = ({ world }: { readonly world: string }) => {
  const all = paused.value ?? log.rows
  const { hidesProbes, kind, text, world: only } = filter.value
  useEffect(() => {
    if (filter.value.world !== undefined) {
      set({ world })
    }
  }, [world])
  const rows = useMemo(
    () => all.filter(Filters.make(filter.value)).map(rowOf).reverse(),
    [all, filter.value, version.value]
  )
  const isPaused = paused.value !== undefined
  const waiting = isPaused ? log.next - (paused.value?.at(-1)?.number ?? log.next) : 0
  return (
    <>
      <div class="bar">
        <h1>Requests</h1>
        <input
          type="search"
          aria-label="Filter requests"
          placeholder="Filter: path, operation, fault, request id"
          value={text}
          onInput={(event) => set({ text: event.currentTarget.value })}
        />
        <div class="choices" role="group" aria-label="Status">
          {kinds.map(([each, title]) => (
            <button
              type="button"
              key={each}
              aria-pressed={each === kind}
              onClick={() => set({ kind: each })}
            >
              {title}
            </button>
          ))}
        </div>
        <label class="check">
          <input
            type="checkbox"
            checked={only !== undefined}
            onChange={(event) => set({ world: event.currentTarget.checked ? world : undefined })}
          />
          This world
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={hidesProbes}
            onChange={(event) => set({ hidesProbes: event.currentTarget.checked })}
          />
          Hide health checks
        </label>
        <span class="gap" />
        <button
          type="button"
          aria-pressed={isPaused}
          onClick={() => {
            paused.value = isPaused ? undefined : log.rows
          }}
        >
          {isPaused ? `Resume${waiting > 0 ? `, ${waiting} new` : ""}` : "Pause"}
        </button>
        <button
          type="button"
          onClick={() => {
            log.clear()
            paused.value = isPaused ? log.rows : undefined
            selected.value = undefined
            version.value++
          }}
        >
          Clear
        </button>
      </div>
      <p class="count soft">
        {`${rows.length} of ${all.length} requests`}
        {log.dropped > 0 ? ` · ${log.dropped} dropped by the journal` : ""}
        {log.missed > 0 ? ` · ${log.missed} not seen` : ""}
      </p>
      <div class={selected.value === undefined ? "split" : "split open"}>
        {rows.length === 0
          ? (
            <div class="empty">
              <p>{all.length === 0 ? "No requests yet." : "No request matches the filter."}</p>
              {all.length === 0
                ? (
                  <p class="soft">
                    Send one to <code>{`${location.origin}/v1/workspace_secrets`}</code>
                  </p>
                )
                : null}
            </div>
          )
          : (
            <Rows
              label="Requests"
              columns={columns}
              rows={rows}
              newest={rows[0]?.key}
              selected={selected.value}
              onOpen={(key) => {
                selected.value = key
              }}
            />
          )}
        {selected.value === undefined ? null : <Detail number={selected.value} />}
      </div>
    </>
  )
}
