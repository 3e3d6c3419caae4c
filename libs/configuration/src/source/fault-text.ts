// Faults as a compiler shows them: place, sentence, the line before, the line itself, a caret line with
// what to do, and a count at the end.

import { styleText } from "node:util";
import type { Fault } from "./fault.ts";

/** How faults are shown. */
export interface FaultTextOptions {
  /** ANSI colours; the caller knows whether a terminal reads it. */
  readonly colour?: boolean;
}

type Paint = (format: "red" | "yellow" | "dim" | "bold", text: string) => string;

// A line that is longer than this is cut around the fault.
const columnsMax = 120;

/** One fault with its lines of the file. Ends without a line feed. */
export function formatFault(fault: Fault, options: FaultTextOptions = {}): string {
  const paint = painter(options);
  const colour = fault.severity === "error" ? "red" : "yellow";
  const place = `${fault.file}:${fault.line}:${fault.column}`;
  const header = `${paint("bold", place)}  ${paint(colour, fault.severity)}  ${visible(fault.message)}`;
  const { before, line } = fault.excerpt;
  const from = Math.max(0, Math.min(fault.column - 1 - columnsMax / 2, line.length - columnsMax));

  const gutter = String(fault.line).length + 2;
  const row = (number: string, content: string) =>
    `${paint("dim", `${number.padStart(gutter)} │`)} ${content}`.trimEnd();
  const excerpt = (content: string) => visible(content.slice(from, from + columnsMax));

  const width = Math.min(fault.range.end - fault.range.start, line.length - fault.column + 1);
  const carets = paint(colour, "^".repeat(Math.max(1, Math.min(width, columnsMax))));
  const suggestion = fault.suggestion === undefined ? "" : ` ${visible(fault.suggestion)}`;
  return [
    header,
    ...(before.trim() === "" ? [] : [row(String(fault.line - 1), excerpt(before))]),
    row(String(fault.line), excerpt(line)),
    row("", `${" ".repeat(fault.column - 1 - from)}${carets}${suggestion}`),
  ].join("\n");
}

/** All faults and the closing count: `3 errors, 1 warning. Nothing was applied.` Ends without a line feed. */
export function formatFaults(faults: readonly Fault[], options: FaultTextOptions = {}): string {
  const errors = faults.filter(({ severity }) => severity === "error").length;
  const warnings = faults.length - errors;
  const counts = [
    ...(errors > 0 ? [counted(errors, "error")] : []),
    ...(warnings > 0 ? [counted(warnings, "warning")] : []),
  ];
  const closing =
    faults.length === 0
      ? "No faults."
      : `${counts.join(", ")}.${errors > 0 ? " Nothing was applied." : ""}`;
  return [...faults.map((fault) => formatFault(fault, options)), closing].join("\n");
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** One column per UTF-16 unit, and nothing that a terminal would act on. */
function visible(text: string): string {
  return text.replaceAll("\t", " ").replaceAll(/\p{Cc}/gu, "�");
}

function painter({ colour = false }: FaultTextOptions): Paint {
  return (format, text) => (colour ? styleText(format, text, { validateStream: false }) : text);
}
