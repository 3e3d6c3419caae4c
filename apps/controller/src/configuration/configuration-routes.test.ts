import assert from "node:assert/strict";
import test from "node:test";
import { tokens, bearer, given, APPLIED } from "../given-admin-server.ts";

test("a configuration is applied from the controller's file, or from a text that is sent", async () => {
  const { server, done } = given();
  const ask = (query: string, payload?: string, type = "application/yaml") =>
    server.inject({
      method: "POST",
      url: `/api/v1/config/apply${query}`,
      headers: { ...bearer(tokens.admin), ...(payload && { "content-type": type }) },
      ...(payload && { payload }),
    });
  const applied = await ask("");
  assert.deepEqual(applied.json(), APPLIED);
  assert.equal((await ask("?dryRun=true&file=new.yaml", "good")).statusCode, 200);
  const invalid = await ask("?file=new.yaml", "bad");
  assert.equal(invalid.statusCode, 422);
  const { detail } = invalid.json<{ detail: string }>();
  assert.equal(detail, "new.yaml:1:1  error  it is bad\nnew.yaml:2:1  error  very");
  const refused = await ask("", "fixed");
  assert.equal(refused.statusCode, 409);
  assert.match(refused.json<{ title: string }>().title, /it cannot be replaced/);
  assert.equal((await ask("", "later")).statusCode, 503);
  assert.equal((await ask("", "a=b", "application/x-www-form-urlencoded")).statusCode, 415);
  assert.equal((await ask("", "x".repeat(8 * 1024 * 1024 + 1))).statusCode, 413);
  assert.deepEqual(done, [
    "reload operator undefined undefined false",
    "apply configuration by 127.0.0.1",
    "reload operator new.yaml good true",
    "apply configuration by 127.0.0.1",
    "reload operator new.yaml bad false",
    "reload operator configuration fixed false",
    "reload operator configuration later false",
  ]);
});
