import { build, type BuildOptions } from "esbuild"
import { fileURLToPath } from "node:url"

/** Bundles a program of this directory into one script without Node globals. */
export const bundle = async (entry: string, options: BuildOptions): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    write: false,
    logLevel: "error",
    conditions: ["@workspace-secrets/source"],
    ...options
  })
  return outputFiles?.[0]?.text ?? ""
}
