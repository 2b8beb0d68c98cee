/** The frame of the page: server, menu of worlds, panes and token form. */
import type { ComponentType } from "preact"
import { useEffect, useRef } from "preact/hooks"
import { access, attempts, enter, refusal } from "./Control.js"
import { follow, perSecond, transport } from "./Live.js"
import { FaultsPane } from "./panes/Faults.js"
import { ReferencePane } from "./panes/Reference.js"
import { RequestsPane } from "./panes/Requests.js"
import { SecretsPane } from "./panes/Secrets.js"
import { TimePane } from "./panes/Time.js"
import { WorldsPane } from "./panes/Worlds.js"
import { act, Notice } from "./Parts.js"
import type { Pane } from "./Route.js"
import { format, go, panes, route } from "./Route.js"
import { load, worlds } from "./Worlds.js"

const titles: Readonly<Record<Pane, string>> = {
  requests: "Requests",
  secrets: "Secrets",
  faults: "Faults",
  time: "Time",
  worlds: "Worlds",
  reference: "Reference"
}

const contents: Readonly<Record<Pane, ComponentType<{ readonly world: string }>>> = {
  requests: RequestsPane,
  secrets: SecretsPane,
  faults: FaultsPane,
  time: TimePane,
  worlds: WorldsPane,
  reference: ReferencePane
}

const reload = () =>
  act(async () => {
    await load()
    return undefined
  })

/** The maximum number of worlds in the menu. Their pane lists all of them. */
const maxChoices = 100

const Picker = () => {
  const { world } = route.value
  const some = worlds.value.slice(0, maxChoices).map(({ id }) => id)
  const choices = some.includes(world) ? some : [world, ...some]
  return (
    <label class="picker">
      <span>World</span>
      <select
        value={world}
        onFocus={() => void reload()}
        onChange={(event) => go({ world: event.currentTarget.value })}
      >
        {choices.map((id) => <option key={id} value={id}>{id}</option>)}
      </select>
    </label>
  )
}

const words = { connecting: "Connecting", events: "Live", polling: "Live, polling", lost: "No connection" } as const

const State = () => (
  <span class={`state ${transport.value}`} role="status">
    {words[transport.value]}
    {perSecond.value > 0 ? <span class="soft" aria-hidden="true">{` ${perSecond.value}/s`}</span> : null}
  </span>
)

/** Asks for the token, if the server needs one. */
const Gate = () => {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])
  return (
    <main class="gate" id="content" tabIndex={-1}>
      <h1>Workspace Secrets mock server</h1>
      {access.value === "closed" ? <p role="alert">{refusal.value}</p> : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            const text = input.current?.value ?? ""
            if (text !== "") {
              enter(text)
            }
          }}
        >
          <p role="alert">{refusal.value}</p>
          <label>
            <span>Control token, or API key</span>
            <input ref={input} type="password" autocomplete="off" spellcheck={false} required />
          </label>
          <button type="submit" class="primary">Open the console</button>
          <p class="soft">It is kept in the memory of this page. A reload asks for it again.</p>
        </form>
      )}
    </main>
  )
}

const isIn = (): boolean => access.value === "open" || access.value === "unknown"

export const App = () => {
  const { pane, world } = route.value
  useEffect(() => {
    const over = new AbortController()
    void reload().then(() => isIn() ? follow(over.signal) : undefined)
    return () => over.abort()
  }, [attempts.value])
  useEffect(() => {
    document.title = `${titles[pane]} · Workspace Secrets mock server`
  }, [pane])
  if (!isIn()) {
    return <Gate />
  }
  const Content = contents[pane]
  return (
    <>
      <a
        class="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault()
          document.getElementById("content")?.focus()
        }}
      >
        To the content
      </a>
      <header class="top">
        <span class="brand">
          Workspace Secrets <span class="soft">mock server</span>
        </span>
        <Picker />
        <State />
      </header>
      <nav aria-label="Panes">
        <ul>
          {panes.map((each) => (
            <li key={each}>
              <a href={format({ pane: each, world })} aria-current={each === pane ? "page" : undefined}>
                {titles[each]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main id="content" tabIndex={-1} class={pane}>
        {access.value === "unknown" ? null : <Content key={world} world={world} />}
      </main>
      <Notice />
    </>
  )
}
