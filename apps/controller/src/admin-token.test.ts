import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { isAuthorized, loadAdminToken } from "./admin-token.ts";

test("a token is made at the first start, for its owner alone, and stays", async () => {
  const folder = await mkdtemp(join(tmpdir(), "penstock-test-"));
  try {
    const made = await loadAdminToken(folder);
    assert.match(made, /^[\w-]{32}$/);
    const file = join(folder, "admin-token");
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal(await readFile(file, "utf8"), `${made}\n`);
    assert.equal(await loadAdminToken(folder), made);
    await writeFile(file, "of the operator's own\n");
    assert.equal(await loadAdminToken(folder), "of the operator's own");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a bearer of the token is authorized, whatever the case of the scheme", () => {
  for (const field of ["Bearer right", "bearer right", "BEARER   right"])
    assert.equal(isAuthorized(field, "right"), true, field);
});

for (const field of [
  undefined,
  "",
  "right",
  "Bearer",
  "Bearer ",
  "Bearer wrong",
  "Bearer right right",
  "Bearer rightt",
  "Bearer righ",
  "Basic right",
  "Bearer RIGHT",
]) {
  test(`"${field}" is not authorized`, () => {
    assert.equal(isAuthorized(field, "right"), false);
  });
}
