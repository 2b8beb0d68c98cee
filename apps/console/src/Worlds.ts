/** The worlds of the server, as last listed. The control API calls them tenants. */
import { signal } from "@preact/signals"
import { control } from "./Control.js"
import type { World } from "./Wire.js"

export const worlds = signal<ReadonlyArray<World>>([])

export const load = async (): Promise<void> => {
  worlds.value = (await control<{ readonly tenants: ReadonlyArray<World> }>("GET", "/tenants")).tenants
}
