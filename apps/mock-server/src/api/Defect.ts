/** The part of a defect that may be logged: its class and stack frames. Its message can quote values. */
export const nameOf = (defect: unknown): string => {
  if (!(defect instanceof Error)) {
    return typeof defect
  }
  // The stack begins with the message, whose lines can look like frames.
  const frames = (defect.stack ?? "").replace(defect.message, "").split("\n").filter((line) => /^\s+at /.test(line))
  return [defect.name, ...frames].join("\n")
}
