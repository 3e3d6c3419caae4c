// Direct against behind Penstock: what differs and is not documented. Dates are not compared, only that they
// are there.

import { isDeepStrictEqual } from "node:util";
import type { AnswerView } from "./answer-view.ts";
import type { FieldDifference } from "./documented-differences.ts";

/** Two views of one case, side by side. */
export interface Comparison {
  readonly equal: boolean;
  /** Documented differences that were met. */
  readonly met: ReadonlySet<FieldDifference>;
  /** Both sides as they were compared, for the report. */
  readonly direct: readonly AnswerView[];
  readonly behind: readonly AnswerView[];
}

/** Compares what came directly with what came from behind Penstock. */
export function compare(
  directAnswers: readonly AnswerView[],
  behindAnswers: readonly AnswerView[],
  documented: readonly FieldDifference[],
): Comparison {
  const met = new Set<FieldDifference>();
  const direct = directAnswers.map((answer) => withoutDocumented(answer, documented, met));
  const behind = behindAnswers.map((answer) => withoutDocumented(answer, documented, met));
  return { equal: isDeepStrictEqual(direct, behind), met, direct, behind };
}

function withoutDocumented(
  answer: AnswerView,
  documented: readonly FieldDifference[],
  met: Set<FieldDifference>,
): AnswerView {
  const kept = (lines: readonly string[], seenBy: FieldDifference["seenBy"]): string[] => {
    const inOrder: string[] = [];
    const moved: string[] = [];
    for (const line of lines) {
      const name = line.slice(0, Math.max(0, line.indexOf(":"))).toLowerCase();
      const difference = documented.find(
        (each) => each.seenBy === seenBy && each.field.toLowerCase() === name,
      );
      if (!difference) {
        inOrder.push(line);
        continue;
      }
      met.add(difference);
      if (difference.differs === "place or case") moved.push(name + line.slice(name.length));
    }
    return [...inOrder, ...moved.toSorted()];
  };
  return {
    ...answer,
    fields: kept(answer.fields, "client").map((line) => line.replace(/^Date: .*GMT$/, "Date")),
    // The plain application says in lines what it saw.
    body: kept(answer.body.split("\n"), "application").join("\n"),
  };
}
