// A container test for the tests of the runner. It fails wherever it runs: where containers cannot run, it
// must not.

import { test } from "node:test";

test("starts a container", () => {
  throw new Error("this ran");
});
