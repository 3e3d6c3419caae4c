// No marks of unfinished work: what is to be done stands in an issue or a decision record, where it is
// found. In TypeScript the comments are read, in scripts and configuration every line.

import type { ModuleRule, TextRule } from "../rule.ts";

// With a class in it, or this file would find itself.
const marks = /\b(?:TOD[O]|FIXM[E])\b/;
const message = "no marks of unfinished work: write an issue or a decision record";

/** In the comments of TypeScript. */
export const unfinishedWork: ModuleRule = {
  name: "unfinished-work",
  *check({ comments }) {
    for (const comment of comments)
      for (const [offset, text] of comment.text.split("\n").entries())
        if (marks.test(text)) yield { line: comment.line + offset, message };
  },
};

const readWhole = /\.(?:ya?ml|sh|css|html|js|mjs)$|(?:^|\/)(?:Dockerfile[^/]*|\.ci\/[^/]+)$/;

/** In scripts and configuration. */
export const unfinishedWorkInText: TextRule = {
  name: unfinishedWork.name,
  *check(path, lines) {
    if (!readWhole.test(path)) return;
    for (const [index, text] of lines.entries())
      if (marks.test(text)) yield { line: index + 1, message };
  },
};
