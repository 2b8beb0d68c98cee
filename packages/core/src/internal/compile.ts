import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"

/*
 * Effect's parser allocates several Eithers and closures per field, to report errors. Here a schema is compiled to a
 * decoder and an encoder for valid input. For all other input they return UNSURE, and the caller uses Effect's parser.
 */

/** The result of a compiled parser that cannot handle the input. */
export const UNSURE = Symbol("unsure")

/** Decodes or encodes an input as the schema does, or returns UNSURE. */
export type Parser = (input: unknown, options: AST.ParseOptions) => unknown

export type Direction = "decode" | "encode"

const compiled = {
  decode: new WeakMap<AST.AST, Parser>(),
  encode: new WeakMap<AST.AST, Parser>()
}

export const compile = (ast: AST.AST, direction: Direction): Parser => {
  let parse = compiled[direction].get(ast)
  if (parse === undefined) {
    parse = changesParsing(ast) ? slow(ast, direction) : compileNode(ast, direction)
    compiled[direction].set(ast, parse)
  }
  return parse
}

const changesParsing = (ast: AST.AST): boolean =>
  Option.isSome(AST.getParseOptionsAnnotation(ast)) || Option.isSome(AST.getDecodingFallbackAnnotation(ast))

const compileNode = (ast: AST.AST, direction: Direction): Parser => {
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
      return union(ast, direction)
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

// An Effect is not an Either, so asynchronous parsers return UNSURE.
const rightOf = (result: unknown): unknown => Either.isEither(result) && Either.isRight(result) ? result.right : UNSURE

const slow = (ast: AST.AST, direction: Direction): Parser => {
  const schema = Schema.make(ast)
  const parse = direction === "decode"
    ? ParseResult.decodeUnknownEither(schema)
    : ParseResult.encodeUnknownEither(schema)
  return (input, options) => rightOf(parse(input, options))
}

const compose = (first: Parser, second: Parser): Parser => (input, options) => {
  const value = first(input, options)
  return value === UNSURE ? UNSURE : second(value, options)
}

const refinement = (ast: AST.Refinement): Parser => {
  const from = compile(ast.from, "decode")
  return (input, options) => {
    const value = from(input, options)
    return value !== UNSURE && Option.isNone(ast.filter(value, options, ast)) ? value : UNSURE
  }
}

const withoutRefinements = (ast: AST.AST): AST.AST => AST.isRefinement(ast) ? withoutRefinements(ast.from) : ast

const isRedacted = (ast: AST.Declaration): boolean =>
  Option.exists(AST.getTypeConstructorAnnotation(ast), ({ _tag }) => _tag === "effect/Redacted")

/** Keeps a Redacted whose content stays the same. Effect makes a new one, which takes a quarter of decoding a secret. */
const redacted = (content: Parser): Parser => (input, options) => {
  if (!Redacted.isRedacted(input)) {
    return UNSURE
  }
  const before = Redacted.value(input)
  const after = content(before, options)
  return after === UNSURE ? UNSURE : after === before ? input : Redacted.make(after)
}

const declaration = (ast: AST.Declaration, direction: Direction): Parser => {
  const [content] = ast.typeParameters
  if (content !== undefined && isRedacted(ast)) {
    return redacted(compile(content, direction))
  }
  const parse = direction === "decode"
    ? ast.decodeUnknown(...ast.typeParameters)
    : ast.encodeUnknown(...ast.typeParameters)
  return (input, options) => rightOf(parse(input, options, ast))
}

const transformation = (ast: AST.Transformation, direction: Direction): Parser => {
  const [from, to] = direction === "decode" ? [ast.from, ast.to] : [ast.to, ast.from]
  const before = compile(from, direction)
  const after = compile(to, direction)
  const kind = ast.transformation
  switch (kind._tag) {
    case "ComposeTransformation":
      return compose(before, after)
    case "FinalTransformation": {
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
    case "TypeLiteralTransformation":
      return compose(compose(before, properties(kind, direction)), after)
  }
}

/** Renames fields and gives them their defaults. */
const properties = (
  { propertySignatureTransformations }: AST.TypeLiteralTransformation,
  direction: Direction
): Parser =>
(input) => {
  if (!isRecord(input)) {
    return UNSURE
  }
  const out: Record<PropertyKey, unknown> = { ...input }
  for (const field of propertySignatureTransformations) {
    const [from, to] = direction === "decode" ? [field.from, field.to] : [field.to, field.from]
    const value = field[direction](Object.hasOwn(out, from) ? Option.some(out[from]) : Option.none())
    delete out[from]
    if (Option.isSome(value)) {
      out[to] = value.value
    }
  }
  return out
}

/** The names of the literal fields by which Effect selects a member of a union; `undefined` if a union with this member is not compiled. */
const tagsOf = (ast: AST.AST, direction: Direction): ReadonlyArray<PropertyKey> | undefined => {
  const side = direction === "decode" ? AST.encodedAST : AST.typeAST
  switch (ast._tag) {
    case "TypeLiteral":
      return ast.propertySignatures
        .filter(({ isOptional, type }) => !isOptional && AST.isLiteral(side(type)))
        .map(({ name }) => name)
    case "Refinement":
      return tagsOf(ast.from, direction)
    case "Transformation":
      return tagsOf(direction === "decode" ? ast.from : ast.to, direction)
    case "Declaration":
      return Option.match(AST.getSurrogateAnnotation(ast), {
        onNone: () => [],
        onSome: (surrogate) => tagsOf(surrogate, direction)
      })
    case "TupleType":
    case "Suspend":
      return undefined
    default:
      return []
  }
}

/**
 * Effect tries the members with a literal field first, then the others in order. Only unions whose members use one and
 * the same literal field are compiled.
 */
const union = (ast: AST.Union, direction: Direction): Parser => {
  const members = ast.types.map((type) => ({ type, tags: tagsOf(type, direction) }))
  const tagged = members.filter(({ tags }) => tags === undefined || tags.length > 0)
  const [tag] = tagged.flatMap(({ tags }) => tags ?? [])
  if (!tagged.every(({ tags }) => tags?.length === 1 && tags[0] === tag)) {
    return slow(ast, direction)
  }
  const others = members.filter(({ tags }) => tags?.length === 0)
  const parsers = [...tagged, ...others].map(({ type }) => compile(type, direction))
  return (input, options) => {
    for (const parse of parsers) {
      const value = parse(input, options)
      if (value !== UNSURE) {
        return value
      }
    }
    return UNSURE
  }
}

const array = (item: Parser): Parser => (input, options) => {
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

const struct = (ast: AST.TypeLiteral, direction: Direction): Parser => {
  const fields = ast.propertySignatures.map(({ isOptional, name, type }) => ({
    name,
    isOptional,
    parse: compile(type, direction)
  }))
  const names = new Set(fields.map(({ name }) => name))
  return (input, options) => {
    if (
      !isRecord(input) ||
      (options.onExcessProperty === "error" && !Reflect.ownKeys(input).every((key) => names.has(key)))
    ) {
      return UNSURE
    }
    const out: Record<PropertyKey, unknown> = {}
    for (const { isOptional, name, parse } of fields) {
      if (Object.hasOwn(input, name)) {
        const value = parse(input[name], options)
        if (value === UNSURE) {
          return UNSURE
        }
        if (value !== undefined || !isOptional) {
          out[name] = value
        }
      } else if (!isOptional) {
        return UNSURE
      }
    }
    return out
  }
}
