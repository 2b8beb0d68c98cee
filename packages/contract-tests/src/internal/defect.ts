import * as Cause from "effect/Cause"

/** Where a stack was, without the message before it: that may quote anything, and have lines of its own that look like these. */
const framesOf = ({ message, name, stack = "" }: Error): ReadonlyArray<string> => {
  const head = message === "" ? name : `${name}: ${message}`
  return stack.startsWith(head) ? stack.slice(head.length).split("\n").filter((line) => /^ {4}at /.test(line)) : []
}

/** What may be told of a defect: its class, and where it was. */
const outlineOfOne = (defect: unknown): string =>
  defect instanceof Error
    ? [/^\w{1,40}$/.test(defect.name) ? defect.name : "Error", ...framesOf(defect)].join("\n")
    : typeof defect

/** What may be told of what a command has failed with, which is nobody's fault but its own. */
export const outlineOf = (failed: unknown): string =>
  `the command failed: ${
    (Cause.isCause(failed) ? [...Cause.failures(failed), ...Cause.defects(failed)] : [failed]).map(outlineOfOne).join(
      "\n"
    )
  }\n`
