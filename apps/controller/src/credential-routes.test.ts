import assert from "node:assert/strict";
import test from "node:test";
import { ServiceError } from "@penstock/foundation";
import { Metrics } from "@penstock/process/metrics";
import { createAdminServer } from "./admin-server.ts";
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

function givenServer() {
  return createAdminServer({
    token: "right",
    metrics: new Metrics(),
    unready: () => undefined,
    status: () => ({ version: "1", pools: [], workers: [] }),
    routes: credentialRoutes({
      list: () => [LIVING],
      revoke: (given) =>
        given in REFUSALS
          ? Promise.reject(new ServiceError("refused", { code: given, remedy: "do this" }))
          : Promise.resolve({ ...LIVING, revokedAt: 2000 }),
      rotate: () =>
        Promise.reject(
          new ServiceError("not yet", { code: "SIGNING_KEY_UNKNOWN", remedy: "wait" }),
        ),
    }),
  });
}

const headers = { authorization: "Bearer right" };

test("credentials are listed and revoked behind the token", async () => {
  const server = givenServer();
  const listed = await server.inject({ url: "/api/v1/credentials", headers });
  assert.deepEqual(listed.json(), { credentials: [LIVING] });
  const post = { method: "POST", url: "/api/v1/credentials/revoke" } as const;
  const revoked = await server.inject({ ...post, headers, payload: { credential: "grafana" } });
  assert.deepEqual(revoked.json(), { ...LIVING, revokedAt: 2000 });
  for (const url of ["/api/v1/credentials/revoke", "/api/v1/credentials/rotate"])
    assert.equal((await server.inject({ method: "POST", url, payload: {} })).statusCode, 401);
});

test("a refusal has its status, its code and what to do", async () => {
  const server = givenServer();
  for (const [credential, status] of Object.entries(REFUSALS)) {
    const answer = await server.inject({
      method: "POST",
      url: "/api/v1/credentials/revoke",
      headers,
      payload: { credential },
    });
    assert.equal(answer.statusCode, status);
    const expected = { status, title: "refused", code: credential, detail: "do this" };
    assert.deepEqual(answer.json(), expected);
  }
  const rotated = await server.inject({
    method: "POST",
    url: "/api/v1/credentials/rotate",
    headers,
  });
  assert.equal(rotated.statusCode, 409);
});

for (const payload of [undefined, {}, { credential: "" }, { credential: 7 }, []]) {
  test(`a body of ${JSON.stringify(payload)} is answered with what it must be`, async () => {
    const answer = await givenServer().inject({
      method: "POST",
      url: "/api/v1/credentials/revoke",
      headers,
      ...(payload && { payload }),
    });
    assert.equal(answer.statusCode, 400);
    assert.match(answer.body, /The body must be/);
  });
}
