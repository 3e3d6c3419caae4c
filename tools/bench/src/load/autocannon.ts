// autocannon, for machines without wrk: a Node program like the servers. It takes as much processor time as
// they do, so on few cores it measures itself as well.

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { LoadGenerator, LoadResult } from "./load-generator.ts";
import { resultOf } from "./result-of.ts";

const program = fileURLToPath(new URL("./autocannon-process.ts", import.meta.url));
const { version } = createRequire(import.meta.url)("autocannon/package.json") as {
  version: string;
};

/** The autocannon that the bench depends on. */
export const autocannon: LoadGenerator = {
  name: `autocannon ${version} (there is no wrk; Debian: apt-get install wrk)`,
  run: ({ port, connections, seconds }, processes) =>
    resultOf<LoadResult>(processes, "autocannon", program, [port, connections, seconds]),
};
