import assert from "node:assert/strict"
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, describe, it } from "node:test"
import { page, programOf, read } from "./api.mjs"

const about = "/**\n * Ports.\n *\n * @since 0.1.0\n */\n"
const docstring = (...lines) => `/**\n${lines.map((line) => ` * ${line}\n`).join("")} */\n`

describe("the API reference", () => {
  let directory

  before(() => {
    directory = mkdtempSync(join(realpathSync(tmpdir()), "api-"))
  })

  after(() => rmSync(directory, { recursive: true, force: true }))

  /** Reads a module whose source is its declarations. */
  const ofModule = (name, text) => {
    const file = join(directory, `${name}.d.ts`)
    writeFileSync(file, text)
    const module = { file, source: file, specifier: `ports/${name}` }
    return { module, content: read(module, programOf([file])) }
  }

  it("reports missing docstrings of exports and modules, one line each", () => {
    const whole = docstring("A port.", "", "@since 0.1.0", "@category models")
    const { content } = ofModule(
      "Unsaid",
      "export declare const bare: number\n" +
        `${docstring("@since 0.1.0", "@category models")}export declare const silent: number\n` +
        `${docstring("A port.", "", "@since 0.1.0")}export interface Stray {}\n` +
        `${docstring("A port.", "", "@category models")}export declare class Ageless {}\n` +
        `${whole}export type Whole = number\n`
    )
    assert.deepEqual(content.missing, [
      "ports/Unsaid: the module has no docstring",
      "ports/Unsaid: bare has no docstring",
      "ports/Unsaid: bare has no @category",
      "ports/Unsaid: bare has no @since",
      "ports/Unsaid: silent has no docstring",
      "ports/Unsaid: Stray has no @category",
      "ports/Unsaid: Ageless has no @since"
    ])
  })

  it("has a page per module, with exports by category and the schema fields of classes", () => {
    const tags = (category) => ["", "@since 0.1.0", `@category ${category}`]
    const { content, module } = ofModule(
      "Said",
      about +
        "export {}\ndeclare class Fields {\n    readonly port: number;\n    private secret: string;\n}\n" +
        `${docstring("The port that is the default.", ...tags("constants"))}export declare const usual: 80\n` +
        `${docstring("Where to connect.", ...tags("models"))}export declare class Address extends Fields {\n` +
        "    /** The name of a host. */\n    readonly host: string;\n    #cache: string;\n}\n"
    )
    assert.deepEqual(content.missing, [])
    assert.equal(
      page(module, content),
      [
        "# ports/Said",
        "Ports.",
        "- constants: [`usual`](#usual)\n- models: [`Address`](#address)",
        "## constants",
        "### usual\n\nThe port that is the default.\n\n```ts\nconst usual: 80\n```\n\nSince 0.1.0",
        "## models",
        "### Address\n\nWhere to connect.\n\n```ts\nclass Address extends Fields {\n  readonly port: number\n" +
        "  /** The name of a host. */\n  readonly host: string;\n}\n```\n\nSince 0.1.0\n"
      ].join("\n\n")
    )
  })
})
