// The configuration file as text with a name: turns offsets into the line and column that people and
// editors count in.

/** Offsets into the text, `end` exclusive. */
export interface SourceRange {
  readonly start: number;
  readonly end: number;
}

/** A file's text that can tell where an offset stands. */
export interface SourceText {
  /** Name to show; not necessarily a path that can be opened. */
  readonly file: string;
  readonly text: string;
  /** Line and column, both from 1; columns count UTF-16 units, as editors do. */
  position(offset: number): { readonly line: number; readonly column: number };
  /** A line without its line feed, counted from 1; empty outside of the text. */
  line(number: number): string;
}

/** Wraps a text. Finding the line starts is the only work done up front. */
export function sourceText(file: string, text: string): SourceText {
  const lineStarts = [0];
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) {
    lineStarts.push(end + 1);
  }
  return {
    file,
    text,
    position(offset) {
      let low = 0;
      let high = lineStarts.length - 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if ((lineStarts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
    },
    line(number) {
      const start = lineStarts[number - 1];
      if (start === undefined) return "";
      const end = (lineStarts[number] ?? text.length + 1) - 1;
      return text.slice(start, end).replace(/\r$/, "");
    },
  };
}
