import assert from "node:assert/strict";
import test from "node:test";
import { tokens, bearer, given, EVENT } from "../given-admin-server.ts";

test("events are listed from one on, of one pool, and waited for; what is no number is refused", async () => {
  const { server, done } = given();
  const ask = (query: string) =>
    server.inject({ url: `/api/v1/events${query}`, headers: bearer(tokens.read) });
  assert.deepEqual((await ask("")).json(), { events: [EVENT] });
  await ask("?after=5&pool=shop&limit=10&wait=30");
  for (const wrong of ["?after=x", "?limit=5001", "?wait=61", "?wait=1&wait=2"])
    assert.equal((await ask(wrong)).statusCode, 400, wrong);
  assert.deepEqual(done, [
    'events {"after":0,"limit":100} within 0',
    'events {"after":5,"limit":10,"pool":"shop"} within 30000',
  ]);
});
