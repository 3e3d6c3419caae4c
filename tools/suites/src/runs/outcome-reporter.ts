// A reporter for one file of tests: an Outcome a line. Tests are told apart by the names of those around
// them; `describe` blocks are no tests. When the last test is over, the process is given a moment to end by
// itself, and is then ended: one that failed may have left something open.

import type { TestEvent } from "node:test/reporters";
import type { Outcome } from "./outcome.ts";

/** The beginning of a failure's message: enough to know it by, characters. */
const MESSAGE_MAX = 500;

/** How long a process may live after its last test, milliseconds. */
const AFTER_LAST_MS = 1500;

interface Told {
  readonly name: string;
  readonly nesting: number;
  readonly skip?: string | boolean;
  readonly todo?: string | boolean;
  readonly details?: { readonly type?: string; readonly error?: unknown };
}

export default async function* outcomeReporter(
  events: AsyncIterable<TestEvent>,
): AsyncGenerator<string> {
  const around: string[] = [];
  const times = new Map<string, number>();
  let open = 0;
  let end: NodeJS.Timeout | undefined;
  for await (const event of events) {
    if (!/^test:(?:enqueue|start|complete|pass|fail)$/.test(event.type)) continue;
    const told = event.data as Told;
    if (told.nesting === 0 && event.type === "test:enqueue") open++;
    if (told.nesting === 0 && event.type === "test:complete") open--;
    clearTimeout(end);
    if (open === 0) end = setTimeout(() => process.exit(), AFTER_LAST_MS).unref();
    if (event.type === "test:start") {
      around.length = told.nesting;
      around.push(told.name);
    }
    if (event.type !== "test:pass" && event.type !== "test:fail") continue;
    if (told.details?.type === "suite") continue;
    const path = [...around.slice(0, told.nesting), told.name].join(" > ");
    const time = (times.get(path) ?? 0) + 1;
    times.set(path, time);
    const outcome: Outcome = {
      test: time === 1 ? path : `${path} (${time})`,
      result: resultOf(event.type, told),
      ...(event.type === "test:fail" && { message: messageOf(told.details?.error) }),
    };
    yield `${JSON.stringify(outcome)}\n`;
  }
}

function resultOf(type: "test:pass" | "test:fail", { skip, todo }: Told): Outcome["result"] {
  if (skip !== undefined && skip !== false) return "skipped";
  if (type === "test:pass") return "passed";
  return todo === undefined || todo === false ? "failed" : "skipped";
}

/** What went wrong, down to what caused it: `fetch failed: other side closed`. */
function messageOf(error: unknown): string {
  const [own, ...causes] = causesOf(error);
  // The runner wraps what a test threw.
  const told = causes.length === 0 ? [own] : causes;
  return told
    .map((cause) => (cause instanceof Error ? cause.message : String(cause)))
    .join(": ")
    .slice(0, MESSAGE_MAX);
}

function causesOf(error: unknown): unknown[] {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? [error] : [error, ...causesOf(cause)];
}
