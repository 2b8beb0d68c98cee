/** The worlds of the server, one per API key. */
import { useEffect, useRef, useState } from "preact/hooks"
import { control, worldPath } from "../Control.js"
import { act, ConfirmButton, CopyButton } from "../Parts.js"
import { firstWorld, format, go, route } from "../Route.js"
import type { World } from "../Wire.js"
import { load, worlds } from "../Worlds.js"

/** The maximum number of listed worlds. The filter finds the others. */
const maxListed = 200

/** Saves a snapshot as a file. The text is released as soon as the browser has it. */
const save = async (world: string): Promise<void> => {
  const snapshot = await control<unknown>("GET", worldPath(world, "/snapshot"))
  const url = URL.createObjectURL(new Blob([JSON.stringify(snapshot, undefined, 2)], { type: "application/json" }))
  const link = document.createElement("a")
  link.href = url
  link.download = `${world}.snapshot.json`
  link.click()
  URL.revokeObjectURL(url)
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error("The file is not JSON.")
  }
}

const change = (action: () => Promise<unknown>, done: string) =>
  act(async () => {
    await action()
    await load()
    return done
  })

const Restore = ({ world }: { readonly world: string }) => {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <button type="button" onClick={() => input.current?.click()}>Restore…</button>
      <input
        ref={input}
        type="file"
        accept="application/json,.json"
        class="hidden"
        tabIndex={-1}
        aria-label={`A snapshot for ${world}`}
        onChange={(event) => {
          const { currentTarget } = event
          const file = currentTarget.files?.[0]
          if (file !== undefined) {
            void change(async () => {
              await control("PUT", worldPath(world, "/snapshot"), parse(await file.text()))
              currentTarget.value = ""
            }, `${world} restored`)
          }
        }}
      />
    </>
  )
}

/** The API key of a new world, which this page shows on request. */
const NewKey = ({ apiKey, onClose, world }: {
  readonly world: string
  readonly apiKey: string
  readonly onClose: () => void
}) => {
  const [isShown, setShown] = useState(false)
  return (
    <div class="panel new" role="status">
      <p>
        <strong>{world}</strong> is ready. Its API key:
      </p>
      <div class="actions">
        <code>{isShown ? apiKey : "••••••••"}</code>
        <button type="button" onClick={() => setShown(!isShown)}>{isShown ? "Hide" : "Show"}</button>
        <CopyButton text={() => apiKey} what="API key">Copy</CopyButton>
        <button type="button" class="quiet" aria-label="Dismiss the key" onClick={onClose}>×</button>
      </div>
    </div>
  )
}

const make = (id: string) => control<World & { readonly apiKey: string }>("POST", "/tenants", id === "" ? {} : { id })

export const WorldsPane = () => {
  const [text, setText] = useState("")
  const [name, setName] = useState("")
  const [made, setMade] = useState<{ readonly id: string; readonly apiKey: string } | undefined>(undefined)
  useEffect(() => {
    void act(async () => {
      await load()
      return undefined
    })
  }, [])
  const matching = worlds.value.filter(({ id, workspaceId }) =>
    `${id} ${workspaceId}`.toLowerCase().includes(text.toLowerCase())
  )
  const listed = matching.slice(0, maxListed)
  const { world: current } = route.value
  return (
    <>
      <div class="bar">
        <h1>Worlds</h1>
        <input
          type="search"
          aria-label="Filter worlds"
          placeholder="Filter"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <span class="gap" />
        <form
          class="inline"
          onSubmit={(event) => {
            event.preventDefault()
            void act(async () => {
              const { apiKey, id } = await make(name.trim())
              setMade({ id, apiKey })
              setName("")
              await load()
              return undefined
            })
          }}
        >
          <input
            aria-label="Name of the new world"
            placeholder="Name, or none"
            value={name}
            spellcheck={false}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <button type="submit" class="primary">New world</button>
        </form>
      </div>
      {made === undefined
        ? null
        : <NewKey key={made.id} world={made.id} apiKey={made.apiKey} onClose={() => setMade(undefined)} />}
      <div class="scroll">
        {listed.length === 0 ? <p class="empty">No world matches.</p> : (
          <table class="list">
            <caption class="hidden">Worlds</caption>
            <thead>
              <tr>
                <th scope="col">World</th>
                <th scope="col" class="figure">Secrets</th>
                <th scope="col">Workspace</th>
                <th scope="col">Account</th>
                <th scope="col">
                  <span class="hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {listed.map(({ accountId, id, secrets, workspaceAlias, workspaceId }) => (
                <tr key={id} aria-current={id === current ? "true" : undefined}>
                  <th scope="row">
                    <a href={format({ pane: "secrets", world: id })}>{id}</a>
                  </th>
                  <td data-title="Secrets" class="figure">{secrets}</td>
                  <td data-title="Workspace">
                    <code>{workspaceId}</code> <span class="soft">{workspaceAlias}</span>
                  </td>
                  <td data-title="Account">
                    <code>{accountId}</code>
                  </td>
                  <td class="actions">
                    <button
                      type="button"
                      title="The file has the values of the secrets in plain text"
                      onClick={() =>
                        void act(async () => {
                          await save(id)
                          return `Snapshot of ${id} saved, with the values of its secrets`
                        })}
                    >
                      Snapshot
                    </button>
                    <Restore world={id} />
                    <ConfirmButton
                      question={`Reset ${id}?`}
                      onConfirm={() =>
                        void change(() =>
                          control("POST", worldPath(id, "/reset")), `${id} reset`)}
                    >
                      Reset
                    </ConfirmButton>
                    {id === firstWorld ? null : (
                      <ConfirmButton
                        question={`Remove ${id}?`}
                        onConfirm={() =>
                          void change(async () => {
                            await control("DELETE", worldPath(id))
                            if (id === current) {
                              go({ world: firstWorld })
                            }
                          }, `${id} removed`)}
                      >
                        Remove
                      </ConfirmButton>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {matching.length > listed.length
          ? <p class="soft">{`${matching.length - listed.length} more: filter by name to see them.`}</p>
          : null}
      </div>
    </>
  )
}
