// autocannon, for machines without wrk: a Node program like the servers. It takes as much processor time as
// they do, so on few cores it measures itself as well.

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { LoadGenerator, LoadResult } from "./load-generator.ts";

const program = fileURLToPath(new URL("./autocannon-process.ts", import.meta.url));
const { version } = createRequire(import.meta.url)("autocannon/package.json") as {
  version: string;
};

/** The autocannon that the bench depends on. */
export const autocannon: LoadGenerator = {
  name: `autocannon ${version} (there is no wrk; Debian: apt-get install wrk)`,
  run: async ({ port, connections, seconds }, processes) => {
    const run = processes.start({
      name: "autocannon",
      executable: process.execPath,
      arguments: [program, port, connections, seconds].map(String),
      keepOutput: true,
    });
    const code = await run.exited;
    if (code !== 0) throw new Error(`autocannon failed (${code}):\n${run.output}`);
    // Node may have had to say something before.
    return JSON.parse(run.output.trim().split("\n").at(-1) ?? "") as LoadResult;
  },
};
