import assert from "node:assert/strict";
import test from "node:test";
import { Metrics } from "@penstock/process/metrics";
import { createAdminServer } from "./admin-server.ts";

const REPORT = { version: "1", pools: [], workers: [] };

function givenServer(unready?: string) {
  return createAdminServer({
    token: "right",
    metrics: new Metrics(),
    unready: () => unready,
    status: () => REPORT,
    routes: (api) => api.get("/more", () => ({ more: true })),
  });
}

test("the API takes the token and answers the report, whole or in parts", async () => {
  const server = givenServer();
  const headers = { authorization: "Bearer right" };
  for (const [url, body] of [
    ["/api/v1/status", REPORT],
    ["/api/v1/pools", []],
    ["/api/v1/workers", []],
    ["/api/v1/more", { more: true }],
  ] as const) {
    const answer = await server.inject({ url, headers });
    assert.equal(answer.statusCode, 200);
    assert.deepEqual(answer.json(), body);
  }
});

test("without the token the API says where it lies", async () => {
  const server = givenServer();
  for (const authorization of [undefined, "Bearer wrong"]) {
    const headers = authorization === undefined ? {} : { authorization };
    assert.equal((await server.inject({ url: "/api/v1/more", headers })).statusCode, 401);
    const answer = await server.inject({ url: "/api/v1/status", headers });
    assert.equal(answer.statusCode, 401);
    assert.equal(answer.headers["www-authenticate"], "Bearer");
    assert.match(String(answer.headers["content-type"]), /^application\/problem\+json/);
    assert.match(answer.body, /<state>\/admin-token/);
    assert(!answer.body.includes("right"));
  }
});

test("health and metrics need no token", async () => {
  const server = givenServer();
  for (const url of ["/livez", "/readyz", "/metrics"])
    assert.equal((await server.inject({ url })).statusCode, 200, url);
});

test("who is not ready says why", async () => {
  const answer = await givenServer("the broker cannot be reached").inject({ url: "/readyz" });
  assert.equal(answer.statusCode, 503);
  assert.deepEqual(answer.json(), { status: "unready", reason: "the broker cannot be reached" });
});
