// What commands print: results on standard output, all else on standard error.

import type { ServiceError } from "@penstock/foundation";

/** One line, or several, of a result. */
export function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** One line for people. */
export function tell(text: string): void {
  process.stderr.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** What failed and what to do about it. */
export function printFailure(failure: ServiceError): void {
  tell(`penstock: ${failure.message}`);
  for (const line of failure.remedy?.split("\n") ?? []) tell(`  ${line}`);
}

/** Rows in aligned columns, two spaces apart. The first row is the heading. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
