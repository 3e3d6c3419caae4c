import assert from "node:assert/strict";
import test from "node:test";
import type { FastifyInstance } from "fastify";
import { adminRoutes } from "./admin-routes.ts";
import { allows, scopes } from "./admin-scope.ts";
import { createAdminServer, createMetricsServer } from "./admin-server.ts";
import { SHOP, WORKER, REPORT, tokens, bearer, ELSEWHERE, given } from "./given-admin-server.ts";

/** Method and path of everything that a server answers, as its router knows it: a tree, four columns a level. */
async function routesOf(server: FastifyInstance): Promise<string[]> {
  await server.ready();
  const above: string[] = [];
  const routes: string[] = [];
  for (const line of server.printRoutes({ commonPrefix: false }).split("\n")) {
    const match = /^(?<lines>[^/]*)(?<path>\/\S*)(?: \((?<methods>[A-Z, ]+)\))?$/.exec(line);
    if (!match?.groups) continue;
    const { lines = "", path = "", methods = "" } = match.groups;
    above.splice(lines.length / 4 - 1, Infinity, path);
    const url = above.join("");
    routes.push(...methods.split(", ").flatMap((method) => (method ? `${method} ${url}` : [])));
  }
  return routes;
}

test("every route that the server has stands in the table, and asks for a scope", async () => {
  const { server, parts } = given();
  const table = adminRoutes(parts);
  const expected = table.flatMap(({ method, url }) =>
    method === "GET" ? [`GET ${url}`, `HEAD ${url}`] : [`${method} ${url}`],
  );
  assert.deepEqual((await routesOf(server)).toSorted(), expected.toSorted());
  for (const { url, scope } of table)
    assert(["local", ...scopes].includes(scope), `${url} has a scope`);
  const open = table.filter(({ scope }) => scope === "local").map(({ url }) => url);
  assert.deepEqual(open, ["/metrics", "/livez", "/readyz"]);
});

test("a route without a scope cannot be added", () => {
  const { server } = given();
  assert.throws(() => server.get("/api/v1/forgotten", () => "open"), /says what scope/);
});

test("each route, from another machine: 401 without a token and with a wrong one, 403 when it allows too little, else it is reached", async () => {
  const { server, parts } = given();
  for (const { method, url, scope } of adminRoutes(parts)) {
    const needed = scope === "local" ? "read" : scope;
    const path = url
      .replace(":pool", "shop")
      .replace(":workers", "2")
      .replace(":worker", "shop-1")
      .replace(":credential", "edge");
    const ask = (headers: Record<string, string>) =>
      server.inject({ method, url: path, headers, remoteAddress: ELSEWHERE });
    for (const headers of [{}, bearer("wrong"), bearer(""), { authorization: tokens.admin }]) {
      const answer = await ask(headers);
      assert.equal(answer.statusCode, 401, url);
      assert.match(String(answer.headers["www-authenticate"]), /^Bearer realm="penstock"/);
      assert.match(String(answer.headers["content-type"]), /^application\/problem\+json/);
      assert.match(answer.body, new RegExp(`needs scope ${needed}.*<state>/${needed}-token`));
    }
    for (const held of scopes) {
      const answer = await ask(bearer(tokens[held]));
      if (allows(held, needed)) {
        assert.equal(answer.statusCode, 200, `${url} with ${held}`);
      } else {
        assert.equal(answer.statusCode, 403, `${url} with ${held}`);
        assert.match(String(answer.headers["www-authenticate"]), /error="insufficient_scope"/);
        assert.match(answer.body, new RegExp(`allows ${held}, this needs ${needed}`));
      }
    }
  }
});

test("on loopback health and metrics need no token, and nothing else is open", async () => {
  const { server, parts } = given();
  for (const { method, url, scope } of adminRoutes(parts)) {
    const { statusCode } = await server.inject({ method, url });
    assert.equal(statusCode, scope === "local" ? 200 : 401, url);
  }
});

test("a Host that is not the API's gets 421 everywhere, whatever its token", async () => {
  const { server, parts, done } = given();
  for (const { method, url } of adminRoutes(parts)) {
    const headers = { ...bearer(tokens.admin), host: "evil.example:9180" };
    const answer = await server.inject({ method, url, headers });
    assert.equal(answer.statusCode, 421, url);
    assert.match(answer.body, /PENSTOCK_ADMIN_HOSTS/);
  }
  assert.deepEqual([...new Set(done)], ["refused: host"]);
});

test("a page of another origin gets 403 everywhere, whatever its token", async () => {
  const { server, parts, done } = given();
  for (const { method, url } of adminRoutes(parts)) {
    for (const foreign of [
      { origin: "http://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
    ]) {
      const headers = { ...bearer(tokens.admin), ...foreign };
      const answer = await server.inject({
        method,
        url,
        headers: headers as Record<string, string>,
      });
      assert.equal(answer.statusCode, 403, url);
    }
  }
  assert.deepEqual([...new Set(done)], ["refused: origin"]);
});

test("no answer allows another origin to read it", async () => {
  const { server } = given();
  const headers = { origin: "http://localhost:80", ...bearer(tokens.read) };
  const answer = await server.inject({ url: "/api/v1/status", headers });
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.headers["access-control-allow-origin"], undefined);
  const preflight = await server.inject({ method: "OPTIONS", url: "/api/v1/pools/shop/stop" });
  assert.equal(preflight.statusCode, 404);
});

test("refusals say nothing about the right tokens", async () => {
  const { server } = given();
  const answers = await Promise.all(
    [{}, bearer("wrong"), bearer(tokens.read)].map((headers) =>
      server.inject({ method: "POST", url: "/api/v1/pools/shop/stop", headers }),
    ),
  );
  for (const { body, headers } of answers)
    for (const token of Object.values(tokens))
      assert(!(body + JSON.stringify(headers)).includes(token));
});

test("pools and workers are shown, all of them or one", async () => {
  const { server } = given();
  for (const [url, body] of [
    ["/api/v1/status", REPORT],
    ["/api/v1/pools", [SHOP]],
    ["/api/v1/pools/shop", SHOP],
    ["/api/v1/workers", [WORKER]],
    ["/api/v1/workers/shop-1", WORKER],
  ] as const) {
    const answer = await server.inject({ url, headers: bearer(tokens.read) });
    assert.equal(answer.statusCode, 200);
    assert.deepEqual(answer.json(), body);
  }
});

test("what there is not gets 404 and where to look", async () => {
  const { server } = given();
  const headers = bearer(tokens.operate);
  for (const [method, url, says] of [
    ["GET", "/api/v1/pools/none", /There is no pool \\"none\\".*penstock pool ls/],
    ["GET", "/api/v1/workers/none", /There is no worker \\"none\\".*penstock worker ls/],
    ["POST", "/api/v1/pools/none/stop", /There is no pool/],
    ["POST", "/api/v1/workers/none/kill", /There is no worker/],
    ["GET", "/nowhere", /below \/api\/v1/],
  ] as const) {
    const answer = await server.inject({ method, url, headers });
    assert.equal(answer.statusCode, 404, url);
    assert.match(answer.body, says);
  }
});

test("commands are handed on, answered with who leaves, and told with their sender", async () => {
  const { server, done } = given();
  const headers = bearer(tokens.operate);
  for (const command of ["start", "stop", "recycle"]) {
    const answer = await server.inject({
      method: "POST",
      url: `/api/v1/pools/shop/${command}`,
      headers,
    });
    assert.deepEqual(answer.json(), { pool: "shop", command, leaving: ["shop-1"] });
  }
  await server.inject({ method: "POST", url: "/api/v1/workers/shop-1/kill", headers });
  assert.deepEqual(done, [
    "start shop",
    "start pool shop by 127.0.0.1",
    "stop shop",
    "stop pool shop by 127.0.0.1",
    "recycle shop",
    "recycle pool shop by 127.0.0.1",
    "kill shop-1",
    "kill worker shop-1 by 127.0.0.1",
  ]);
});

test("a pool is scaled to a number or by its demand, and to nothing else", async () => {
  const { server, done } = given();
  const scaled = async (to: string) =>
    await server.inject({
      method: "POST",
      url: `/api/v1/pools/shop/scale/${to}`,
      headers: bearer(tokens.operate),
    });
  assert.deepEqual((await scaled("3")).json(), {
    pool: "shop",
    command: "scale",
    workers: 3,
    leaving: [],
  });
  await scaled("auto");
  assert.deepEqual(done, [
    "scale shop 3",
    "scale pool shop by 127.0.0.1 to 3",
    "scale shop auto",
    "scale pool shop by 127.0.0.1 to auto",
  ]);
  const timed = (await scaled("3?for=1h30m")).json();
  assert.deepEqual(
    [timed.for, done.slice(4)],
    ["1h30m", ["scale shop 3 for 5400000 ms", "scale pool shop by 127.0.0.1 to 3 for 1h30m"]],
  );
  for (const [to, says] of [
    ["many", /no number of workers/],
    ["3?for=90", /"90" is no time/],
    ["3?for=0s", /"0s" is no time/],
    ["auto?for=10m", /auto holds nobody/],
  ] as const) {
    const wrong = await scaled(to);
    assert.equal(wrong.statusCode, 400);
    assert.match(wrong.json().title, says);
  }
  assert.equal(done.length, 6);
});

test("a command that does not fit gets 409 and what to do", async () => {
  const { server } = given();
  const url = "/api/v1/pools/off/recycle";
  const answer = await server.inject({ method: "POST", url, headers: bearer(tokens.operate) });
  assert.equal(answer.statusCode, 409);
  assert.deepEqual(answer.json(), {
    title: 'Pool "off" cannot be asked to recycle: it is stopped',
    status: 409,
    detail: "penstock pool start off",
  });
});

test("a body is not understood, so no form of a page is", async () => {
  const { server, done } = given();
  for (const type of ["application/x-www-form-urlencoded", "text/plain", "application/json"]) {
    const headers = { ...bearer(tokens.operate), "content-type": type };
    const url = "/api/v1/pools/shop/stop";
    const answer = await server.inject({ method: "POST", url, headers, payload: "a=b" });
    assert.equal(answer.statusCode, 415, type);
  }
  assert.deepEqual(done, []);
});

test("what fails is told to the log, and to the client only that it failed", async () => {
  const { parts, done } = given();
  for (const [unready, status, detail] of [
    [undefined, 500, "Its log has the details."],
    ["the broker cannot be reached", 503, "the broker cannot be reached"],
  ] as const) {
    done.length = 0;
    let asked = false;
    const command = () => {
      asked = true;
      return Promise.reject(new Error("/secret/path"));
    };
    const server = createAdminServer({
      ...parts,
      operations: { ...parts.operations, command },
      unready: () => (asked ? unready : undefined),
    });
    const url = "/api/v1/pools/shop/stop";
    const answer = await server.inject({ method: "POST", url, headers: bearer(tokens.admin) });
    assert.equal(answer.statusCode, status);
    assert.equal(answer.json<{ detail: string }>().detail, detail);
    assert(!answer.body.includes("/secret/path"));
    assert.deepEqual(done, ["failed: POST /api/v1/pools/:pool/stop: Error: /secret/path"]);
  }
});

test("while the broker is away no command to a pool is tried", async () => {
  const { server, done } = given({ unready: () => "the broker cannot be reached" });
  const url = "/api/v1/pools/shop/stop";
  const answer = await server.inject({ method: "POST", url, headers: bearer(tokens.operate) });
  assert.equal(answer.statusCode, 503);
  assert.match(answer.body, /Not now: the broker cannot be reached.*Nothing was changed/);
  assert.deepEqual(done, []);
});

test("who is not ready says why", async () => {
  const { server } = given({ unready: () => "the broker cannot be reached" });
  const answer = await server.inject({ url: "/readyz" });
  assert.equal(answer.statusCode, 503);
  assert.deepEqual(answer.json(), { status: "unready", reason: "the broker cannot be reached" });
});

test("a metrics port of its own has health and metrics for everybody, and nothing else", async () => {
  const { parts } = given();
  const server = createMetricsServer(parts);
  for (const url of ["/metrics", "/livez", "/readyz"]) {
    const headers = { host: "controller:9190" };
    const answer = await server.inject({ url, headers, remoteAddress: ELSEWHERE });
    assert.equal(answer.statusCode, 200, url);
  }
  assert.deepEqual((await routesOf(server)).length, 6);
});

test("what is decided about a canary is answered with what the file should say; what does not fit gets 409", async () => {
  const { server, done } = given();
  const headers = bearer(tokens.operate);
  const post = (url: string) => server.inject({ method: "POST", url, headers });
  for (const command of ["promote", "rollback"]) {
    const answer = await post(`/api/v1/pools/shop/${command}`);
    const notice = "the file says otherwise";
    assert.deepEqual(answer.json(), { pool: "shop", command, leaving: ["shop-1"], notice });
    const refused = await post(`/api/v1/pools/off/${command}`);
    assert.equal(refused.statusCode, 409);
    const title = `Pool "off" has nothing to ${command}: it is stopped`;
    assert.deepEqual(refused.json(), { title, status: 409, detail: "penstock pool start off" });
    assert.equal((await post(`/api/v1/pools/nobody/${command}`)).statusCode, 404);
  }
  assert.deepEqual(
    done.filter((what) => what.includes(" by ")),
    ["promote pool shop by 127.0.0.1", "rollback pool shop by 127.0.0.1"],
  );
});
