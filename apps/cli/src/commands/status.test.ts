import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import test from "node:test";
import { withCommandLine } from "../given-command-line.ts";

const REPORT = {
  version: "1",
  configuration: {
    file: "/srv/penstock.yaml",
    generation: "0a1b2c3d4e5f",
    appliedAt: "2026-11-23T10:00:00.000Z",
    refused: {
      at: "2026-11-23T11:00:00.000Z",
      cause: "file",
      faults: ["/srv/penstock.yaml:3:5  error  it is wrong"],
    },
  },
  pools: [
    {
      name: "shop",
      state: "started",
      workers: { ready: 1, starting: 2, suspended: 1, max: 4 },
      slots: { busy: 3, total: 16 },
      queue: { waiting: 5, limit: 1000, oldestMs: 1234 },
    },
    {
      name: "quiet",
      state: "started",
      workers: { ready: 0, starting: 0, suspended: 0, orphaned: 0, max: 4 },
      slots: { busy: 0, total: 0 },
      queue: { waiting: 0, limit: 1000, oldestMs: 0 },
    },
  ],
  workers: [
    {
      id: "shop-1",
      pool: "shop",
      state: "ready",
      pid: 42,
      running: 3,
      taken: 9,
      startedAt: "2026-11-23T10:00:00.000Z",
    },
  ],
};

/** A controller's admin port that answers like this, and its address. */
async function withController(
  answer: RequestListener,
  body: (address: string) => Promise<void>,
): Promise<void> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await body(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
  }
}

const report: RequestListener = (request, response) => {
  response.statusCode = request.headers.authorization === "Bearer right" ? 200 : 401;
  response.end(JSON.stringify(REPORT));
};

test("pools and workers are shown in aligned columns", () =>
  withController(report, (address) =>
    withCommandLine({ "admin-token": "right\n" }, async (run) => {
      const told = await run("status", "--state", ".", "--admin-listen", address);
      assert.deepEqual({ code: told.code, stderr: told.stderr }, { code: 0, stderr: "" });
      assert.deepEqual(told.stdout.split("\n"), [
        "POOL   STATE    WORKERS                BUSY  QUEUE   OLDEST",
        "shop   started  1/4 (+2, 1 suspended)  3/16  5/1000  1.2 s",
        "quiet  started  0/4                    0/0   0/1000  -",
        "",
        "WORKER  STATE  PID  RUNNING  TAKEN  STARTED",
        "shop-1  ready  42   3        9      2026-11-23T10:00:00.000Z",
        "",
        "configuration 0a1b2c3d4e5f of /srv/penstock.yaml, in force since 2026-11-23T10:00:00.000Z",
        "what was read at 2026-11-23T11:00:00.000Z was refused:",
        "  /srv/penstock.yaml:3:5  error  it is wrong",
        "",
      ]);
    }),
  ));

test("-o json prints the report and nothing else on standard output", () =>
  withController(report, (address) =>
    withCommandLine({ "admin-token": "right\n" }, async (run) => {
      const { code, stdout } = await run(
        "status",
        "--state",
        ".",
        "--admin-listen",
        address,
        "-o",
        "json",
      );
      assert.equal(code, 0);
      assert.deepEqual(JSON.parse(stdout), REPORT);
    }),
  ));

test("a controller that does not answer ends with 3 and how to start one", () =>
  withController(report, async (address) => {
    const gone = address.replace(/\d+$/, "1");
    await withCommandLine({ "admin-token": "right\n" }, async (run) => {
      const { code, stdout, stderr } = await run("status", "--state", ".", "--admin-listen", gone);
      assert.equal(code, 3);
      assert.equal(stdout, "");
      assert.match(stderr, /^penstock: no controller answers at 127\.0\.0\.1:1\n/);
      assert.match(stderr, /Start it with `penstock up`/);
    });
  }));

test("a state folder without a token ends with 3 and where to look", () =>
  withCommandLine({}, async (run) => {
    const { code, stderr } = await run("status");
    assert.equal(code, 3);
    assert.match(stderr, /the admin token cannot be read: /);
    assert.match(stderr, /Name the controller's state folder with --state/);
  }));

test("a token that is not this controller's ends with 1 and says so", () =>
  withController(report, (address) =>
    withCommandLine({ "admin-token": "wrong\n" }, async (run) => {
      const { code, stderr } = await run("status", "--state", ".", "--admin-listen", address);
      assert.equal(code, 1);
      assert.match(stderr, /answered 401/);
      assert.match(stderr, /admin-token is not this controller's/);
    }),
  ));
