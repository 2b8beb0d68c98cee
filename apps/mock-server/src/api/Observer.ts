import { nameOf } from "./Defect.js"

const warn = (defect: unknown): void => {
  process.emitWarning(`onRequest threw and is not called any more: ${nameOf(defect)}`, "MockServerWarning")
}

/** An observer that is not called any more once it has thrown, or given a promise that was rejected. It is called with what `make` gives. */
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
