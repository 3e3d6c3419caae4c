// Aligned text, and how numbers are written in it.

/** Rows in aligned columns, two spaces apart; the first row is the heading. Text to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  const numeric: boolean[] = [];
  for (const [line, row] of rows.entries())
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
      if (line > 0) numeric[column] = (numeric[column] ?? true) && /^[+-]?[\d.,]*$/.test(cell);
    }
  const align = (cell: string, column: number): string =>
    numeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
  return rows.map((row) => `  ${row.map(align).join("  ").trimEnd()}`).join("\n");
}

/** A number with so many digits behind the point; `-` for what is not known. */
export function fixed(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : "-";
}

/** A difference, with its sign. */
export function signed(value: number, digits: number): string {
  return Number.isFinite(value) ? `${value < 0 ? "" : "+"}${value.toFixed(digits)}` : "-";
}
