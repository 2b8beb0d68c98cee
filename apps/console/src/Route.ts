/** What the page shows: a pane and a world, which are in the fragment of its URL, such as `#/secrets/default`. */
import { signal } from "@preact/signals"

export const panes = ["requests", "secrets", "faults", "time", "worlds", "reference"] as const

export type Pane = (typeof panes)[number]

export interface Route {
  readonly pane: Pane
  readonly world: string
}

/** The world that a server begins with. */
export const firstWorld = "default"

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return firstWorld
  }
}

export const parse = (fragment: string): Route => {
  const [name, world = ""] = fragment.replace(/^#?\/?/, "").split("/")
  return { pane: panes.find((pane) => pane === name) ?? "requests", world: decode(world) || firstWorld }
}

export const format = ({ pane, world }: Route): string => `#/${pane}/${encodeURIComponent(world)}`

export const route = signal<Route>({ pane: "requests", world: firstWorld })

/** Goes along with the URL from now on. */
export const followLocation = (): void => {
  const read = () => {
    route.value = parse(location.hash)
  }
  addEventListener("hashchange", read)
  read()
}

export const go = (to: Partial<Route>): void => {
  location.hash = format({ ...route.value, ...to })
}
