import { it, makeMethods } from "@effect/vitest"

// `layer` of @effect/vitest puts its own runtime into the one `it` that there is, and files share their worker's modules:
// without this, the tests of a file would run with the services of the file before it.
makeMethods(it)
