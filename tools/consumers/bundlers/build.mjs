// Bundles main.mjs as an ES module for Node with four bundlers, each with undici inside and outside of the bundle.
import commonjs from "@rollup/plugin-commonjs"
import { nodeResolve } from "@rollup/plugin-node-resolve"
import * as esbuild from "esbuild"
import { builtinModules } from "node:module"
import { resolve } from "node:path"
import { rollup } from "rollup"
import * as vite from "vite"
import webpack from "webpack"

const isUndici = (id) => /^undici($|\/)/.test(id)
const isBuiltin = (id) => id.startsWith("node:") || builtinModules.includes(id)

// undici requires node:sqlite only if it exists; an import of it fails on Node 20.
const commonjsOptions = { ignore: ["node:sqlite"] }

const bundlers = {
  esbuild: (inside) =>
    esbuild.build({
      entryPoints: ["main.mjs"],
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: `out/esbuild-${inside}.mjs`,
      logLevel: "error",
      external: inside ? [] : ["undici"],
      // CommonJS inside an ES module needs a `require`.
      banner: inside
        ? { js: "import { createRequire } from \"node:module\"; const require = createRequire(import.meta.url);" }
        : {}
    }),

  rollup: async (inside) => {
    const bundle = await rollup({
      input: "main.mjs",
      external: (id) => isBuiltin(id) || (!inside && isUndici(id)),
      plugins: [nodeResolve({ preferBuiltins: true, exportConditions: ["node"] }), commonjs(commonjsOptions)],
      onwarn: () => {}
    })
    await bundle.write({ file: `out/rollup-${inside}.mjs`, format: "es", inlineDynamicImports: true })
  },

  vite: (inside) =>
    vite.build({
      configFile: false,
      logLevel: "error",
      build: {
        ssr: "main.mjs",
        outDir: "out",
        emptyOutDir: false,
        target: "node20",
        commonjsOptions,
        rollupOptions: { output: { entryFileNames: `vite-${inside}.mjs` } }
      },
      ssr: inside ? { noExternal: true } : { noExternal: /^(?!undici)/, external: ["undici"] }
    }),

  webpack: (inside) =>
    new Promise((done, fail) =>
      webpack(
        {
          mode: "production",
          target: "node20",
          entry: "./main.mjs",
          experiments: { outputModule: true },
          output: { path: resolve("out"), filename: `webpack-${inside}.mjs`, library: { type: "module" } },
          externals: inside
            ? []
            : [({ request }, next) => isUndici(request) ? next(null, `module ${request}`) : next()],
          optimization: { minimize: false }
        },
        (error, stats) => error || stats.hasErrors() ? fail(error ?? new Error(stats.toString("errors-only"))) : done()
      )
    )
}

for (const bundle of Object.values(bundlers)) {
  await bundle("inside")
  await bundle("outside")
}
