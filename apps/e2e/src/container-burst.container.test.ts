// A burst at a pool of containers at zero: as many workers come as the pool may have, everybody is answered, and
// all of them go again.

import assert from "node:assert/strict";
import test from "node:test";
import {
  containersOf,
  plainPool,
  waitingFor,
  withContainers,
} from "./support/container-penstock.ts";
import { eventually } from "./support/eventually.ts";

const MAX = 10;
const CONCURRENCY = 4;

/** At once. Each takes so long that the last of the workers still finds some waiting, also on a slow machine. */
const REQUESTS = 240;
const EACH_MS = 2000;

test("from zero to ten containers under a burst, no request fails, and back to zero", (t) =>
  withContainers(
    (place) => ({
      plain: {
        ...plainPool(place),
        concurrency: CONCURRENCY,
        responseHeaders: "debug",
        processModel: { maxProcesses: MAX, idleTimeout: "2s" },
      },
    }),
    async (penstock) => {
      assert.deepEqual(await containersOf(penstock, "plain", "host"), [], "at zero");
      const startedAt = performance.now();
      const since = () => Math.round(performance.now() - startedAt);
      let firstMs = Infinity;
      const ask = async (number: number): Promise<string> => {
        const path = `/plain/${number}`;
        const answer = await fetch(`${penstock.origin}${path}?wait=${EACH_MS}`);
        const said = `${answer.status} ${await answer.text()}`;
        firstMs = Math.min(firstMs, since());
        assert.equal(said, `200 ${path} `);
        return /next-hop="([^"]+)"/.exec(answer.headers.get("proxy-status") ?? "")?.[1] ?? "";
      };
      const [answeredBy, readyMs] = await Promise.all([
        Promise.all(Array.from({ length: REQUESTS }, (_, number) => ask(number))),
        penstock.untilWorkers("plain", MAX, 60_000).then(since),
      ]);
      const allMs = since();
      t.diagnostic(
        `${REQUESTS} requests of ${EACH_MS} ms: first answer after ${firstMs} ms, ${MAX} workers after ${readyMs} ms, all answered after ${allMs} ms`,
      );
      assert.equal(new Set(answeredBy).size, MAX);
      assert.equal(penstock.logged("worker.started").length, MAX);

      const left = async () => [
        ...(await containersOf(penstock, "plain", "host")),
        ...(await containersOf(penstock, "plain", "application")),
      ];
      const none = { found: (seen: readonly string[]) => seen.length === 0, withinMs: 60_000 };
      await eventually("no worker's container is left", left, none);
      await eventually("the next worker waits", () => waitingFor(penstock, "plain"), {
        found: (waiting) => waiting.length === 1,
      });
    },
  ));
