import * as FastCheck from "effect/FastCheck"

// Nobody reads the counterexamples of mutants, so they are not shrunk.
FastCheck.configureGlobal({ endOnFailure: true })
