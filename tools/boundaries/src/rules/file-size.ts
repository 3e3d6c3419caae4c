// A file that grows is split by noun before it reaches the stop. Blank lines and comments are free.

import type { ModuleRule } from "../rule.ts";

/** The stop; most files have less than a quarter of it. */
const codeLinesMax = 400;

/** No file over 400 lines of code. */
export const fileSize: ModuleRule = {
  name: "file-size",
  *check({ codeLines }) {
    const over = codeLines[codeLinesMax];
    if (over !== undefined)
      yield {
        line: over,
        message: `${codeLines.length} lines of code, ${codeLinesMax} is the stop: split it by noun`,
      };
  },
};
