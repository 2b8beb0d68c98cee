/** Small components that the panes share. */
import { signal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import { useEffect, useRef, useState } from "preact/hooks"
import { messageOf } from "./Control.js"

/** Announces a message, also to screen readers. */
export const notice = signal<{ readonly text: string; readonly isError: boolean } | undefined>(undefined)

export const say = (text: string): void => {
  notice.value = { text, isError: false }
}

/** Runs an action of the user, and shows its error. */
export const act = async (action: () => Promise<string | undefined>): Promise<boolean> => {
  try {
    const done = await action()
    if (done !== undefined) {
      say(done)
    }
    return true
  } catch (error) {
    notice.value = { text: messageOf(error), isError: true }
    return false
  }
}

export const Notice = () => {
  const current = notice.value
  useEffect(() => {
    if (current === undefined || current.isError) {
      return
    }
    const timer = setTimeout(() => {
      notice.value = undefined
    }, 4000)
    return () => clearTimeout(timer)
  }, [current])
  return (
    <div class="notices" aria-live="polite">
      {current === undefined ?
        null :
        (
          <div class={current.isError ? "notice wrong" : "notice"} role={current.isError ? "alert" : "status"}>
            <span>{current.text}</span>
            <button
              type="button"
              class="quiet"
              aria-label="Dismiss"
              onClick={() => {
                notice.value = undefined
              }}
            >
              ×
            </button>
          </div>
        )}
    </div>
  )
}

/** Copies a text to the clipboard, and announces it. */
export const copy = (text: string, what: string): Promise<boolean> =>
  act(async () => {
    await navigator.clipboard.writeText(text)
    return `${what} copied`
  })

export const CopyButton = ({ children, text, what }: {
  readonly text: () => string
  readonly what: string
  readonly children: ComponentChildren
}) => (
  <button type="button" onClick={() => void copy(text(), what)}>
    {children}
  </button>
)

/** A button that asks for confirmation. */
export const ConfirmButton = ({ children, onConfirm, question }: {
  readonly question: string
  readonly onConfirm: () => void
  readonly children: string
}) => {
  const [isAsking, setAsking] = useState(false)
  const sure = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (isAsking) {
      sure.current?.focus()
    }
  }, [isAsking])
  return isAsking
    ? (
      <span
        class="confirm"
        role="group"
        aria-label={question}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.stopPropagation()
            setAsking(false)
          }
        }}
      >
        <button
          ref={sure}
          type="button"
          class="danger"
          onClick={() => {
            setAsking(false)
            onConfirm()
          }}
        >
          {question}
        </button>
        <button type="button" onClick={() => setAsking(false)}>Keep</button>
      </span>
    )
    : (
      <button type="button" onClick={() => setAsking(true)}>
        {children}
      </button>
    )
}

/** A modal dialog: the browser's own, which keeps the focus and closes on Escape. */
export const Dialog = ({ children, onClose, title }: {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}) => {
  const element = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    element.current?.showModal()
  }, [])
  return (
    <dialog ref={element} aria-labelledby="dialog-title" onClose={onClose}>
      <header>
        <h2 id="dialog-title">{title}</h2>
        <button type="button" class="quiet" aria-label="Close" onClick={() => element.current?.close()}>×</button>
      </header>
      {children}
    </dialog>
  )
}

/** JSON with different colours for keys and values. */
export const Json = ({ value }: { readonly value: unknown }) => {
  const token = /("(?:\\.|[^"\\])*")(\s*:)?|-?\d[\d.eE+-]*|\b(?:true|false|null)\b/g
  const text = JSON.stringify(value, undefined, 2)
  const parts: Array<ComponentChildren> = []
  let end = 0
  for (const match of text.matchAll(token)) {
    const [whole, string, colon] = match
    parts.push(
      text.slice(end, match.index),
      <span class={string === undefined ? "n" : colon === undefined ? "s" : "k"}>{string ?? whole}</span>,
      colon ?? ""
    )
    end = match.index + whole.length
  }
  return <pre tabIndex={0}><code>{parts}{text.slice(end)}</code></pre>
}

/** A time of the server, to the second. */
export const Moment = ({ at }: { readonly at: string }) => (
  <time dateTime={at} title={at}>{at.slice(0, 19).replace("T", " ")}</time>
)

export const Labels = ({ labels }: { readonly labels: Readonly<Record<string, string>> | undefined }) => (
  <>
    {Object.entries(labels ?? {}).map(([key, value]) => <span key={key} class="label">{key}={value}</span>)}
  </>
)
