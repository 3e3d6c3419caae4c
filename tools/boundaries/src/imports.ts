// What a module imports, read from its tokens: import and export declarations, `import()` with a literal,
// also in types, and `require()` with a literal, also on the result of createRequire.

import type { Token } from "./tokens.ts";

/** One import. */
export interface Import {
  /** As written, without quotes. */
  readonly specifier: string;
  readonly line: number;
}

/** The imports of a module, in order. */
export function importsOf(tokens: readonly Token[]): Import[] {
  const code = tokens.filter((token) => token.kind !== "comment");
  const imports: Import[] = [];
  for (let at = 0; at < code.length; at++) {
    if (code[at]?.kind !== "word" || code[at - 1]?.text === ".") continue;
    const source = sourceOf(code, at);
    if (source) imports.push({ specifier: unquoted(source.text), line: source.line });
  }
  return imports;
}

/** The token that names the module which the word at this place imports. */
function sourceOf(code: readonly Token[], at: number): Token | undefined {
  const next = code[at + 1];
  switch (code[at]?.text) {
    case "import":
      if (next?.kind === "string") return next;
      if (next?.text === "(") return literalAt(code, at + 2);
      return next?.text === "." ? undefined : sourceAfterFrom(code, at);
    case "export":
      return reexports(code, at + 1) ? sourceAfterFrom(code, at) : undefined;
    case "require":
      return next?.text === "(" ? literalAt(code, at + 2) : undefined;
    case "createRequire": {
      const closing = code.findIndex((token, index) => index > at && token.text === ")");
      return code[closing + 1]?.text === "(" ? literalAt(code, closing + 2) : undefined;
    }
    default:
      return undefined;
  }
}

/** `export {`, `export *`, `export type {`, `export type *`: may name a source. Anything else declares. */
function reexports(code: readonly Token[], at: number): boolean {
  const mark = code[at]?.text === "type" ? code[at + 1] : code[at];
  return mark?.text === "{" || mark?.text === "*";
}

/** The string behind the `from` of the declaration that begins here, if it has one. */
function sourceAfterFrom(code: readonly Token[], at: number): Token | undefined {
  for (let next = at + 1; next < code.length; next++) {
    const token = code[next] as Token;
    if (token.text === "from" && code[next + 1]?.kind === "string") return code[next + 1];
    // A local `export { … }` ends with its brace, everything else that can stand here is a name or a list.
    const isInside =
      token.kind === "word" || token.kind === "string" || "{}*,".includes(token.text);
    if (!isInside || (token.text === "}" && code[next + 1]?.text !== "from")) return undefined;
  }
  return undefined;
}

function literalAt(code: readonly Token[], at: number): Token | undefined {
  return code[at]?.kind === "string" ? code[at] : undefined;
}

function unquoted(text: string): string {
  return text.slice(1, -1);
}
