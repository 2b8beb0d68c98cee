import { nx } from "../nx.mjs"
import { setup } from "../setup.mjs"

/** Builds the tested project. Default: the server. */
export const build = async (project = "@workspace-secrets/mock-server") => {
  setup()
  const lines = []
  if (await nx(["run", `${project}:build`], (line) => lines.push(line)) !== 0) {
    throw new Error(lines.join("\n"))
  }
}
