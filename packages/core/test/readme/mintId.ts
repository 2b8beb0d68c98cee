import * as PrefixedUlid from "@workspace-secrets/core/PrefixedUlid"
import { WorkspaceSecretId } from "@workspace-secrets/core/WorkspaceSecret"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

const mint = Effect.map(PrefixedUlid.mint("wsecret"), (id) => WorkspaceSecretId.make(id))
const id = await Effect.runPromise(mint)

console.log(id.length) // 34
console.log(Option.isSome(PrefixedUlid.timestamp(id))) // true
