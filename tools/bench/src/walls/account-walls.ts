// The way between listener and worker, behind the account walls and in one open account: the same protocol
// over two brokers that both run all the time, one loaded at a time. No HTTP and no application, which
// would cost the same on both sides and hide the difference.
//
//   process       is
//   -----------   --------------------------------------------------------------------------------
//   nats-server   one for each broker, for the whole measurement
//   worker        one for each broker, for the whole measurement; answers at once
//   listener      one for each load: it asks, measures, and is gone

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ApplicationPool } from "@penstock/domain";
import { workerInbox } from "@penstock/wire";
import type { LoadSample } from "../measuring/load-summary.ts";
import type { Stage } from "../measuring/stage.ts";
import { rotated } from "@penstock/figures";
import type { StartedProcess } from "../processes/child-processes.ts";
import type { Broker, BrokerName } from "./broker.ts";
import { measuredPool, routeTo } from "./measured-pool.ts";
import { startOpenBroker } from "./open-broker.ts";
import { writeSettings, type ListenerReport, type ListenerSettings } from "./program-settings.ts";
import { requestKinds, type RequestKind } from "./request-kind.ts";
import { startWalledBroker } from "./walled-broker.ts";

/** The requests that the worker takes at once; no less than are under way in the default run. */
const CONCURRENCY = 256;

/** A listener is new for each load, and V8 compiles it meanwhile, seconds. */
const WARM_UP_SECONDS = 1;

const WORKER = "w1";
const workerProgram = fileURLToPath(new URL("./worker-process.ts", import.meta.url));
const listenerProgram = fileURLToPath(new URL("./listener-process.ts", import.meta.url));

/** How the walls are measured. */
export interface WallsOptions {
  /** Requests under way at one time. */
  readonly inFlight: readonly number[];
  readonly rounds: number;
  /** Of each load. */
  readonly seconds: number;
  /** Load before anything is counted, in each load. Default {@link WARM_UP_SECONDS}. */
  readonly warmUpSeconds?: number;
}

/** One load of one broker. */
export interface WallsSample extends LoadSample {
  readonly kind: RequestKind;
  readonly inFlight: number;
  readonly target: BrokerName;
}

/** A broker and the worker at it. */
interface Served {
  readonly broker: Broker;
  readonly worker: StartedProcess;
}

/** A load, and how the listener that makes it is called. */
type WallsLoad = Pick<
  ListenerSettings,
  "kind" | "inFlight" | "seconds" | "warmUpSeconds" | "listener"
>;

/** Measures; what it started ends with the stage. */
export async function measureWalls(stage: Stage, options: WallsOptions): Promise<WallsSample[]> {
  const { rounds, seconds, warmUpSeconds = WARM_UP_SECONDS } = options;
  const pool = measuredPool(CONCURRENCY);
  const brokers = [await startOpenBroker(stage, pool), await startWalledBroker(stage, pool)];
  const served = brokers.map((broker) => ({ broker, worker: startWorker(stage, broker, pool) }));
  const samples: WallsSample[] = [];
  for (let round = 0; round < rounds; round++) {
    stage.tell(`walls: round ${round + 1} of ${rounds}`);
    for (const kind of requestKinds)
      for (const inFlight of options.inFlight)
        for (const one of rotated(served, round)) {
          // A name is used once: numbers begin anew with each process.
          const listener = `l${samples.length}`;
          const load = { kind, inFlight, seconds, warmUpSeconds, listener };
          const { faults, ...measured } = await runLoad(stage, one, { pool, load });
          const target = one.broker.name;
          for (const fault of faults) stage.tell(`walls: ${target}, ${kind}: ${fault}`);
          samples.push({ round, kind, inFlight, target, ...measured });
        }
  }
  return samples;
}

function startWorker(stage: Stage, broker: Broker, pool: ApplicationPool): StartedProcess {
  const settings = join(stage.folder, `${broker.name}-worker.json`);
  const credentials = broker.credentialsOf({ identity: "worker", name: WORKER });
  const inboxPrefix = workerInbox(WORKER);
  writeSettings(settings, {
    link: { url: broker.url, name: `worker ${WORKER}`, inboxPrefix, credentials },
    worker: WORKER,
    pool: pool.name,
    slots: pool.concurrency,
  });
  return stage.processes.start({
    name: `the worker (${broker.name})`,
    executable: process.execPath,
    arguments: [workerProgram, settings],
  });
}

async function runLoad(
  stage: Stage,
  { broker, worker }: Served,
  { pool, load }: { readonly pool: ApplicationPool; readonly load: WallsLoad },
): Promise<ListenerReport> {
  const { listener } = load;
  const settings = join(stage.folder, `${broker.name}-${listener}.json`);
  const credentials = broker.credentialsOf({ identity: "listener", name: listener });
  writeSettings(settings, {
    link: {
      url: broker.url,
      name: `listener ${listener}`,
      inboxPrefix: `_L.${listener}`,
      credentials,
    },
    ...load,
    route: routeTo(pool),
    others: { "nats-server": broker.pid, worker: worker.pid },
  });
  const run = stage.processes.start({
    name: `the listener (${broker.name})`,
    executable: process.execPath,
    arguments: [listenerProgram, settings],
    keepOutput: true,
  });
  const code = await Promise.race([run.exited, unexpectedEnd(worker)]);
  if (code !== 0)
    throw new Error(
      `${run.name} failed (${code}):\n${run.output}${worker.name}:\n${worker.output}`,
    );
  // Node may have had to say something before.
  return JSON.parse(run.output.trim().split("\n").at(-1) ?? "") as ListenerReport;
}

async function unexpectedEnd(started: StartedProcess): Promise<never> {
  const code = await started.exited;
  throw new Error(`${started.name} ended (${code}):\n${started.output}`);
}
