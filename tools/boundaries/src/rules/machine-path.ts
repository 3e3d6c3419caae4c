// No path of the machine that somebody works on: it is wrong on every other. Paths inside an image are
// not of a machine, so Dockerfiles are exempt. A path below a host, a port or a variable is none either.

import type { TextRule } from "../rule.ts";

const machinePath = /(?:^|file:\/\/|[^\w.}\])*+:$~/-])(\/(?:root|home|work)\/[\w.@-]+)/;
const exempt = /(?:^|\/)Dockerfile[^/]*$/;

/** No absolute path into somebody's home or work folder. */
export const machinePaths: TextRule = {
  name: "machine-path",
  *check(path, lines) {
    if (exempt.test(path)) return;
    for (const [index, text] of lines.entries()) {
      const found = machinePath.exec(text)?.[1];
      if (found) yield { line: index + 1, message: `${found} exists on one machine only` };
    }
  },
};
