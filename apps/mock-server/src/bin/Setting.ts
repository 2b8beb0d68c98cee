/**
 * Settings: what a command can be told, on its line or in the environment.
 */
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as Options from "@effect/cli/Options"
import * as ValidationError from "@effect/cli/ValidationError"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** What the names of all variables of the environment begin with. */
export const prefix = "WORKSPACE_SECRETS_MOCK_"

/** The variable of the environment that stands for an option. */
export const variableOf = (name: string): string => `${prefix}${name.toUpperCase().replaceAll("-", "_")}`

/** A setting: how the line is read, and what the help has to say of it. */
export interface Setting<A> {
  readonly name: string
  /** What stands for the value in the help; a switch has none. */
  readonly placeholder: string | undefined
  readonly description: string
  /** What it is when it is not given, for a person to read. */
  readonly fallback: string | undefined
  readonly options: Options.Options<A>
}

/** How a value is read from its text, and what is expected of it. A refusal says the latter, and never quotes what was given. */
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
 * The text of a variable. An empty one is unset. So is the address that Kubernetes puts into the variable of the port, for a service that
 * has this server's name.
 */
const variable = (name: string): Effect.Effect<Option.Option<string>> =>
  Config.string(name).pipe(
    Config.option,
    Effect.map(
      Option.filter((text) => text !== "" && !(name === variableOf("port") && /^(tcp|udp|sctp):\/\//.test(text)))
    ),
    Effect.orDie
  )

/** What a variable of the environment says, where it is set. */
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

/** A setting that has a value. The line counts before the environment, and the environment before the fallback. */
export const setting = <A, B = A>(
  name: string,
  { description, fallback, otherwise = Effect.succeedNone, placeholder, shown, ...reader }: Reader<A> & {
    readonly placeholder: string
    readonly description: string
    /** What else to look at before the fallback. */
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

/** A setting that is either on or off, and off unless it is given. */
export const toggle = (name: string, description: string): Setting<boolean> => ({
  ...setting(name, { ...onOrOff, placeholder: "true or false", description, fallback: false }),
  placeholder: undefined
})
