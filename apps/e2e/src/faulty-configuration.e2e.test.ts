// A configuration file with faults: all are listed with where they stand, and nothing starts.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import test from "node:test";
import { runCommand } from "./support/command-line.ts";
import { processesOf } from "./support/process-table.ts";
import { configure, makeWorkspace, removeWorkspace } from "./support/workspace.ts";

const FAULTY = `version: 1
applicationPools:
  shop:
    urls: ["http://+:8080/shop/"]
    module: ./nowhere.ts
    queueLenght: 500
    queueTimeout: 30
  blog:
    urls: ["http://+:8080/shop/", "gopher://+:70/"]
    command: [serve]
    processModel: { idleTimeout: "20 minutes" }
`;

/** Where the faults stand: line and column of each. */
const PLACES = ["5:13", "6:5", "7:19", "9:12", "9:36", "11:34"];

test("a file with several faults lists them all with line and column, and nothing starts", async () => {
  const workspace = await makeWorkspace();
  const { folder, state, environment } = workspace;
  try {
    await configure(workspace, FAULTY);
    const options = { environment, directory: folder };
    for (const args of [
      ["up", "--state", state],
      ["config", "validate"],
    ]) {
      const { code, stdout, stderr } = await runCommand(args, options);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, "");
      for (const place of PLACES)
        assert.match(stderr, new RegExp(`^penstock\\.yaml:${place}\\s+error `, "m"), stderr);
      assert.match(stderr, /did you mean "queueLength"\?/);
      assert.equal(existsSync(state), false, "no state folder was made");
      assert.deepEqual(processesOf(folder), [], "nothing was started");
    }
  } finally {
    await removeWorkspace(workspace);
  }
});
