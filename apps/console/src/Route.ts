/** The route of the page: a pane and a world, in the fragment of the URL, such as `#/secrets/default`. */
import { signal } from "@preact/signals"

/** The panes of the page. The first is the default. */
export const panes = ["requests", "secrets", "faults", "time", "worlds", "reference"] as const

export type Pane = (typeof panes)[number]

export interface Route {
  readonly pane: Pane
  readonly world: string
}

/** The first world of a server. */
export const firstWorld = "default"

/** Decodes the world of a fragment. Invalid text means the first world. */
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

/** The current route. */
export const route = signal<Route>({ pane: "requests", world: firstWorld })

/** Follows the URL from now on. */
export const followLocation = (): void => {
  const read = () => {
    route.value = parse(location.hash)
  }
  addEventListener("hashchange", read)
  read()
}

/** Changes the route, and with it the URL. */
export const go = (to: Partial<Route>): void => {
  location.hash = format({ ...route.value, ...to })
}
