/**
 * The questions on which the sources of the contract disagree (WIRE.md, Where the sources disagree). Behaviours refer
 * to this list; the ledger and `docs/fidelity.md` print it.
 *
 * @since 0.1.0
 */

/**
 * The name of a disagreement.
 *
 * @since 0.1.0
 * @category models
 */
export type Name = "values" | "names" | "unsetFields" | "paths"

/**
 * One source with its answer to the question.
 *
 * @since 0.1.0
 * @category models
 */
export interface Source {
  /** Documented or published. */
  readonly provenance: "D" | "P"
  readonly says: string
}

/**
 * A question that two sources answer differently.
 *
 * @since 0.1.0
 * @category models
 */
export interface Disagreement {
  readonly name: Name
  readonly question: string
  readonly sources: readonly [Source, Source]
  /** The answer of the mock server. */
  readonly mockServer: string
  /** The option of `Target` that sets the answer of a server. */
  readonly target: string
}

/**
 * All disagreements.
 *
 * @since 0.1.0
 * @category constants
 */
export const disagreements: ReadonlyArray<Disagreement> = [
  {
    name: "values",
    question: "Does a read return `spec.value`?",
    sources: [
      { provenance: "D", says: "The example answer of get has `spec.value`." },
      { provenance: "P", says: "The guide says that values are never returned, only metadata." }
    ],
    mockServer:
      "It returns the value. With `--write-only-values` it leaves the value out. `spec` is there in both cases.",
    target: "`writeOnlyValues`. Without it, the suite accepts both, but all reads must agree."
  },
  {
    name: "names",
    question: "Is the case of names preserved?",
    sources: [
      { provenance: "D", says: "A name is human-readable, such as \"Email Tool\"." },
      {
        provenance: "P",
        says:
          "The guide says that names are uppercased automatically. In the recorded live runs, names in lower case were accepted."
      }
    ],
    mockServer: "It keeps the name as it was sent. With `--uppercase-names` it writes names in upper case.",
    target: "`uppercaseNames`. Without it, the suite accepts both, but all reads must agree."
  },
  {
    name: "unsetFields",
    question: "Are unset fields in a response?",
    sources: [
      { provenance: "D", says: "The fields are optional." },
      { provenance: "P", says: "The newest OpenAPI document and the types of the SDKs require some of them." }
    ],
    mockServer: "It always writes those that the newest document requires, with their empty value.",
    target: "`omitUnsetFields`. Without it, the suite accepts both, but all answers must agree."
  },
  {
    name: "paths",
    question: "Which paths do secrets have?",
    sources: [
      { provenance: "D", says: "`/v1/workspace_secrets`." },
      { provenance: "P", says: "Since 2026-05, only `/v1/workspaces/{workspaceId}/workspace_secrets`." }
    ],
    mockServer: "It serves both.",
    target: "`paths`: `both`, `unscoped` or `scoped`. Without it, the suite expects both."
  }
]

const cell = (text: string): string => text.replaceAll("|", "\\|")

/**
 * The disagreements as a table of Markdown.
 *
 * @since 0.1.0
 * @category printing
 */
export const toMarkdown: string = [
  "| name | question | one source | the other source | the mock server | the suite is told with |",
  "| --- | --- | --- | --- | --- | --- |",
  ...disagreements.map(({ mockServer, name, question, sources, target }) =>
    `| ${
      [name, question, ...sources.map(({ provenance, says }) => `${provenance}: ${says}`), mockServer, target]
        .map(cell).join(" | ")
    } |`
  ),
  ""
].join("\n")
