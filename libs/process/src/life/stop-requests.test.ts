import assert from "node:assert/strict";
import test from "node:test";

import { StopRequests } from "./stop-requests.ts";

const sequences: Record<string, readonly (readonly [atMs: number, verdict: string])[]> = {
  "one signal drains": [[1000, "drain"]],
  "npm's second copy is the same wish": [
    [1000, "drain"],
    [1003, "same"],
    [1499, "same"],
  ],
  "a second signal after the window kills": [
    [1000, "drain"],
    [1500, "kill"],
  ],
  "the window counts from the first signal, not from its copies": [
    [0, "drain"],
    [400, "same"],
    [600, "kill"],
  ],
};

for (const [title, signals] of Object.entries(sequences)) {
  test(title, () => {
    const requests = new StopRequests();
    for (const [atMs, verdict] of signals) assert.equal(requests.signalled(atMs), verdict);
  });
}
