import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"

/*
 * Effect's parser makes several Eithers and closures for each field, in case there is something to report. Here a schema
 * becomes two functions that decode and encode what fits it and give up on all else, which Effect's own parser then gets
 * to report on. A secret takes a third of the time.
 */

/** What a fast parser answers when it gives up. */
export const UNSURE = Symbol("unsure")

/** Decodes or encodes an input as the schema does, or gives up. */
export type FastParser = (input: unknown, options: AST.ParseOptions) => unknown

type Direction = "decode" | "encode"

const registered = {
  decode: new WeakMap<AST.AST, FastParser>(),
  encode: new WeakMap<AST.AST, FastParser>()
}

/** The schema, with parsers that were written by hand: for one whose parts do twice what is enough once. */
export const withFast = <S extends Schema.Schema.All>(
  schema: S,
  parsers: { readonly [D in Direction]?: (input: unknown) => unknown }
): S => {
  if (parsers.decode !== undefined) {
    registered.decode.set(schema.ast, parsers.decode)
  }
  if (parsers.encode !== undefined) {
    registered.encode.set(schema.ast, parsers.encode)
  }
  return schema
}

/** The fast parser of a schema, made of those of its parts. */
export const compile = (ast: AST.AST, direction: Direction): FastParser =>
  registered[direction].get(ast) ??
    (Option.isSome(AST.getParseOptionsAnnotation(ast)) || Option.isSome(AST.getDecodingFallbackAnnotation(ast))
      ? slow(ast, direction)
      : compileNode(ast, direction))

const compileNode = (ast: AST.AST, direction: Direction): FastParser => {
  switch (ast._tag) {
    case "StringKeyword":
      return (input) => typeof input === "string" ? input : UNSURE
    case "NumberKeyword":
      return (input) => typeof input === "number" ? input : UNSURE
    case "BooleanKeyword":
      return (input) => typeof input === "boolean" ? input : UNSURE
    case "UndefinedKeyword":
      return (input) => input === undefined ? input : UNSURE
    case "Literal":
      return (input) => input === ast.literal ? input : UNSURE
    case "Refinement":
      return direction === "decode"
        ? refinement(ast)
        : compose(compile(AST.typeAST(ast), "decode"), compile(withoutRefinements(ast), "encode"))
    case "Declaration":
      return declaration(ast, direction)
    case "Transformation":
      return transformation(ast, direction)
    case "Union":
      return isOrdered(ast) ? union(ast.types.map((type) => compile(type, direction))) : slow(ast, direction)
    case "TupleType": {
      const [item, ...tail] = ast.rest
      return ast.elements.length === 0 && item !== undefined && tail.length === 0
        ? array(compile(item.type, direction))
        : slow(ast, direction)
    }
    case "TypeLiteral":
      return ast.indexSignatures.length === 0 && ast.propertySignatures.length > 0
        ? struct(ast, direction)
        : slow(ast, direction)
    default:
      return slow(ast, direction)
  }
}

// An Effect is no Either: what takes its time is not done here.
const rightOf = (result: unknown): unknown => Either.isEither(result) && Either.isRight(result) ? result.right : UNSURE

const slow = (ast: AST.AST, direction: Direction): FastParser => {
  const schema = Schema.make(ast)
  const parse = direction === "decode"
    ? ParseResult.decodeUnknownEither(schema)
    : ParseResult.encodeUnknownEither(schema)
  return (input, options) => rightOf(parse(input, options))
}

const compose = (first: FastParser, second: FastParser): FastParser => (input, options) => {
  const value = first(input, options)
  return value === UNSURE ? UNSURE : second(value, options)
}

const refinement = (ast: AST.Refinement): FastParser => {
  const from = compile(ast.from, "decode")
  return (input, options) => {
    const value = from(input, options)
    return value !== UNSURE && Option.isNone(ast.filter(value, options, ast)) ? value : UNSURE
  }
}

const withoutRefinements = (ast: AST.AST): AST.AST => AST.isRefinement(ast) ? withoutRefinements(ast.from) : ast

const declaration = (ast: AST.Declaration, direction: Direction): FastParser => {
  const parse = direction === "decode"
    ? ast.decodeUnknown(...ast.typeParameters)
    : ast.encodeUnknown(...ast.typeParameters)
  return (input, options) => rightOf(parse(input, options, ast))
}

const transformation = (ast: AST.Transformation, direction: Direction): FastParser => {
  const kind = ast.transformation
  if (kind._tag === "TypeLiteralTransformation") {
    return slow(ast, direction)
  }
  const [from, to] = direction === "decode" ? [ast.from, ast.to] : [ast.to, ast.from]
  const before = compile(from, direction)
  const after = compile(to, direction)
  if (kind._tag === "ComposeTransformation") {
    return compose(before, after)
  }
  const transform = kind[direction]
  return (input, options) => {
    const value = before(input, options)
    if (value === UNSURE) {
      return UNSURE
    }
    const transformed = rightOf(transform(value, options, ast, input))
    return transformed === UNSURE ? UNSURE : after(transformed, options)
  }
}

// Effect tries the members of a union in another order than theirs where literals of their properties tell them apart.
const isOrdered = ({ types: [, ...others] }: AST.Union): boolean => others.every(isLeaf)

const isLeaf = (ast: AST.AST): boolean =>
  AST.isRefinement(ast)
    ? isLeaf(ast.from)
    : AST.isStringKeyword(ast) || AST.isLiteral(ast) || AST.isUndefinedKeyword(ast)

const union = (members: ReadonlyArray<FastParser>): FastParser => (input, options) => {
  for (const member of members) {
    const value = member(input, options)
    if (value !== UNSURE) {
      return value
    }
  }
  return UNSURE
}

const array = (item: FastParser): FastParser => (input, options) => {
  if (!Array.isArray(input)) {
    return UNSURE
  }
  const out: Array<unknown> = []
  for (const element of input) {
    const value = item(element, options)
    if (value === UNSURE) {
      return UNSURE
    }
    out.push(value)
  }
  return out
}

const isRecord = (input: unknown): input is Readonly<Record<PropertyKey, unknown>> =>
  typeof input === "object" && input !== null && !Array.isArray(input)

const struct = (ast: AST.TypeLiteral, direction: Direction): FastParser => {
  const fields = ast.propertySignatures.map(({ isOptional, name, type }) => ({
    name,
    isOptional,
    parse: compile(type, direction)
  }))
  return (input, options) => {
    if (!isRecord(input)) {
      return UNSURE
    }
    const out: Record<PropertyKey, unknown> = {}
    for (const { isOptional, name, parse } of fields) {
      if (Object.hasOwn(input, name)) {
        const value = parse(input[name], options)
        if (value === UNSURE) {
          return UNSURE
        }
        out[name] = value
      } else if (!isOptional) {
        return UNSURE
      }
    }
    return out
  }
}

const isUsual = ({ onExcessProperty, propertyOrder }: AST.ParseOptions): boolean =>
  (onExcessProperty === undefined || onExcessProperty === "ignore") &&
  (propertyOrder === undefined || propertyOrder === "none")

type Parser = (
  input: unknown,
  options: AST.ParseOptions,
  self: AST.Declaration
) => Either.Either<unknown, ParseResult.ParseIssue>

// What was annotated later is on the declaration. It is due to the schema inside, whose refusals show it.
const parser = (inner: AST.AST, direction: Direction): Parser => {
  const parsers = new WeakMap<AST.AST, (input: unknown, options: AST.ParseOptions) => ReturnType<Parser>>()
  return (input, options, self) => {
    let parse = parsers.get(self)
    if (parse === undefined) {
      const schema = Schema.make(AST.annotations(inner, self.annotations))
      parse = direction === "decode"
        ? ParseResult.decodeUnknownEither(schema)
        : ParseResult.encodeUnknownEither(schema)
      parsers.set(self, parse)
    }
    return parse(input, options)
  }
}

/**
 * The same schema, parsed fast where that succeeds. It is a declaration around the schema, since that is where Effect's
 * parser lets one in, and behaves like the schema itself in all else: refusing, generating, printing, comparing.
 */
export const hasten = (ast: AST.AST): AST.AST => {
  // The inner schema is this one, or that of one of its sides.
  const parseBy = (direction: Direction) => (inner = ast): Parser => {
    const fast = lazy(inner, direction)
    const report = parser(inner, direction)
    return (input, options, self) => {
      const value = isUsual(options) ? fast(input, options) : UNSURE
      return value === UNSURE ? report(input, options, self) : Either.right(value)
    }
  }
  const self = new AST.Declaration([ast], parseBy("decode"), parseBy("encode"), {
    ...ast.annotations,
    [AST.SurrogateAnnotationId]: ast,
    [AST.ArbitraryAnnotationId]: (inner: unknown) => inner,
    [AST.PrettyAnnotationId]: (inner: unknown) => inner,
    [AST.EquivalenceAnnotationId]: (inner: unknown) => inner
  })
  registered.decode.set(self, lazy(ast, "decode"))
  registered.encode.set(self, lazy(ast, "encode"))
  return self
}

// Many a schema is made, and few are parsed with.
const lazy = (ast: AST.AST, direction: Direction): FastParser => {
  let parse: FastParser | undefined
  return (input, options) => (parse ??= compile(ast, direction))(input, options)
}
