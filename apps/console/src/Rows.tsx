/** A long list of rows with equal height. Only rows in view are in the document. Arrow keys move between rows. */
import type { ComponentChildren } from "preact"
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks"

/** The height of a row and of the head, in pixels. The style sheet has the same. */
export const rowHeight = 28

/** Extra rows above and below those in view. */
const margin = 6

export interface Row {
  /** Identifies the row. */
  readonly key: number
  /** Renders the cells. Only called for rows in view. */
  readonly cells: () => ReadonlyArray<ComponentChildren>
  /** The CSS class of the row. */
  readonly kind: string
}

export const Rows = ({ columns, label, newest, onOpen, rows, selected }: {
  readonly label: string
  readonly columns: ReadonlyArray<{ readonly title: string; readonly name: string }>
  readonly rows: ReadonlyArray<Row>
  /** Changes when rows are added. They are added at the top, and rows in view must not move then. */
  readonly newest: number | undefined
  readonly selected: number | undefined
  readonly onOpen: (key: number) => void
}) => {
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 600 })
  const [current, setCurrent] = useState<number | undefined>(undefined)
  /** The key of the first row in the last render. */
  const first = useRef<number | undefined>(undefined)
  /** Whether a key was pressed to move to another row, which gets the focus as soon as it is rendered. */
  const hasMoved = useRef(false)

  useLayoutEffect(() => {
    const element = box.current
    if (element !== null && element.scrollTop > 0) {
      const added = rows.findIndex(({ key }) => key === first.current)
      if (added > 0) {
        element.scrollTop += added * rowHeight
      }
    }
    first.current = rows[0]?.key
  }, [newest, rows])

  useEffect(() => {
    const element = box.current
    if (element === null) {
      return
    }
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight })
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    element.addEventListener("scroll", measure, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener("scroll", measure)
    }
  }, [])

  const at = Math.max(0, rows.findIndex(({ key }) => key === (current ?? selected)))
  const from = Math.max(0, Math.floor(view.top / rowHeight) - margin)
  const to = Math.min(rows.length, Math.ceil((view.top + view.height) / rowHeight) + margin)
  const shown = rows.slice(from, to)

  useLayoutEffect(() => {
    if (hasMoved.current) {
      hasMoved.current = false
      box.current?.querySelector<HTMLElement>(`[data-key="${current}"]`)?.focus({ preventScroll: true })
    }
  })

  const move = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))]
    const element = box.current
    if (row === undefined || element === null) {
      return
    }
    // Scrolls the row into view. The head covers the height of one row.
    const top = rows.indexOf(row) * rowHeight
    const head = rowHeight
    if (top < element.scrollTop) {
      element.scrollTop = top
    } else if (top + rowHeight > element.scrollTop + element.clientHeight - head) {
      element.scrollTop = top + rowHeight - element.clientHeight + head
    }
    hasMoved.current = true
    setView({ top: element.scrollTop, height: element.clientHeight })
    setCurrent(row.key)
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 2)
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: rows.length - 1
    }
    const to = steps[event.key]
    if (to !== undefined) {
      event.preventDefault()
      move(to)
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault()
      const row = rows[at]
      if (row !== undefined) {
        onOpen(row.key)
      }
    }
  }

  return (
    <div
      ref={box}
      class="rows"
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      tabIndex={rows.length === 0 ? 0 : -1}
      onKeyDown={onKeyDown}
    >
      <div class="row head" role="row" aria-rowindex={1}>
        {columns.map(({ name, title }) => <span key={name} role="columnheader" class={name}>{title}</span>)}
      </div>
      <div role="rowgroup" class="sheet" style={{ height: `${rows.length * rowHeight}px` }}>
        {shown.map(({ cells, key, kind }, i) => (
          <div
            key={key}
            data-key={key}
            role="row"
            class={`row ${kind}`}
            aria-rowindex={from + i + 2}
            aria-selected={key === selected}
            tabIndex={from + i === at || (i === 0 && (at < from || at >= to)) ? 0 : -1}
            style={{ top: `${(from + i) * rowHeight}px` }}
            onClick={() => {
              setCurrent(key)
              onOpen(key)
            }}
          >
            {cells().map((cell, j) => <span key={j} role="gridcell" class={columns[j]?.name}>{cell}</span>)}
          </div>
        ))}
      </div>
    </div>
  )
}
