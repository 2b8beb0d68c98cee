import effect from "@effect/eslint-plugin"
import eslint from "@eslint/js"
import { defineConfig, globalIgnores } from "eslint/config"
import { existsSync } from "node:fs"
import tseslint from "typescript-eslint"

const barrels = ["effect", "@effect/platform", "@effect/platform-node", "@effect/cli"]

// The types of effect4/ are unknown until `npm run effect4` has installed what it needs; that command lints it, too.
const isInstalled = existsSync(new URL("effect4/node_modules", import.meta.url))

export default defineConfig(
  globalIgnores(["**/dist/", "**/coverage/", "**/.nx/", ...(isInstalled ? [] : ["effect4/"])]),
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  eslint.configs.recommended,
  {
    plugins: { "@effect": effect },
    rules: {
      "@effect/dprint": [
        "error",
        {
          config: {
            indentWidth: 2,
            lineWidth: 120,
            semiColons: "asi",
            quoteStyle: "alwaysDouble",
            trailingCommas: "never",
            operatorPosition: "maintain",
            "arrowFunction.useParentheses": "force"
          }
        }
      ],
      "no-restricted-imports": [
        "error",
        {
          paths: barrels.map((name) => ({
            name,
            message: `Import the module itself: import * as X from "${name}/X". The barrel loads the whole package.`
          }))
        }
      ]
    }
  },
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // A class extends Schema.Class<Self>() or Context.Tag()<Self, …>() without a member of its own.
      "@typescript-eslint/no-empty-object-type": ["error", { allowInterfaces: "with-single-extends" }],
      // `export declare namespace` and a value and type under one name are Effect's own style.
      "@typescript-eslint/no-namespace": "off",
      "@typescript-eslint/no-redeclare": "off",
      "no-redeclare": "off",
      // A generator passed to Effect.gen need not yield.
      "require-yield": "off",
      // An Effect fails with tagged errors that need not extend Error.
      "@typescript-eslint/only-throw-error": "off",
      "@typescript-eslint/unbound-method": "off"
    }
  },
  {
    // Programs of strangers: they are compiled against the packed packages or generated clients, outside of this repository.
    files: ["tools/consumers/**/*.ts", "tools/generated-clients/**/*.ts"],
    extends: [tseslint.configs.disableTypeChecked]
  },
  {
    files: ["{,effect4/}packages/*/src/**/*.ts"],
    rules: { "no-console": "error" }
  },
  {
    files: ["packages/*/src/**/*.ts"],
    ignores: ["packages/http-client/src/node.ts", "packages/http-client/src/internal/transport/node*"],
    rules: {
      "no-restricted-globals": [
        "error",
        ...["process", "Buffer", "global", "require", "module", "__dirname", "__filename", "setImmediate"].map((
          name
        ) => ({
          name,
          message: "Packages run wherever Effect does: no globals of Node."
        }))
      ]
    }
  },
  {
    files: ["**/*.{js,mjs,cjs}"],
    languageOptions: {
      globals: {
        console: "readonly",
        process: "readonly",
        performance: "readonly",
        setTimeout: "readonly",
        clearTimeout: "readonly",
        fetch: "readonly",
        URL: "readonly",
        AbortSignal: "readonly",
        Buffer: "readonly",
        TextDecoder: "readonly",
        TextEncoder: "readonly"
      }
    }
  }
)
