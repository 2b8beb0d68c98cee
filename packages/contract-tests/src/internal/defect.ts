import * as Cause from "effect/Cause"

/** The frames of a stack without the message, which may quote anything and contain lines that look like frames. */
const framesOf = ({ message, name, stack = "" }: Error): ReadonlyArray<string> => {
  const head = message === "" ? name : `${name}: ${message}`
  return stack.startsWith(head) ? stack.slice(head.length).split("\n").filter((line) => /^ {4}at /.test(line)) : []
}

/** Formats a defect: class and frames only. */
const outlineOfOne = (defect: unknown): string =>
  defect instanceof Error
    ? [/^\w{1,40}$/.test(defect.name) ? defect.name : "Error", ...framesOf(defect)].join("\n")
    : typeof defect

/** Formats an unexpected failure of a command, without its message. */
export const outlineOf = (failed: unknown): string =>
  `the command failed: ${
    (Cause.isCause(failed) ? [...Cause.failures(failed), ...Cause.defects(failed)] : [failed]).map(outlineOfOne).join(
      "\n"
    )
  }\n`
