// Whatever makes a worker due for recycling: its replacement is ready before it goes, workers take turns, and no
// request fails.

import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "./support/eventually.ts";
import { startLoad } from "./support/load.ts";
import { operate } from "./support/operate.ts";
import { withPenstock } from "./support/run-penstock.ts";

const WORKERS = 2;

interface Due {
  readonly reason: string;
  /** `echo` unless said otherwise. */
  readonly application?: string;
  readonly periodicRestart: () => Readonly<Record<string, unknown>>;
  /** What its drain is logged with. */
  readonly words: RegExp;
  readonly withinMs: number;
}

const digits = (number: number): string => String(number).padStart(2, "0");

/** The next whole minute that is not too near, by this machine's clock. */
function soon(): string {
  const moment = new Date(Date.now() + 75_000);
  return `${digits(moment.getHours())}:${digits(moment.getMinutes())}`;
}

const causes: readonly Due[] = [
  {
    reason: "time",
    periodicRestart: () => ({ time: "6s" }),
    words: /is due: it ran for \d+ s$/,
    withinMs: 30_000,
  },
  {
    reason: "requests",
    periodicRestart: () => ({ requests: 300 }),
    words: /is due: it took \d+ requests$/,
    withinMs: 30_000,
  },
  {
    // More than it holds at its start, less than it leaks.
    reason: "memory",
    application: "leaks",
    periodicRestart: () => ({ memory: "180MiB" }),
    words: /is due: it holds (?:1[89]|2|3)\d+ MiB$/,
    withinMs: 60_000,
  },
  {
    reason: "schedule",
    periodicRestart: () => ({ schedule: [soon()] }),
    words: /is due: a scheduled time came$/,
    withinMs: 120_000,
  },
];

for (const { reason, application: name = "echo", periodicRestart, words, withinMs } of causes)
  test(`workers that are due by ${reason} are replaced one after the other, and no request fails`, () =>
    withPenstock(
      ({ url, application }) => ({
        echo: {
          urls: [url("/echo/")],
          module: application(name),
          concurrency: 4,
          processModel: { minProcesses: WORKERS, maxProcesses: WORKERS },
          recycling: { periodicRestart: periodicRestart() },
        },
      }),
      async (penstock) => {
        const before = await penstock.untilWorkers("echo", WORKERS);
        await using load = startLoad({ origin: penstock.origin, path: "/echo/", clients: 4 });
        const gone = () =>
          penstock.logged("worker.exited").filter((line) => line["reason"] === "recycle");
        await eventually("both are replaced", gone, {
          found: (exits) => before.every(({ id }) => exits.some((exit) => exit["worker"] === id)),
          withinMs,
        });
        await load.end();
        assert.deepEqual(load.faults, []);

        const drains = penstock.logged("pool.drainWorker");
        for (const { reason: why } of drains) assert.match(String(why), words);
        const order = penstock.log.flatMap(({ event, worker }) =>
          event === "worker.ready" || event === "pool.drainWorker"
            ? `${event} ${String(worker)}`
            : [],
        );
        // Ready are both, then one more before each that is asked to go.
        let ready = 0;
        for (const line of order) {
          ready += line.startsWith("worker.ready") ? 1 : -1;
          if (ready < WORKERS)
            assert(order.indexOf(line) < WORKERS, `${WORKERS} stay: ${order.join()}`);
        }
        const told = await operate(penstock, "events", "--pool", "echo", "-o", "json");
        const kept = JSON.parse(told) as readonly { kind: string; message: string }[];
        for (const { id } of before) {
          const why = kept.find(
            ({ kind, message }) =>
              kind === "worker.draining" && message.startsWith(`worker ${id}: `),
          );
          assert.match(why?.message ?? told, words);
        }
        const metrics = await penstock.metrics("controller");
        const counted = metrics.value(`penstock_recycles_total{pool="echo",reason="${reason}"}`);
        assert(counted !== undefined && counted >= WORKERS, `${counted} recycles`);
      },
    ));
