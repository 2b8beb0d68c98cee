import * as Either from "effect/Either"
import { InvalidClientOptions } from "../../ClientError.js"
import { Reader } from "./callSettings.js"

/** The complete options of the transport. Times are in milliseconds; `Infinity` means no limit. */
export interface NodeSettings {
  readonly connections: number
  readonly connectTimeout: number
  readonly keepAliveTimeout: number
  readonly headersTimeout: number
  readonly bodyTimeout: number
  readonly closeTimeout: number
}

/** undici 7 changed the handler interface. Only older dispatchers have `interceptors`. */
const isOld = (dispatcher: object): boolean => "interceptors" in dispatcher && "on" in dispatcher

const checkDispatcher = (reader: Reader, dispatcher: unknown): void => {
  if (dispatcher === undefined) {
    return
  }
  const expected = "a dispatcher of undici 7 or later, such as its ProxyAgent"
  if (
    typeof dispatcher !== "object" || dispatcher === null || !("dispatch" in dispatcher)
    || typeof dispatcher.dispatch !== "function"
  ) {
    reader.refuse("dispatcher", expected, undefined)
  } else if (isOld(dispatcher)) {
    reader.refuse("dispatcher", `${expected}, but this one is of undici 6 or earlier`, undefined)
  }
}

/** In undici, 0 means no limit. */
const orNoLimit = (millis: number): number => millis === 0 ? Infinity : millis

/** Validates the options at run time. Fails with all violations. */
export const resolveNode = (
  options: { readonly [Name in keyof NodeSettings | "dispatcher"]?: unknown }
): Either.Either<NodeSettings, InvalidClientOptions> => {
  const reader = new Reader()
  checkDispatcher(reader, options.dispatcher)
  const settings = {
    connections: reader.number("connections", options.connections, 50, 1, true),
    connectTimeout: orNoLimit(reader.duration("connectTimeout", options.connectTimeout, 10_000, 0)),
    keepAliveTimeout: reader.duration("keepAliveTimeout", options.keepAliveTimeout, 4000, 0),
    headersTimeout: orNoLimit(reader.duration("headersTimeout", options.headersTimeout, Infinity, 0)),
    bodyTimeout: orNoLimit(reader.duration("bodyTimeout", options.bodyTimeout, Infinity, 0)),
    closeTimeout: reader.duration("closeTimeout", options.closeTimeout, 1000, 0)
  }
  return reader.violations.length === 0
    ? Either.right(settings)
    : Either.left(new InvalidClientOptions({ violations: reader.violations }))
}
