/**
 * Decodes and encodes with a schema, faster than Effect's parser. For servers and clients.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import type * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import type { ParseOptions } from "effect/SchemaAST"
import { compile, type Direction, type Parser, UNSURE } from "./internal/compile.js"

/**
 * Decodes and encodes with a schema.
 *
 * @since 0.1.0
 * @category models
 */
export interface Codec<A, I> {
  /** `Schema.decodeUnknownEither` of the schema. */
  readonly decode: (input: unknown) => Either.Either<A, ParseResult.ParseError>
  /** `Schema.encodeUnknownEither` of the schema. */
  readonly encode: (value: unknown) => Either.Either<I, ParseResult.ParseError>
}

type Parse<A> = (input: unknown) => Either.Either<A, ParseResult.ParseError>

const isCompiled = ({ onExcessProperty, propertyOrder }: ParseOptions): boolean =>
  onExcessProperty !== "preserve" && (propertyOrder === undefined || propertyOrder === "none")

/**
 * Decodes and encodes as the schema does, three times as fast. Works with every schema. On first use, it compiles the
 * schema to plain functions for valid input. Effect's parser handles everything else: invalid input and its errors,
 * asynchronous transformations, `onExcessProperty: "preserve"` and `propertyOrder: "original"`.
 *
 * One difference: an unset optional field of a struct is absent; Effect's parser may return it as `undefined`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const codec = <A, I>(schema: Schema.Schema<A, I>, options: ParseOptions = {}): Codec<A, I> => {
  const parser = <B>(direction: Direction, make: () => Parse<B>): Parse<B> => {
    let compiled: Parser | undefined
    let report: Parse<B> | undefined
    const isFast = isCompiled(options)
    return (input) => {
      const value = isFast ? (compiled ??= compile(schema.ast, direction))(input, options) : UNSURE
      return value === UNSURE ? (report ??= make())(input) : Either.right(value as B)
    }
  }
  return {
    decode: parser("decode", () => Schema.decodeUnknownEither(schema, options)),
    encode: parser("encode", () => Schema.encodeUnknownEither(schema, options))
  }
}
