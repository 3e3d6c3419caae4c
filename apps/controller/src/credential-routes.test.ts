import assert from "node:assert/strict";
import test from "node:test";
import fastify from "fastify";
import { ServiceError } from "@penstock/foundation";
import { credentialRoutes } from "./credential-routes.ts";

const LIVING = {
  version: 1,
  kind: "operations",
  name: "grafana",
  userKey: "U1",
  signer: "A1",
  issuedAt: 1000,
} as const;

const REFUSALS: Readonly<Record<string, number>> = {
  CREDENTIAL_NOT_FOUND: 404,
  CREDENTIAL_AMBIGUOUS: 409,
  CREDENTIAL_REVOKED: 409,
  ACCOUNT_REFUSED: 502,
};

/** The routes without the guard before them, which admin-server.test.ts is about. */
function given() {
  const done: string[] = [];
  const server = fastify();
  const routes = credentialRoutes({
    operated: (what, subject) => done.push(`${what} ${subject}`),
    credentials: {
      list: () => [LIVING],
      revoke: (name) =>
        name in REFUSALS
          ? Promise.reject(new ServiceError("refused", { code: name, remedy: "do this" }))
          : Promise.resolve({ ...LIVING, revokedAt: 2000 }),
      rotate: () =>
        Promise.reject(
          new ServiceError("not yet", { code: "SIGNING_KEY_UNKNOWN", remedy: "wait" }),
        ),
    },
  });
  for (const { method, url, handle } of routes) server.route({ method, url, handler: handle });
  return { server, done };
}

test("credentials are listed, and revoked by a name that may hold anything", async () => {
  const { server, done } = given();
  const listed = await server.inject({ url: "/api/v1/credentials" });
  assert.deepEqual(listed.json(), { credentials: [LIVING] });
  const url = `/api/v1/credentials/${encodeURIComponent("a/b c")}/revoke`;
  const revoked = await server.inject({ method: "POST", url });
  assert.deepEqual(revoked.json(), { ...LIVING, revokedAt: 2000 });
  assert.deepEqual(done, ["revoke credentials a/b c"]);
});

test("a refusal has its status and what to do, and nothing was done", async () => {
  const { server, done } = given();
  for (const [name, status] of Object.entries(REFUSALS)) {
    const url = `/api/v1/credentials/${name}/revoke`;
    const answer = await server.inject({ method: "POST", url });
    assert.equal(answer.statusCode, status);
    const { title, detail } = answer.json<{ title: string; detail: string }>();
    assert.deepEqual([title, detail], ["refused", "do this"]);
  }
  const rotated = await server.inject({ method: "POST", url: "/api/v1/credentials/rotate" });
  assert.equal(rotated.statusCode, 409);
  assert.deepEqual(done, []);
});
