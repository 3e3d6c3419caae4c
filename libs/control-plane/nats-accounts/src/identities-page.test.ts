import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { format } from "prettier";
import { SECURITY_PAGE, securityPage } from "./identities-page.ts";

test("docs/security.md says what the code grants", async () => {
  const wanted = await format(await securityPage(), { parser: "markdown", printWidth: 100 });
  assert.equal(
    await readFile(SECURITY_PAGE, "utf8"),
    wanted,
    "run node libs/control-plane/nats-accounts/src/main.ts",
  );
});
