// Every file opens with a few lines of prose: what stands here and where it belongs. Tests are exempt,
// their titles are the prose. A TSDoc comment does not count: it speaks of the export below it.

import type { ModuleRule } from "../rule.ts";
import type { Token } from "../tokens.ts";

/** Fewer words are a heading, not a sentence. */
const wordsMin = 5;

/** Prose first. */
export const openingProse: ModuleRule = {
  name: "opening-prose",
  *check({ path, isForTests, opening, comments }) {
    if (isTest(path) || (isForTests && path.includes("/testdata/"))) return;
    if (opening?.kind !== "comment" || opening.text.startsWith("/**"))
      yield { line: 1, message: "opens without a comment that says what stands here" };
    else if (wordCount(openingBlock(opening, comments)) < wordsMin)
      yield {
        line: opening.line,
        message: "opens with a heading: say in a sentence what stands here",
      };
  },
};

function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path);
}

/** The opening comment with the lines of `//` that follow it without a gap. */
function openingBlock(opening: Token, comments: readonly Token[]): string {
  const lines = comments.slice(comments.indexOf(opening));
  const end = lines.findIndex(({ line }, index) => line !== opening.line + index);
  return (end === -1 ? lines : lines.slice(0, end)).map(({ text }) => text).join(" ");
}

function wordCount(comment: string): number {
  return comment.match(/\p{L}[\p{L}\p{N}'-]*/gu)?.length ?? 0;
}
