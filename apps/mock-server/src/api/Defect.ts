/** What a log may have of a defect: its class and where it happened. A message can quote values. */
export const nameOf = (defect: unknown): string => {
  if (!(defect instanceof Error)) {
    return typeof defect
  }
  // The stack begins with the message, lines of which can look like frames.
  const frames = (defect.stack ?? "").replace(defect.message, "").split("\n").filter((line) => /^\s+at /.test(line))
  return [defect.name, ...frames].join("\n")
}
