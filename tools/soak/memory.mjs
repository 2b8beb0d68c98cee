/** What memory may be more than after the first tenth: what the heap keeps of its own accord, which is the same however long the run. */
export const isGrown = (first, last) => last.heap > first.heap * 1.1 + 5e6

export const mb = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`

/** What this process holds after a garbage collection, and what it has of the system. To be run with --expose-gc. */
export const measureMemory = () => {
  globalThis.gc()
  globalThis.gc()
  const { arrayBuffers, heapUsed, rss } = process.memoryUsage()
  return { heap: heapUsed + arrayBuffers, rss }
}
