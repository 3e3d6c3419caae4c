// A worker's token ends and its work does not: it is renewed while the worker lives, also by a controller that
// did not launch it, and whatever is under way at the worker goes on.

import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { eventually } from "./support/eventually.ts";
import { startLoad } from "./support/load.ts";
import { pids } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";

/**
 * Life of a token, and for how long there is load. The controller may be away for half a life, and a busy
 * machine takes seconds to start another.
 */
const LIFE_MS = 12_000;
const LOAD_MS = 2.5 * LIFE_MS;

/** Parts of a body that is sent during all of the load; many of them are alike. */
const PARTS = 200;

test("requests of all kinds outlive the tokens that their worker had, and a controller that is killed meanwhile", () =>
  withPenstock(
    ({ url, application }) => ({
      echo: {
        urls: [url("/echo/")],
        module: application("echo"),
        concurrency: 8,
        processModel: { minProcesses: 2, maxProcesses: 2 },
      },
    }),
    async (penstock) => {
      const before = await penstock.untilWorkers("echo", 2);
      await using load = startLoad({ origin: penstock.origin, path: "/echo/", clients: 4 });
      await using changing = startLoad({
        origin: penstock.origin,
        path: "/echo/post/",
        method: "POST",
        clients: 2,
      });
      const uploads = Promise.all([upload(penstock.origin), upload(penstock.origin)]);
      await delay(LOAD_MS / 2);
      process.kill(penstock.pidOf("controller"), "SIGKILL");
      await delay(LOAD_MS / 2);
      await load.end();
      await changing.end();
      for (const { sent, received } of await uploads) assert.equal(received, `/echo/up ${sent}`);
      assert.deepEqual([load.faults, changing.faults], [[], []]);
      assert(load.answered > 1000 && changing.answered > 200);
      const after = await eventually(
        "the API is back",
        () => penstock.workers("echo").catch(() => []),
        { found: (workers) => workers.length === 2 },
      );
      assert.deepEqual(pids(after), pids(before), "the same workers");
      assert.doesNotMatch(penstock.command.said, /authentication expired/i);
    },
    { environment: { PENSTOCK_WORKER_TOKEN_LIFE: `${LIFE_MS}ms` } },
  ));

async function upload(origin: string): Promise<{ sent: string; received: string }> {
  let sent = "";
  async function* parts(): AsyncGenerator<Uint8Array> {
    for (let count = 0; count < PARTS; count++) {
      const part = count % 5 === 0 ? `part ${count};` : "the same;";
      sent += part;
      yield Buffer.from(part);
      await delay(LOAD_MS / PARTS);
    }
  }
  const answer = await fetch(`${origin}/echo/up`, {
    method: "POST",
    body: ReadableStream.from(parts()),
    duplex: "half",
  });
  return { sent, received: await answer.text() };
}
