import { nx } from "../nx.mjs"
import { setup } from "../setup.mjs"

/** Builds the server that is soaked. */
export const build = async () => {
  setup()
  const lines = []
  if (await nx(["run", "@workspace-secrets/mock-server:build"], (line) => lines.push(line)) !== 0) {
    throw new Error(lines.join("\n"))
  }
}
