/** Creates a secret, or edits one with an update mask. Both are requests to the API. */
import { useRef, useState } from "preact/hooks"
import { api } from "./Control.js"
import { act, Dialog } from "./Parts.js"
import type { Fields, ValueChange } from "./SecretEdit.js"
import * as SecretEdit from "./SecretEdit.js"
import type { Secret } from "./Wire.js"

export const SecretForm = ({ onClose, onDone, secret, world }: {
  readonly world: string
  /** The secret to edit. `undefined` to create one. */
  readonly secret: Secret | undefined
  readonly onClose: () => void
  readonly onDone: () => void
}) => {
  const before = SecretEdit.fieldsOf(secret)
  const [fields, setFields] = useState<Fields>(before)
  const [action, setAction] = useState<ValueChange["type"]>(secret === undefined ? "set" : "keep")
  // The value is only in its input field: it is read when the form is sent.
  const value = useRef<HTMLTextAreaElement>(null)
  const changeOf = (): ValueChange =>
    action === "set"
      ? secret === undefined && value.current?.value === "" ? { type: "keep" } : {
        type: "set",
        value: value.current?.value ?? ""
      }
      : { type: action }
  const change: ValueChange = action === "set" ? { type: "set", value: "" } : { type: action }
  const mask = SecretEdit.maskOf(before, fields, change)
  const field = (name: keyof Fields, title: string, hint = "") => (
    <label>
      <span>{title}</span>
      <input
        value={fields[name]}
        placeholder={hint}
        autocomplete="off"
        spellcheck={false}
        required={name === "name"}
        onInput={(event) => setFields({ ...fields, [name]: event.currentTarget.value })}
      />
    </label>
  )
  const send = () =>
    act(async () => {
      if (secret === undefined) {
        await api(world, "POST", "/workspace_secrets", SecretEdit.creation(fields, changeOf()))
      } else {
        await api(
          world,
          "PATCH",
          `/workspace_secrets/${encodeURIComponent(secret.metadata.id)}`,
          SecretEdit.update(before, fields, changeOf())
        )
      }
      onDone()
      return secret === undefined ? "Secret created" : "Secret updated"
    })
  return (
    <Dialog title={secret === undefined ? "New secret" : "Edit secret"} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        {field("name", "Name")}
        {field("externalId", "External id")}
        {field("labels", "Labels", "team=billing, env=prod")}
        {secret === undefined ? null : (
          <label>
            <span>Value</span>
            <select
              value={action}
              onChange={(event) => setAction(event.currentTarget.value as ValueChange["type"])}
            >
              <option value="keep">Keep as it is</option>
              <option value="set">Set a new one</option>
              <option value="clear">Clear</option>
            </select>
          </label>
        )}
        {action !== "set" ? null : (
          <label>
            <span>{secret === undefined ? "Value" : "New value"}</span>
            <textarea ref={value} class="secret" rows={2} autocomplete="off" spellcheck={false} />
          </label>
        )}
        {secret === undefined ? null : (
          <p class="soft">
            Update mask: <code>{mask.length === 0 ? "nothing is changed yet" : mask.join(",")}</code>
          </p>
        )}
        <div class="actions">
          <button type="submit" class="primary" disabled={secret !== undefined && mask.length === 0}>
            {secret === undefined ? "Create" : "Save"}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
