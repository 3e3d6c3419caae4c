// Cuts TypeScript into tokens, as far as the rules need it: what is a comment, what is a string, what is
// code. TypeScript 7 has no API to ask. Two places in the grammar cannot be told by looking at characters:
// a slash (division or pattern), decided by the token before it, and the braces of a template literal,
// counted on a stack. A string that does not end on its line is cut there, so that a misreading stays small.

/** What kind of thing a token is. Templates come in pieces around their `${…}`. */
export type TokenKind = "comment" | "string" | "template" | "pattern" | "word" | "number" | "mark";

/** A piece of source text. */
export interface Token {
  readonly kind: TokenKind;
  /** As written, with its quotes or comment marks. */
  readonly text: string;
  /** First line, from 1. */
  readonly line: number;
}

/** Words after which a slash begins a pattern, though they look like names. */
const wordsBeforePattern = new Set(
  "return typeof case in of void delete throw new instanceof do else await yield".split(" "),
);

const shapes = {
  space: /\s+/y,
  comment: /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|^#![^\n]*/y,
  string: /"(?:[^"\\\n]|\\[^])*"?|'(?:[^'\\\n]|\\[^])*'?/y,
  pattern: /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\]?)+\/?\w*/y,
  word: /[\p{L}_$#@][\p{L}\p{N}_$]*/uy,
  number: /\d[\w.]*/y,
  templatePiece: /(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{|$)/y,
};

/** All tokens in order, without white space. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  /** For each open `${`: how many braces were opened since. */
  const openTemplates: number[] = [];
  let position = 0;
  let line = 1;

  const take = (shape: RegExp): string | undefined => {
    shape.lastIndex = position;
    return shape.exec(text)?.[0];
  };
  const push = (kind: TokenKind, taken: string): void => {
    tokens.push({ kind, text: taken, line });
    advance(taken);
  };
  const advance = (taken: string): void => {
    position += taken.length;
    for (const character of taken) if (character === "\n") line++;
  };
  const templatePiece = (opening: string): void => {
    position += opening.length;
    const piece = take(shapes.templatePiece) ?? "";
    position -= opening.length;
    if (piece.endsWith("${")) openTemplates.push(0);
    push("template", opening + piece);
  };

  while (position < text.length) {
    const space = take(shapes.space);
    if (space) {
      advance(space);
      continue;
    }
    const character = text[position] as string;
    const comment = take(shapes.comment);
    const pattern = character === "/" && slashBeginsPattern(tokens) && take(shapes.pattern);
    const string = take(shapes.string);
    const word = take(shapes.word);
    const number = take(shapes.number);
    if (comment) push("comment", comment);
    else if (pattern) push("pattern", pattern);
    else if (string) push("string", string);
    else if (word) push("word", word);
    else if (number) push("number", number);
    else if (character === "`") templatePiece("`");
    else if (character === "}" && openTemplates.at(-1) === 0) {
      openTemplates.pop();
      templatePiece("}");
    } else {
      const last = openTemplates.length - 1;
      if (character === "{" && last >= 0) openTemplates[last]! += 1;
      if (character === "}" && last >= 0) openTemplates[last]! -= 1;
      push("mark", character);
    }
  }
  return tokens;
}

function slashBeginsPattern(before: readonly Token[]): boolean {
  const last = before.findLast((token) => token.kind !== "comment");
  if (!last) return true;
  if (last.kind === "word") return wordsBeforePattern.has(last.text);
  if (last.kind === "mark") return !")]}".includes(last.text);
  return last.kind === "template" && last.text.endsWith("${");
}
