/** The allowed growth after the first tenth of a run: garbage that V8 keeps, independent of the length of the run. */
export const isGrown = (first, last) => last.heap > first.heap * 1.1 + 5e6

export const mb = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`

/** The heap after a garbage collection, and the resident memory. Run with --expose-gc. */
export const measureMemory = () => {
  globalThis.gc()
  globalThis.gc()
  const { arrayBuffers, heapUsed, rss } = process.memoryUsage()
  return { heap: heapUsed + arrayBuffers, rss }
}
