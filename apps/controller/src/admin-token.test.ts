import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { scopes } from "./admin-scope.ts";
import { AdminTokens } from "./admin-token.ts";

async function givenFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "penstock-test-"));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

const tokens = new AdminTokens({
  read: "the-reading-one-1",
  operate: "the-operating-one",
  admin: "the-admin-token-1",
});

test("a token a scope is made at the first start, for its owner alone, and stays", async (t) => {
  const folder = await givenFolder(t);
  await AdminTokens.load(folder);
  const made = await Promise.all(
    scopes.map(async (scope) => {
      const file = join(folder, `${scope}-token`);
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      return await readFile(file, "utf8");
    }),
  );
  assert.equal(new Set(made).size, 3);
  const again = await AdminTokens.load(folder);
  scopes.forEach((scope, i) => {
    assert.match(made[i] ?? "", /^[\w-]{32}\n$/);
    assert.equal(again.scopeOf(`Bearer ${made[i]?.trim()}`), scope);
  });
});

test("an operator's own token holds", async (t) => {
  const folder = await givenFolder(t);
  await writeFile(join(folder, "admin-token"), "of.the/operators+own==\n", { mode: 0o600 });
  const loaded = await AdminTokens.load(folder);
  assert.equal(loaded.scopeOf("Bearer of.the/operators+own=="), "admin");
});

for (const [what, text, mode, why] of [
  ["that is empty", "", 0o600, /holds no token of at least 16/],
  ["that is short", "secret", 0o600, /holds no token of at least 16/],
  ["that cannot be sent", "two words of a token", 0o600, /holds no token of at least 16/],
  ["that others may read", "a-token-that-is-long", 0o644, /others may read it/],
] as const) {
  test(`a token ${what} stops the start, and says what to do`, async (t) => {
    const folder = await givenFolder(t);
    const file = join(folder, "operate-token");
    await writeFile(file, text);
    await chmod(file, mode);
    await assert.rejects(AdminTokens.load(folder), {
      code: "ADMIN_TOKEN_UNSAFE",
      message: why,
      remedy: /./,
    });
  });
}

test("a bearer of a token has its scope, whatever the case of the scheme", () => {
  for (const scheme of ["Bearer ", "bearer ", "BEARER   "]) {
    assert.equal(tokens.scopeOf(`${scheme}the-reading-one-1`), "read");
    assert.equal(tokens.scopeOf(`${scheme}the-operating-one`), "operate");
    assert.equal(tokens.scopeOf(`${scheme}the-admin-token-1`), "admin");
  }
});

test("of two scopes with one token the wider holds", () => {
  const same = { read: "one-for-all-of-them", operate: "one-for-all-of-them", admin: "another-1" };
  assert.equal(new AdminTokens(same).scopeOf("Bearer one-for-all-of-them"), "operate");
});

for (const field of [
  undefined,
  "",
  "the-admin-token-1",
  "Bearer",
  "Bearer ",
  "Bearer wrong",
  "Bearer the-admin-token-1 x",
  "Bearer the-admin-token-12",
  "Bearer the-admin-token-",
  "Basic the-admin-token-1",
  "Bearer THE-ADMIN-TOKEN-1",
]) {
  test(`"${field}" allows nothing`, () => {
    assert.equal(tokens.scopeOf(field), undefined);
  });
}
