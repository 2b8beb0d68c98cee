import { nameOf } from "./Defect.js"

const warn = (defect: unknown): void => {
  process.emitWarning(`onRequest threw and is not called again: ${nameOf(defect)}`, "MockServerWarning")
}

/** Wraps an observer: it is called with the result of `make`, and never again after it throws or returns a promise that rejects. */
export const observer = <A>(observe: ((told: A) => unknown) | undefined): (make: () => A) => void => {
  let current = observe
  const drop = (defect: unknown) => {
    if (current !== undefined) {
      current = undefined
      warn(defect)
    }
  }
  return (make) => {
    if (current === undefined) {
      return
    }
    const told = make()
    try {
      const result = current(told)
      if (result instanceof Promise) {
        result.catch(drop)
      }
    } catch (defect) {
      drop(defect)
    }
  }
}
