import { defineConfig } from "vitest/config"
import { project } from "../../tools/vitest.base.js"

const config = project("http-client")

// Without "module", which Node is given too: under it, OpenTelemetry has modules that only a bundler can load.
const resolve = { conditions: config.ssr?.resolve?.conditions?.filter((condition) => condition !== "module") ?? [] }

export default defineConfig({ ...config, resolve, ssr: { resolve } })
