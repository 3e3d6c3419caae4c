// Commands that operate pools and workers, against a controller's API that is told what to answer.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test from "node:test";
import { withCommandLine, type CommandOutcome } from "../given-command-line.ts";

const POOL = {
  name: "shop",
  state: "rapid_fail",
  generation: "1defc9626298.1",
  urls: ["http://+:8080/shop/", "http://+:8081/"],
  workers: { ready: 0, starting: 0, suspended: 0, orphaned: 0, max: 4 },
  slots: { busy: 0, total: 0 },
  queue: { waiting: 0, limit: 1000, oldestMs: 0 },
  offline: {
    since: "2026-11-23T10:00:00.000Z",
    reason: "too many failures: shop-1 exited with code 1",
    detail: "Error: no database\n  at start",
  },
};
const worker = (id: string, pool: string) => ({
  id,
  pool,
  generation: "g1",
  state: "ready",
  pid: 42,
  running: 3,
  taken: 9,
  startedAt: "2026-11-23T10:00:00.000Z",
});

type Answer = readonly [status: number, body: unknown];

/** Runs one command. `answers` by method and path; the last of several goes on being given. */
async function run(
  answers: Readonly<Record<string, readonly Answer[]>>,
  ...args: readonly string[]
): Promise<CommandOutcome & { readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const left = new Map(Object.entries(answers).map(([key, list]) => [key, [...list]]));
  const server = createServer((request, response) => {
    const key = `${request.method} ${request.url?.replace("/api/v1/", "")}`;
    asked.push(`${key} ${request.headers.authorization}`);
    const list = left.get(key) ?? [];
    const [status, body] = (list.length > 1 ? list.shift() : list[0]) ?? [500, {}];
    const type = status < 400 ? "application/json" : "application/problem+json";
    response.writeHead(status, { "Content-Type": type }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const files = { "admin-token": "the-admin's\n", mine: "my-own\n" };
  try {
    let outcome: CommandOutcome | undefined;
    await withCommandLine(files, async (command) => {
      outcome = await command(...args, "--state", ".", "--admin-listen", address);
    });
    assert(outcome);
    return { ...outcome, asked };
  } finally {
    server.close();
  }
}

test("pools are listed", async () => {
  const { code, stdout } = await run({ "GET pools": [[200, [POOL]]] }, "pool", "ls");
  assert.equal(code, 0);
  assert.deepEqual(stdout.split("\n"), [
    "POOL  STATE       WORKERS  BUSY  QUEUE   OLDEST",
    "shop  rapid_fail  0/4      0/0   0/1000  -",
    "",
  ]);
});

test("a pool is shown with why it is offline and what to do", async () => {
  const { code, stdout } = await run({ "GET pools/shop": [[200, POOL]] }, "pool", "show", "shop");
  assert.equal(code, 0);
  assert.deepEqual(stdout.split("\n"), [
    "pool        shop",
    "state       rapid_fail",
    "offline     since 2026-11-23T10:00:00.000Z: too many failures: shop-1 exited with code 1",
    "output      Error: no database",
    "              at start",
    "remedy      penstock pool start shop",
    "workers     0/4",
    "busy        0/0",
    "queue       0/1000, oldest -",
    "generation  1defc9626298.1",
    "urls        http://+:8080/shop/",
    "            http://+:8081/",
    "",
  ]);
});

test("workers are listed, all or those of a pool, and shown", async () => {
  const answers = { "GET workers": [[200, [worker("a-1", "a"), worker("b-1", "b")]]] } as const;
  assert.match((await run(answers, "worker", "ls")).stdout, /^a-1 .*\nb-1 /m);
  const { stdout } = await run(answers, "worker", "ls", "--pool", "b", "-o", "json");
  assert.deepEqual(JSON.parse(stdout), [worker("b-1", "b")]);
  const one = { "GET workers/a-1": [[200, worker("a-1", "a")]] } as const;
  assert.match((await run(one, "worker", "show", "a-1")).stdout, /^pool +a$/m);
});

test("a worker that is left for a debugger is shown with since when, why, and how to end it", async () => {
  const since = "2026-11-23T10:00:00.000Z";
  const orphan = { since, reason: "up, but did not say a word for 8 s" };
  const orphaned = { ...worker("a-1", "a"), state: "orphaned", orphan };
  const { stdout } = await run({ "GET workers/a-1": [[200, orphaned]] }, "worker", "show", "a-1");
  assert.match(stdout, /^state +orphaned$/m);
  assert.match(stdout, new RegExp(`^orphaned +since ${since}: up, but did not say a word`, "m"));
  assert.match(stdout, /^remedy +penstock worker kill a-1, once/m);
  const pool = { ...POOL, workers: { ...POOL.workers, ready: 1, orphaned: 1 } };
  const shown = await run({ "GET pools": [[200, [pool]]] }, "pool", "ls");
  assert.match(shown.stdout, /1\/4 \(1 orphaned\)/);
});

test("stop, recycle and kill wait until who leaves is gone", async () => {
  for (const [args, path, says] of [
    [
      ["pool", "stop", "shop"],
      "POST pools/shop/stop",
      /pool shop is stopped.*; 1 worker left within/,
    ],
    [
      ["pool", "recycle", "shop"],
      "POST pools/shop/recycle",
      /pool shop is recycled; 1 worker left/,
    ],
    [
      ["worker", "stop", "shop-1"],
      "POST workers/shop-1/stop",
      /asked to finish and go; 1 worker left/,
    ],
    [
      ["worker", "kill", "shop-1"],
      "POST workers/shop-1/kill",
      /worker shop-1 was ended; 1 worker left/,
    ],
  ] as const) {
    const { code, stdout, asked } = await run(
      {
        [path]: [[200, { leaving: ["shop-1"] }]],
        "GET workers": [
          [200, [worker("shop-1", "shop"), worker("shop-2", "shop")]],
          [200, [worker("shop-2", "shop")]],
        ],
      },
      ...args,
    );
    assert.equal(code, 0, stdout);
    assert.match(stdout, says);
    assert.equal(asked.length, 3);
  }
});

test("--no-wait ends when the command holds, and JSON says who leaves", async () => {
  const answers = {
    "POST pools/shop/stop": [[200, { pool: "shop", leaving: ["shop-1"] }]],
  } as const;
  const plain = await run(answers, "pool", "stop", "shop", "--no-wait");
  assert.match(plain.stdout, /503 Disabled; 1 worker will leave\.\n$/);
  const { stdout } = await run(answers, "pool", "stop", "shop", "--no-wait", "-o", "json");
  const { leaving, seconds } = JSON.parse(stdout) as { leaving: string[]; seconds: number };
  assert.deepEqual(leaving, ["shop-1"]);
  assert(seconds >= 0);
});

test("who does not leave in time ends the command with 6, and it says that it holds", async () => {
  const { code, stdout, stderr } = await run(
    {
      "POST pools/shop/stop": [[200, { leaving: ["shop-1"] }]],
      "GET workers": [[200, [worker("shop-1", "shop")]]],
    },
    "pool",
    "stop",
    "shop",
    "--timeout",
    "0",
  );
  assert.equal(code, 6);
  assert.equal(stdout, "");
  assert.match(stderr, /shop-1 did not leave within 0 s\n {2}The command holds all the same/);
});

test("what there is not ends with 4, a conflict with 5, a token that is too narrow with 1, each with what to do", async () => {
  for (const [status, code, says] of [
    [404, 4, /^penstock: no such thing\n {2}do this instead\n$/],
    [409, 5, /^penstock: no such thing\n {2}do this instead\n$/],
    [403, 1, /answered 403: no such thing\n {2}do this instead\n$/],
  ] as const) {
    const problem = { title: "no such thing", detail: "do this instead" };
    const told = await run(
      { "POST pools/a%2Fb/start": [[status, problem]] },
      "pool",
      "start",
      "a/b",
    );
    assert.equal(told.code, code);
    assert.equal(told.stdout, "");
    assert.match(told.stderr, says);
  }
});

test("the token comes from the file that is named, else it is the admin's", async () => {
  const answers = { "GET pools": [[200, []]] } as const;
  const plain = await run(answers, "pool", "ls");
  assert.deepEqual(plain.asked, ["GET pools Bearer the-admin's"]);
  const own = await run(answers, "pool", "ls", "--token-file", "mine");
  assert.deepEqual(own.asked, ["GET pools Bearer my-own"]);
});

test("a time that is none ends with 2", async () => {
  const { code, stderr } = await run({}, "pool", "stop", "shop", "--timeout", "soon");
  assert.equal(code, 2);
  assert.match(stderr, /not a whole number of seconds/);
});

test("a pool is scaled to a number or by its demand; what is neither ends with 2", async () => {
  const answer = [[200, { pool: "shop", leaving: [] }]] as const;
  const held = await run({ "POST pools/shop/scale/3": answer }, "pool", "scale", "shop", "3");
  assert.equal(held.stdout, "pool shop holds at least 3 workers.\n");
  const free = await run({ "POST pools/shop/scale/auto": answer }, "pool", "scale", "shop", "auto");
  assert.equal(free.stdout, "pool shop has as many workers as its demand wants.\n");
  const path = "POST pools/shop/scale/3?for=10m";
  const timed = await run({ [path]: answer }, "pool", "scale", "shop", "3", "--for", "10m");
  assert.equal(timed.stdout, "pool shop holds at least 3 workers for 10m.\n");
  for (const [workers, time, says] of [
    ["3", "10", /"10" is no time/],
    ["auto", "10m", /auto holds nobody for a time/],
  ] as const) {
    const refused = await run({}, "pool", "scale", "shop", workers, "--for", time);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, says);
  }
  const { code, stderr } = await run({}, "pool", "scale", "shop", "many");
  assert.equal(code, 2);
  assert.match(stderr, /neither a whole number of workers nor auto/);
});

test("a promotion says what the file should say, apart from what it did", async () => {
  const notice = "pool shop: its canary was promoted, whatever the file says";
  const answer = [200, { pool: "shop", command: "promote", leaving: [], notice }] as const;
  const asked = { "POST pools/shop/promote": [answer] };
  const { code, stdout, stderr } = await run(asked, "pool", "promote", "shop");
  assert.equal(code, 0);
  assert.equal(stdout, "the canary of pool shop is promoted.\n");
  assert.match(stderr, /whatever the file says/);
});

test("of a pool with two versions, shares are shown, and what was decided", async () => {
  const version = { of: "shop", runs: "canary", share: 20, sticky: "cookie v" };
  const { offline: _, ...calm } = POOL;
  const canary = { ...calm, name: "shop~canary", urls: [], version };
  const stable = { ...calm, version: { of: "shop", runs: "stable", share: 80 } };
  const pools = { "GET pools": [[200, [stable, canary, POOL]] as const] };
  const { stdout } = await run(pools, "pool", "ls");
  assert.match(stdout, /^POOL +STATE +SHARE +WORKERS/);
  assert.match(stdout, /shop +rapid_fail +80 %/);
  assert.match(stdout, /shop~canary +rapid_fail +20 %/);
  assert.match(stdout, /shop +rapid_fail +- /);
  const ruling = { verdict: "promoting", notice: "make it the pool's own" };
  const one = { "GET pools/shop~canary": [[200, { ...canary, ruling }] as const] };
  const shown = await run(one, "pool", "show", "shop~canary");
  assert.match(shown.stdout, /version +canary of pool shop\n/);
  assert.match(shown.stdout, /share +20 % of its requests; who came stays, by cookie v\n/);
  assert.match(shown.stdout, /decided +make it the pool's own\n/);
});
