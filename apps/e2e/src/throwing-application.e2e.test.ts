// An application that throws, or answers what is no HTTP, harms the requests that it throws at. What nobody catches ends
// its worker, as it ends Node, and with it what that worker had in hand; everything else goes on.

import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "./support/eventually.ts";
import type { Penstock, Place } from "./support/penstock.ts";
import { RawConnection } from "./support/raw-connection.ts";
import { withPenstock } from "./support/run-penstock.ts";

/** Thrown where the handler is called, or what is no header: the request's own end. */
const caught = [
  "handler",
  "async",
  "status-0",
  "status-99",
  "status-1000",
  "name",
  "value",
  "phrase",
  "large-header",
  "huge-header",
];

/** Thrown where nobody is to catch it. */
const uncaught = ["timer", "rejection", "data", "close"];

const noHttp = [
  "HTTP/1.1 0 Zero\r\n\r\n",
  "HTTP/1.1 99 Low\r\n\r\n",
  "HTTP/1.1 099 Low\r\n\r\n",
  "HTTP/1.1 1000 High\r\n\r\n",
  "HTTP/1.1 200 OK\r\nno token: 1\r\n\r\n",
  "HTTP/1.1 200 OK\r\nX-Value: a\0b\r\n\r\n",
  "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
  "HTTP/1.1 200 OK\r\n$\r\n\r\n",
  "220 mail.example ESMTP\r\n",
  "\x16\x03\x01",
];

/** What a client got: the status, and Penstock's reason or the body; or "cut". */
async function ask(penstock: Penstock, path: string, method = "POST"): Promise<string> {
  const body = method === "POST" ? { body: "a body" } : {};
  try {
    const answer = await fetch(`${penstock.origin}${path}`, { method, ...body });
    const text = await answer.text();
    const reason = /"reason":"(\w+)"/.exec(text)?.[1];
    return `${answer.status} ${reason ?? text}`;
  } catch {
    return "cut";
  }
}

/** Requests that a pool's worker holds. */
async function hold(penstock: Penstock, pool: string, methods: readonly string[]) {
  const held = methods.map((method) => ask(penstock, `/${pool}/held`, method));
  await untilHeld(penstock, pool, methods.length);
  return held;
}

async function untilHeld(penstock: Penstock, pool: string, count: number): Promise<void> {
  await eventually(`${pool} holds ${count}`, () => ask(penstock, `/${pool}/running`, "GET"), {
    found: (answer) => answer === `200 ${count}`,
  });
}

const one = { processModel: { maxProcesses: 1 } };

const pools = ({ url, application }: Place) => ({
  app: { urls: [url("/app/")], module: application("faults"), ...one },
  server: { urls: [url("/server/")], module: application("faults-server"), ...one },
  command: {
    urls: [url("/command/")],
    command: [process.execPath, application("no-http")],
    ...one,
  },
  ...Object.fromEntries(
    uncaught.map((place) => [
      place,
      { urls: [url(`/${place}/`)], module: application("faults"), ...one },
    ]),
  ),
});

test("no fault of an application harms another request, and none but an uncaught one its worker", () =>
  withPenstock(pools, async (penstock) => {
    const roles = (): readonly number[] => [
      penstock.command.pid,
      penstock.pidOf("listener"),
      penstock.pidOf("controller"),
    ];
    const before = roles();
    const others = await Promise.all(
      ["app", "server", "command"].map((pool) => hold(penstock, pool, ["POST"])),
    );
    const workers = async (): Promise<readonly string[]> =>
      (await Promise.all(["app", "server", "command"].map((pool) => penstock.workers(pool))))
        .flat()
        .map(({ id }) => id);
    const hosts = await workers();

    for (const place of caught)
      assert.equal(await ask(penstock, `/app/${place}`), "502 BadGatewayResponse", place);
    assert.equal(await ask(penstock, "/app/after-head"), "cut");
    for (const said of noHttp) {
      const path = `/command/${Buffer.from(said, "latin1").toString("base64url")}`;
      assert.equal(await ask(penstock, path), "502 BadGatewayResponse", JSON.stringify(said));
    }
    using upgrade = await RawConnection.open(penstock.port);
    upgrade.send(
      "GET /server/up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: own/1\r\n\r\n",
    );
    assert.match((await upgrade.answer()).status, / 502 /);

    await Promise.all(uncaught.map((place) => losesItsWorker(penstock, place)));

    assert.deepEqual(await workers(), hosts, "who caught it is still there");
    assert.deepEqual(roles(), before);
    for (const pool of ["app", "server", "command"]) await ask(penstock, `/${pool}/release`);
    for (const [held] of others) assert.match(await (held ?? ""), /^200 held/);
  }));

/** Of what the worker had in hand, the next one gets what may be repeated; the rest gets 502. */
async function losesItsWorker(penstock: Penstock, pool: string): Promise<void> {
  const [repeatable, other] = await hold(penstock, pool, ["GET", "POST"]);
  const own = await ask(penstock, `/${pool}/${pool}`);
  const lost = "502 Connection_Abandoned_By_ReqQueue";
  // The answer of the one whose end threw may have gone out.
  if (pool !== "close" || own !== "200 answered") assert.equal(own, lost, pool);
  assert.equal(await other, lost);
  await untilHeld(penstock, pool, 1);
  await ask(penstock, `/${pool}/release`);
  assert.match((await repeatable) ?? "", /^200 held/);
  const crash = penstock.logged("worker.exited").find((line) => line["pool"] === pool);
  assert.match(String(crash?.["detail"]), /a fault of the application/);
}
