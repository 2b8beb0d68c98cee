/** Parses server-sent events (HTML standard, 9.2.6): returns the data of each event that a chunk completes. */
export const makeReader = (): (chunk: string) => ReadonlyArray<string> => {
  let rest = ""
  return (chunk) => {
    const events = (rest + chunk).split("\n\n")
    rest = events.pop() ?? ""
    return events.flatMap((event) => {
      const data = event.split("\n").flatMap((line) =>
        line.startsWith("data:") ? [line.slice(5).replace(/^ /, "")] : []
      )
      return data.length === 0 ? [] : [data.join("\n")]
    })
  }
}
