/** The fault rules of a world, with how often each was applied and still can be. */
import { useEffect, useState } from "preact/hooks"
import { control, worldPath } from "../Control.js"
import * as FaultEdit from "../FaultEdit.js"
import { settled } from "../Live.js"
import { act, ConfirmButton } from "../Parts.js"
import type { FaultRule, FaultStatus } from "../Wire.js"

const parse = (text: string): FaultRule => {
  try {
    return JSON.parse(text) as FaultRule
  } catch {
    throw new Error("The rule is not JSON.")
  }
}

export const FaultsPane = ({ world }: { readonly world: string }) => {
  const [faults, setFaults] = useState<ReadonlyArray<FaultStatus>>([])
  const [text, setText] = useState(FaultEdit.format(FaultEdit.presets[0]?.rule ?? {}))
  const path = worldPath(world, "/faults")
  const read = () =>
    act(async () => {
      setFaults((await control<{ readonly faults: ReadonlyArray<FaultStatus> }>("GET", path)).faults)
      return undefined
    })
  useEffect(() => {
    void read()
  }, [world, settled.value])
  const change = (action: () => Promise<unknown>, done: string) =>
    act(async () => {
      await action()
      await read()
      return done
    })
  return (
    <>
      <div class="bar">
        <h1>Faults</h1>
        <span class="gap" />
        {faults.length === 0 ? null : (
          <ConfirmButton
            question="Remove all rules?"
            onConfirm={() => void change(() => control("DELETE", path), "All rules removed")}
          >
            Remove all
          </ConfirmButton>
        )}
      </div>
      <div class="scroll columns">
        <section class="wide">
          {faults.length === 0
            ? <p class="empty">No rule. Every request is answered as the API would.</p>
            : (
              <table class="list">
                <caption class="hidden">Fault rules, the first that matches is applied</caption>
                <thead>
                  <tr>
                    <th scope="col">Rule</th>
                    <th scope="col">For</th>
                    <th scope="col">Does</th>
                    <th scope="col">When</th>
                    <th scope="col" class="figure">Matched</th>
                    <th scope="col" class="figure">Applied</th>
                    <th scope="col" class="figure">Remaining</th>
                    <th scope="col">
                      <span class="hidden">Actions</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {faults.map((fault) => {
                    const left = FaultEdit.remaining(fault)
                    return (
                      <tr key={fault.name} class={left === 0 ? "spent" : ""}>
                        <th scope="row">{fault.name}</th>
                        <td data-title="For">{FaultEdit.subjectOf(fault.rule)}</td>
                        <td data-title="Does">{FaultEdit.effectOf(fault.rule)}</td>
                        <td data-title="When">{FaultEdit.turnOf(fault.rule)}</td>
                        <td data-title="Matched" class="figure">{fault.calls}</td>
                        <td data-title="Applied" class="figure">{fault.hits}</td>
                        <td data-title="Remaining" class="figure">{left === Infinity ? "∞" : left}</td>
                        <td class="actions">
                          <button
                            type="button"
                            aria-label={`Remove ${fault.name}`}
                            onClick={() =>
                              void change(
                                () => control("DELETE", `${path}/${encodeURIComponent(fault.name)}`),
                                `${fault.name} removed`
                              )}
                          >
                            Remove
                          </button>
                        </td>
                      </tr>
                    )
                  })}
                </tbody>
              </table>
            )}
        </section>
        <section class="panel">
          <h2>Add a rule</h2>
          <form
            onSubmit={(event) => {
              event.preventDefault()
              void change(() => control("POST", path, { faults: [parse(text)] }), "Rule added")
            }}
          >
            <label>
              <span>Start from</span>
              <select
                onChange={(event) => {
                  const preset = FaultEdit.presets[event.currentTarget.selectedIndex]
                  if (preset !== undefined) {
                    setText(FaultEdit.format(preset.rule))
                  }
                }}
              >
                {FaultEdit.presets.map(({ title }) => <option key={title}>{title}</option>)}
              </select>
            </label>
            <label>
              <span>Rule</span>
              <textarea
                class="code"
                rows={12}
                spellcheck={false}
                value={text}
                onInput={(event) => setText(event.currentTarget.value)}
              />
            </label>
            <p class="soft">
              Fields: <code>name operation id externalId nth times probability when delayMillis error close body</code>
            </p>
            <div class="actions">
              <button type="submit" class="primary">Add</button>
            </div>
          </form>
        </section>
      </div>
    </>
  )
}
