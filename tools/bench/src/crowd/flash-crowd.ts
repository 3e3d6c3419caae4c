// A flash crowd: a thousand requests at once at a pool at zero, against starting by hand as many processes of the
// same application as Penstock found right, at the moment at which the crowd comes, each asked directly: nothing
// stands between, and somebody knew how many. See docs/bench.md.

import { setTimeout as pause } from "node:timers/promises";
import { freePorts } from "@penstock/testing";
import { applicationFile, listenArguments } from "../applications/application.ts";
import { sendBurst, type BurstReport } from "../load/burst.ts";
import type { Stage } from "../measuring/stage.ts";
import { AdminPort, untilWorkers } from "../targets/admin-port.ts";
import { startPenstock } from "../targets/penstock.ts";

/** Who meets the crowd. */
export type CrowdWay = "penstock" | "by hand";

/** One crowd. */
export interface CrowdSample extends BurstReport {
  readonly turn: number;
  readonly way: CrowdWay;
  readonly workers: number;
}

/** What a worker takes at once, and how many there may be: room for all, in one wave. */
const CONCURRENCY = 64;
const WORKERS_MAX = 16;

/** Between a crowd and the next, for what ending processes leave to do, milliseconds. */
const SETTLE_MS = 500;

/** Measures; what it started ends with the stage. */
export async function measureFlashCrowd(
  stage: Stage,
  { turns, requests }: { readonly turns: number; readonly requests: number },
): Promise<CrowdSample[]> {
  const [port = 0] = await freePorts(1);
  const penstock = await startPenstock(stage, "crowd", {
    crowd: {
      urls: [`http://+:${port}/`],
      module: applicationFile("slow"),
      concurrency: CONCURRENCY,
      processModel: { maxProcesses: WORKERS_MAX, idleTimeout: "2s" },
    },
  });
  const admin = new AdminPort(penstock.adminPort, penstock.state);
  const samples: CrowdSample[] = [];
  // The first one finds empty compile caches and is not counted.
  for (let turn = -1; turn < turns; turn++) {
    stage.tell(`flash crowd: turn ${turn + 1} of ${turns}`);
    await untilWorkers([admin], "a pool at zero", (workers) => workers.length === 0);
    await pause(SETTLE_MS);
    const met = await sendBurst(stage, requests, [port]);
    const workers = (await admin.workers())?.length ?? 0;
    await untilWorkers([admin], "a pool at zero", (left) => left.length === 0);
    const byHand = await startByHand(stage, requests, workers);
    if (turn < 0) continue;
    samples.push(
      { turn, way: "penstock", workers, ...met },
      { turn, way: "by hand", workers, ...byHand },
    );
  }
  return samples;
}

async function startByHand(stage: Stage, requests: number, count: number): Promise<BurstReport> {
  await pause(SETTLE_MS);
  const ports = await freePorts(count);
  const crowd = sendBurst(stage, requests, ports);
  const servers = ports.map((port) =>
    stage.processes.start({
      name: "the application slow",
      executable: process.execPath,
      arguments: listenArguments("slow", port),
    }),
  );
  const report = await crowd;
  await Promise.all(servers.map((server) => server.stop()));
  return report;
}
