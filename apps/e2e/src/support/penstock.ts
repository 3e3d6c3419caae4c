// `penstock up` as a test sees it: a real process in a workspace, with free ports, started before the test's
// body and stopped after it; nothing of it may be left then.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CommandLine, LogLine } from "./command-line.ts";
import { eventually } from "./eventually.ts";
import { isTaken } from "@penstock/testing";
import { MetricsText } from "./metrics-text.ts";
import { childrenOf, processesOf } from "./process-table.ts";
import { withLimit } from "./with-limit.ts";
import { strayFiles, type Workspace } from "./workspace.ts";

/** How long a stop may take, milliseconds: generous, for a machine that does much else. */
const STOP_LIMIT_MS = 20_000;

/** What a test knows when it writes its configuration. */
export interface Place {
  readonly folder: string;
  /** The traffic port of the test, and a second one. */
  readonly port: number;
  readonly otherPort: number;
  /** A strong-wildcard prefix on the traffic port: `/echo/`. */
  readonly url: (path: string) => string;
  /** The module of an application of the tests, by its name. */
  readonly application: (name: string) => string;
}

/** Application pools as the configuration file has them. */
export type Pools = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** One worker in the admin API's answer. */
export interface ShownWorker {
  readonly id: string;
  readonly pool: string;
  readonly generation: string;
  readonly state: string;
  readonly pid: number;
  readonly running: number;
  readonly taken: number;
}

/** One pool in the admin API's answer. */
export interface ShownPool {
  readonly name: string;
  readonly state: string;
  readonly workers: {
    readonly ready: number;
    readonly starting: number;
    readonly suspended: number;
    readonly orphaned: number;
    readonly max: number;
  };
  readonly slots: { readonly busy: number; readonly total: number };
  readonly queue: { readonly waiting: number; readonly limit: number; readonly oldestMs: number };
  readonly lastFailure?: string;
  readonly short?: { readonly since: string; readonly reason: string };
  readonly offline?: { readonly since: string; readonly reason: string; readonly detail: string };
}

/** A running `penstock up`. */
export class Penstock {
  readonly place: Place;
  readonly workspace: Workspace;
  readonly command: CommandLine;
  readonly #adminPort: number;
  readonly #operationsPort: number;

  constructor(
    place: Place,
    workspace: Workspace,
    command: CommandLine,
    ports: { readonly admin: number; readonly operations: number },
  ) {
    this.place = place;
    this.workspace = workspace;
    this.command = command;
    this.#adminPort = ports.admin;
    this.#operationsPort = ports.operations;
  }

  get port(): number {
    return this.place.port;
  }

  /** `http://127.0.0.1:<port>`, where clients ask. */
  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get adminAddress(): string {
    return `127.0.0.1:${this.#adminPort}`;
  }

  get operationsAddress(): string {
    return `127.0.0.1:${this.#operationsPort}`;
  }

  get log(): readonly LogLine[] {
    return this.command.log;
  }

  /** Lines of one event. */
  logged(event: string): readonly LogLine[] {
    return this.log.filter((line) => line.event === event);
  }

  /** The workers of all pools at one moment. */
  async allWorkers(): Promise<ShownWorker[]> {
    return (await this.#ask("workers")) as ShownWorker[];
  }

  async workers(pool: string): Promise<ShownWorker[]> {
    const workers = await this.allWorkers();
    return workers.filter((worker) => worker.pool === pool);
  }

  async pool(name: string): Promise<ShownPool> {
    const pools = (await this.#ask("pools")) as ShownPool[];
    const found = pools.find((pool) => pool.name === name);
    assert(found, `the admin API knows pool ${name}`);
    return found;
  }

  /** Waits until a pool has this many ready workers and no other. */
  async untilWorkers(pool: string, count: number, withinMs = 15_000): Promise<ShownWorker[]> {
    return await eventually(`${count} workers in pool ${pool}`, () => this.workers(pool), {
      found: (workers) =>
        workers.length === count && workers.every((worker) => worker.state === "ready"),
      withinMs,
    });
  }

  async metrics(role: "listener" | "controller"): Promise<MetricsText> {
    const port = role === "listener" ? this.#operationsPort : this.#adminPort;
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    assert.equal(answer.status, 200);
    return new MetricsText(await answer.text());
  }

  /** The process of a role. */
  pidOf(role: "listener" | "controller"): number {
    const [pid] = childrenOf(this.command.pid, `apps/${role}/src/main.ts`);
    assert(pid !== undefined, `a ${role} runs`);
    return pid;
  }

  signal(name: NodeJS.Signals): void {
    this.command.child.kill(name);
  }

  /** Stops in order and checks that nothing is left. Does nothing when it has ended. */
  async stop(): Promise<void> {
    if (!this.command.hasEnded) {
      this.signal("SIGTERM");
      const end = await withLimit(this.command.ended, STOP_LIMIT_MS, "the stop");
      assert.deepEqual(end, { code: 0, signal: null });
    }
    await this.assertNothingLeft();
  }

  /** No process, no port, no file outside of the state folder. */
  async assertNothingLeft(): Promise<void> {
    assert.deepEqual(processesOf(this.workspace.folder), [], "no process is left");
    const { port, otherPort } = this.place;
    for (const each of [port, otherPort, this.#adminPort, this.#operationsPort])
      assert.equal(await isTaken(each), false, `port ${each} is free`);
    assert.deepEqual((await strayFiles(this.workspace)).slice(0, 5), [], "no file is left");
  }

  async #ask(what: string): Promise<unknown> {
    const token = await readFile(join(this.workspace.state, "admin-token"), "utf8");
    const answer = await fetch(`http://${this.adminAddress}/api/v1/${what}`, {
      headers: { Authorization: `Bearer ${token.trim()}` },
    });
    assert.equal(answer.status, 200);
    return await answer.json();
  }
}

/** The processes of workers, in an order that does not depend on anything. */
export function pids(workers: readonly Pick<ShownWorker, "pid">[]): number[] {
  return workers.map(({ pid }) => pid).toSorted((one, other) => one - other);
}
