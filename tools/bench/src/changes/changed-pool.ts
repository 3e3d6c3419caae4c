// The pool that is changed while it is under load, and what is done to it. Each change resolves when it is
// complete, as far as an operator can see.
//
//   change               what is done                                    complete when
//   ------------------   ---------------------------------------------   -----------------------------------
//   recycle              what `penstock pool recycle` sends              the workers of before have gone
//   deploy               another module in the file, as `penstock        the workers of before have gone
//                        config apply` sends it
//   canary rollback      `pool rollback` of a canary that has a fifth    the workers of the canary have gone
//                        of the requests
//   canary promote       `pool promote` of another one                   likewise, and the pool's of before
//   scale up             minProcesses and maxProcesses from 2 to 4,      four workers are ready
//                        likewise
//   scale down           and back                                        two have gone
//   controller killed    SIGKILL; `penstock up` starts it again          the next one knows that all are ready
//   controller failover  SIGKILL with another one waiting                that one knows it, or the next one
//                                                                        of `penstock up` if it is earlier

import { freePorts } from "@penstock/testing";
import { versionAnswer, writeVersion } from "../applications/versioned-application.ts";
import type { Stage } from "../measuring/stage.ts";
import type { StartedProcess } from "../processes/child-processes.ts";
import { firstAnswer } from "../processes/first-answer.ts";
import { sendSignal } from "../processes/process-table.ts";
import { untilReady } from "../processes/until-serving.ts";
import { AdminPort, untilWorkers } from "../targets/admin-port.ts";
import { penstockParts } from "../targets/penstock-parts.ts";
import {
  commandLine,
  configurationText,
  startPenstock,
  type RunningPenstock,
} from "../targets/penstock.ts";

/** Workers that the pool always has, and when it is scaled up. */
const WORKERS = 2;
const WORKERS_SCALED = 4;

/** Its share of the requests, per cent. */
const CANARY_WEIGHT = 20;

const ANSWER_LIMIT_MS = 10_000;

interface Canary {
  readonly module: string;
  readonly weight: number;
}

/** The pool under load. */
export class ChangedPool {
  readonly port: number;
  readonly #stage: Stage;
  readonly #penstock: RunningPenstock;
  readonly #admin: AdminPort;
  /** What the pool runs, and the newest version that was written. */
  #version = 1;
  #newest = 1;
  #standby: { readonly process: StartedProcess; readonly admin: AdminPort } | undefined;

  private constructor(stage: Stage, penstock: RunningPenstock, port: number) {
    this.port = port;
    this.#stage = stage;
    this.#penstock = penstock;
    this.#admin = new AdminPort(penstock.adminPort, penstock.state);
  }

  /** Starts Penstock with the pool, and waits until its workers are ready. */
  static async start(stage: Stage): Promise<ChangedPool> {
    const [port = 0] = await freePorts(1);
    const pools = poolsOf(port, await writeVersion(stage.folder, 1), WORKERS);
    const pool = new ChangedPool(stage, await startPenstock(stage, "changes", pools), port);
    await pool.#untilReady(WORKERS);
    return pool;
  }

  async recycle(): Promise<void> {
    const replaced = await this.#untilReplaced();
    await this.#admin.post("pools/app/recycle");
    await replaced();
  }

  async deploy(): Promise<void> {
    const replaced = await this.#untilReplaced();
    this.#version = ++this.#newest;
    await this.#apply(WORKERS);
    await replaced();
    await this.#assertServes(this.#version);
  }

  /** Gives a fifth of the requests to another version: before a rollback or a promotion. */
  async startCanary(): Promise<void> {
    const module = await writeVersion(this.#stage.folder, ++this.#newest);
    await this.#apply(WORKERS, { module, weight: CANARY_WEIGHT });
    await this.#untilReady(2 * WORKERS);
  }

  async rollBack(): Promise<void> {
    await this.#admin.post("pools/app/rollback");
    await this.#untilReady(WORKERS);
    await this.#assertServes(this.#version);
  }

  async promote(): Promise<void> {
    const replaced = await this.#untilReplaced();
    await this.#admin.post("pools/app/promote");
    await replaced();
    this.#version = this.#newest;
    await this.#assertServes(this.#version);
  }

  /** Has the configuration say what was decided about the canary. */
  async follow(): Promise<void> {
    await this.#apply(WORKERS);
  }

  async scaleUp(): Promise<void> {
    await this.#apply(WORKERS_SCALED);
    await this.#untilReady(WORKERS_SCALED);
  }

  async scaleDown(): Promise<void> {
    await this.#apply(WORKERS);
    await this.#untilReady(WORKERS);
  }

  async killController(): Promise<void> {
    this.#kill();
    await this.#untilReady(WORKERS);
  }

  /** Has a second controller wait: before a failover. */
  async startStandby(): Promise<void> {
    const { configuration, state, process: up } = this.#penstock;
    const [natsUrl = ""] = /nats:\/\/[\d.:]+/.exec(up.output) ?? [];
    const [port = 0] = await freePorts(1);
    const flags = ["--config", configuration, "--state", state, "--nats-url", natsUrl];
    const standby = this.#stage.processes.start({
      name: "the second controller",
      executable: process.execPath,
      arguments: [commandLine, "controller", ...flags, "--admin-listen", `127.0.0.1:${port}`],
    });
    await untilReady(standby, { port, path: "/readyz" });
    this.#standby = { process: standby, admin: new AdminPort(port, state) };
  }

  async failOver(): Promise<void> {
    if (!this.#standby) throw new Error("nobody waits to take over");
    this.#kill();
    await this.#untilReady(WORKERS, [this.#admin, this.#standby.admin]);
  }

  /** Ends the second controller: that of `penstock up` leads again. */
  async endStandby(): Promise<void> {
    await this.#standby?.process.stop();
    this.#standby = undefined;
    await this.#untilReady(WORKERS);
  }

  #kill(): void {
    const { process: up, state } = this.#penstock;
    const [pid] = penstockParts(up.pid, state).get("controller") ?? [];
    if (pid === undefined) throw new Error(`there is no controller to be killed:\n${up.output}`);
    sendSignal(pid, "SIGKILL");
  }

  async #apply(workers: number, canary?: Canary): Promise<void> {
    const module = await writeVersion(this.#stage.folder, this.#version);
    const pools = poolsOf(this.port, module, workers, canary);
    await this.#admin.post("config/apply", configurationText(pools));
  }

  async #assertServes(version: number): Promise<void> {
    const { body } = await firstAnswer({ port: this.port, path: "/" }, ANSWER_LIMIT_MS);
    if (body !== versionAnswer(version)) throw new Error(`not version ${version} came: ${body}`);
  }

  async #untilReady(count: number, admins: readonly AdminPort[] = [this.#admin]): Promise<void> {
    await untilWorkers(
      admins,
      `${count} ready workers`,
      (workers) => workers.length === count && workers.every(({ state }) => state === "ready"),
    );
  }

  async #untilReplaced(): Promise<() => Promise<void>> {
    const before = new Set((await this.#admin.workers())?.map(({ id }) => id));
    return () =>
      untilWorkers(
        [this.#admin],
        "a replacement of all workers",
        (workers) =>
          workers.length === WORKERS &&
          workers.every(({ id, state }) => state === "ready" && !before.has(id)),
      );
  }
}

function poolsOf(port: number, module: string, workers: number, canary?: Canary) {
  const processModel = { minProcesses: workers, maxProcesses: workers };
  const urls = [`http://+:${port}/`];
  return { app: { urls, module, processModel, ...(canary && { canary }) } };
}
