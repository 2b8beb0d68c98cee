import * as FastCheck from "effect/FastCheck"

// Nobody reads the example that a mutant fails on, and to make it small takes longer than to find it.
FastCheck.configureGlobal({ endOnFailure: true })
