/** The secrets of a world, page by page. Reading them has no side effects: it applies no fault, and changes neither journal nor clock. */
import { useEffect, useState } from "preact/hooks"
import { api, control, messageOf, worldPath } from "../Control.js"
import * as LabelText from "../LabelText.js"
import { act, ConfirmButton, copy, Labels, Moment } from "../Parts.js"
import { SecretForm } from "../SecretForm.js"
import type { Secret, SecretPage } from "../Wire.js"
import { load as loadWorlds, worlds } from "../Worlds.js"

const pageSize = 50

interface Query {
  readonly query: string
  readonly prefix: string
  readonly labels: string
  readonly sortOrder: "asc" | "desc"
}

const none: Query = { query: "", prefix: "", labels: "", sortOrder: "desc" }

const pageOf = (world: string, query: Query, cursor: string, signal: AbortSignal): Promise<SecretPage> => {
  const { labels, prefix, query: text, sortOrder } = query
  const params = { limit: String(pageSize), sortOrder, query: text, prefix, labels: LabelText.query(labels), cursor }
  const given = Object.entries(params).filter(([, value]) => value !== "")
  return control("GET", worldPath(world, `/secrets?${new URLSearchParams(given).toString()}`), undefined, signal)
}

const valueOf = async (world: string, { metadata }: Secret): Promise<string> => {
  const { spec } = await control<Secret>("GET", worldPath(world, `/secrets/${encodeURIComponent(metadata.id)}`))
  return spec?.value ?? ""
}

/** The value that is shown. It is only in this state, one at a time. */
interface Shown {
  readonly id: string
  readonly value: string
}

const Value = ({ secret, setShown, shown, world }: {
  readonly world: string
  readonly secret: Secret
  readonly shown: Shown | undefined
  readonly setShown: (shown: Shown | undefined) => void
}) => {
  const { id, name } = secret.metadata
  return secret.spec?.value === undefined
    ? <span class="soft">not set</span>
    : shown?.id === id
    ? (
      <>
        <code class="value">{shown.value}</code>
        <button type="button" aria-label={`Hide the value of ${name}`} onClick={() => setShown(undefined)}>Hide</button>
      </>
    )
    : (
      <>
        <span class="dots" aria-hidden="true">••••••••</span>
        <button
          type="button"
          aria-label={`Show the value of ${name}`}
          onClick={() =>
            void act(async () => {
              setShown({ id, value: await valueOf(world, secret) })
              return undefined
            })}
        >
          Show
        </button>
        <button
          type="button"
          aria-label={`Copy the value of ${name}`}
          onClick={() =>
            void act(async () => {
              await copy(await valueOf(world, secret), "Value")
              return undefined
            })}
        >
          Copy
        </button>
      </>
    )
}

export const SecretsPane = ({ world }: { readonly world: string }) => {
  const [query, setQuery] = useState(none)
  /** The cursors of the pages up to this one. */
  const [cursors, setCursors] = useState<ReadonlyArray<string>>([""])
  const [page, setPage] = useState<SecretPage | undefined>(undefined)
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const [changes, setChanges] = useState(0)
  const [edited, setEdited] = useState<Secret | "new" | undefined>(undefined)
  const [shown, setShown] = useState<Shown | undefined>(undefined)
  const cursor = cursors.at(-1) ?? ""
  useEffect(() => {
    const over = new AbortController()
    setShown(undefined)
    pageOf(world, query, cursor, over.signal).then((page) => {
      setPage(page)
      setProblem(undefined)
    }, (error: unknown) => {
      if (!over.signal.aborted) {
        setPage(undefined)
        setProblem(messageOf(error))
      }
    })
    return () => over.abort()
  }, [world, query, cursor, changes])
  const change = (part: Partial<Query>) => {
    setQuery({ ...query, ...part })
    setCursors([""])
  }
  const changed = () => {
    setEdited(undefined)
    setChanges(changes + 1)
    void act(async () => {
      await loadWorlds()
      return undefined
    })
  }
  const remove = ({ metadata }: Secret) =>
    act(async () => {
      await api(world, "DELETE", `/workspace_secrets/${encodeURIComponent(metadata.id)}`)
      changed()
      return "Secret deleted"
    })
  const total = worlds.value.find(({ id }) => id === world)?.secrets
  const nextCursor = page?.pagination.nextCursor ?? ""
  const first = (cursors.length - 1) * pageSize
  const search = (name: "query" | "prefix" | "labels", title: string, hint: string) => (
    <input
      type="search"
      aria-label={title}
      placeholder={hint}
      value={query[name]}
      onInput={(event) => change({ [name]: event.currentTarget.value })}
    />
  )
  return (
    <>
      <div class="bar">
        <h1>Secrets</h1>
        {search("query", "Search names, external ids and labels", "Search")}
        {search("prefix", "Prefix of the name", "Name begins with")}
        {search("labels", "Labels", "Labels: team=billing")}
        <select
          aria-label="Order"
          value={query.sortOrder}
          onChange={(event) => change({ sortOrder: event.currentTarget.value === "asc" ? "asc" : "desc" })}
        >
          <option value="desc">Newest first</option>
          <option value="asc">Oldest first</option>
        </select>
        <span class="gap" />
        <button type="button" class="primary" onClick={() => setEdited("new")}>New secret</button>
      </div>
      <div class="scroll">
        {problem !== undefined ? <p role="alert" class="empty">{problem}</p> : null}
        {page?.items.length === 0 ? <p class="empty">No secret matches.</p> : null}
        {page === undefined || page.items.length === 0 ? null : (
          <table class="list">
            <caption class="hidden">Secrets</caption>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Value</th>
                <th scope="col">External id</th>
                <th scope="col">Labels</th>
                <th scope="col">Created, updated</th>
                <th scope="col">
                  <span class="hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {page.items.map((secret) => {
                const { createdAt, externalId, id, labels, name, updatedAt } = secret.metadata
                return (
                  <tr key={id}>
                    <th scope="row">
                      {name}
                      <br />
                      <code class="soft">{id}</code>
                    </th>
                    <td data-title="Value" class="valued">
                      <Value world={world} secret={secret} shown={shown} setShown={setShown} />
                    </td>
                    <td data-title="External id">{externalId === "" ? null : externalId}</td>
                    <td data-title="Labels">
                      <Labels labels={labels} />
                    </td>
                    <td data-title="Created, updated">
                      <Moment at={createdAt} />
                      {updatedAt === undefined || updatedAt === "" ? null : (
                        <>
                          <br />
                          <Moment at={updatedAt} />
                        </>
                      )}
                    </td>
                    <td class="actions">
                      <button type="button" aria-label={`Edit ${name}`} onClick={() => setEdited(secret)}>Edit</button>
                      <ConfirmButton question={`Delete ${name}?`} onConfirm={() => void remove(secret)}>
                        Delete
                      </ConfirmButton>
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        )}
      </div>
      <div class="pages">
        <button
          type="button"
          disabled={cursors.length === 1}
          onClick={() => setCursors(cursors.slice(0, -1))}
        >
          Previous
        </button>
        <span class="soft" role="status">
          {page === undefined || page.items.length === 0
            ? ""
            : `${first + 1} to ${first + page.items.length}${total === undefined ? "" : `, of ${total} in this world`}`}
        </span>
        <button type="button" disabled={nextCursor === ""} onClick={() => setCursors([...cursors, nextCursor])}>
          Next
        </button>
      </div>
      {edited === undefined ? null : (
        <SecretForm
          world={world}
          secret={edited === "new" ? undefined : edited}
          onClose={() => setEdited(undefined)}
          onDone={changed}
        />
      )}
    </>
  )
}
