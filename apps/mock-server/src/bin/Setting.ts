/**
 * Settings of a command, from the command line or the environment.
 */
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as Options from "@effect/cli/Options"
import * as ValidationError from "@effect/cli/ValidationError"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** The prefix of all environment variables. */
export const prefix = "WORKSPACE_SECRETS_MOCK_"

/** The environment variable of an option. */
export const variableOf = (name: string): string => `${prefix}${name.toUpperCase().replaceAll("-", "_")}`

/** A setting: its option, and its text for the help. */
export interface Setting<A> {
  readonly name: string
  /** The placeholder of the value in the help. A switch has none. */
  readonly placeholder: string | undefined
  readonly description: string
  /** The default, for the help. */
  readonly fallback: string | undefined
  readonly options: Options.Options<A>
}

/** Parses a value. An error shows `expected` and never quotes the input. */
export interface Reader<A> {
  readonly expected: string
  readonly read: (text: string) => Option.Option<A>
}

const reading = <A>({ expected, read }: Reader<A>, origin: string, text: string) =>
  Effect.mapError(
    read(text),
    () => ValidationError.invalidValue(HelpDoc.p(`${origin}: expected ${expected}`))
  )

/**
 * The text of a variable. An empty variable is unset. So is a port variable with an address, which Kubernetes sets for a service with this
 * server's name.
 */
const variable = (name: string): Effect.Effect<Option.Option<string>> =>
  Config.string(name).pipe(
    Config.option,
    Effect.map(
      Option.filter((text) => text !== "" && !(name === variableOf("port") && /^(tcp|udp|sctp):\/\//.test(text)))
    ),
    Effect.orDie
  )

/** Parses an environment variable. `None` if it is unset. */
export const fromVariable = <A>(
  name: string,
  reader: Reader<A>
): Effect.Effect<Option.Option<A>, ValidationError.ValidationError> =>
  Effect.flatMap(
    variable(name),
    Option.match({
      onSome: (text) => Effect.asSome(reading(reader, name, text)),
      onNone: () => Effect.succeedNone
    })
  )

/** A setting with a value. The command line wins over the environment, and the environment over the default. */
export const setting = <A, B = A>(
  name: string,
  { description, fallback, otherwise = Effect.succeedNone, placeholder, shown, ...reader }: Reader<A> & {
    readonly placeholder: string
    readonly description: string
    /** Tried before the default. */
    readonly otherwise?: Effect.Effect<Option.Option<A>, ValidationError.ValidationError> | undefined
    readonly fallback: B
    readonly shown?: string | undefined
  }
): Setting<A | B> => ({
  name,
  placeholder,
  description,
  fallback: shown,
  options: Options.text(name).pipe(
    Options.withPseudoName(placeholder),
    Options.withDescription(description),
    Options.optional,
    Options.mapEffect(Option.match({
      onSome: (text) => reading(reader, `--${name}`, text),
      onNone: () =>
        fromVariable(variableOf(name), reader).pipe(
          Effect.flatMap((found) => Option.isSome(found) ? Effect.succeed(found) : otherwise),
          Effect.map(Option.getOrElse((): A | B => fallback))
        )
    }))
  )
})

const onOrOff: Reader<boolean> = {
  expected: "true or false",
  read: (text) =>
    /^(true|1)$/i.test(text) ? Option.some(true) : /^(false|0)$/i.test(text) ? Option.some(false) : Option.none()
}

/** A switch. Default: off. */
export const toggle = (name: string, description: string): Setting<boolean> => ({
  ...setting(name, { ...onOrOff, placeholder: "true or false", description, fallback: false }),
  placeholder: undefined
})
