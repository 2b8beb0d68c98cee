const ascii = {
  Tab: "\t",
  NewLine: "\n",
  excl: "!",
  quot: "\"",
  QUOT: "\"",
  num: "#",
  dollar: "$",
  percnt: "%",
  amp: "&",
  AMP: "&",
  apos: "'",
  lpar: "(",
  rpar: ")",
  ast: "*",
  midast: "*",
  plus: "+",
  comma: ",",
  period: ".",
  sol: "/",
  colon: ":",
  semi: ";",
  lt: "<",
  LT: "<",
  equals: "=",
  gt: ">",
  GT: ">",
  quest: "?",
  commat: "@",
  lsqb: "[",
  lbrack: "[",
  bsol: "\\",
  rsqb: "]",
  rbrack: "]",
  Hat: "^",
  lowbar: "_",
  UnderBar: "_",
  grave: "`",
  DiacriticalGrave: "`",
  lcub: "{",
  lbrace: "{",
  vert: "|",
  verbar: "|",
  VerticalLine: "|",
  rcub: "}",
  rbrace: "}",
  fjlig: "fj"
}

const latin1 =
  "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para \
middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute \
Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute \
THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde \
ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml"

/** Other names of Latin-1 characters. */
const aliases = {
  NonBreakingSpace: "\u00a0",
  die: "\u00a8",
  Dot: "\u00a8",
  DoubleDot: "\u00a8",
  COPY: "\u00a9",
  REG: "\u00ae",
  circledR: "\u00ae",
  strns: "\u00af",
  pm: "\u00b1",
  PlusMinus: "\u00b1",
  DiacriticalAcute: "\u00b4",
  centerdot: "\u00b7",
  CenterDot: "\u00b7",
  Cedilla: "\u00b8",
  half: "\u00bd",
  angst: "\u00c5",
  div: "\u00f7"
}

/** The names that HTML has for ASCII and Latin-1 characters. */
export const entities: ReadonlyMap<string, string> = new Map([
  ...Object.entries(ascii),
  ...latin1.split(" ").map((name, index): [string, string] => [name, String.fromCharCode(0xa0 + index)]),
  ...Object.entries(aliases)
])
