import { build, type BuildOptions } from "esbuild"
import { fileURLToPath } from "node:url"

/** A program of this directory with all that it imports, as one script that names nothing of Node it does not import. */
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
