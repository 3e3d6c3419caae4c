// For tests: a runtime over a state directory of its own, launches of the test worker, an ear for what is
// told, and the end of everything that was started.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { WorkerLaunch, WorkerRuntime, WorkerRuntimeEvent } from "@penstock/activation";
import { defaultContainer } from "@penstock/testing";
import { isAlive, isStopped, startTimeOf } from "../process-table.ts";
import { startProcessRuntime } from "../process-worker-runtime.ts";
import type { TestBehaviour } from "./testing-worker.ts";

/** The program that the workers of the tests run. */
export const workerEntry = fileURLToPath(new URL("testing-worker.ts", import.meta.url));

const patienceMs = 20_000;
let launches = 0;

/** A launch of the test worker with an id of its own. */
export function testLaunch(behaviour: TestBehaviour): WorkerLaunch {
  return {
    id: `conformance-${process.pid}-${++launches}`,
    pool: "conformance",
    generation: "g1",
    application: { kind: "command", command: ["none"] },
    directory: behaviour.kind === "cannot-start" ? "/there-is-no-such-directory" : tmpdir(),
    environment: { BEHAVIOUR: JSON.stringify(behaviour) },
    secrets: {},
    limits: {},
    container: { ...defaultContainer, processes: 64 },
    credentials: "secret-credentials",
    concurrency: 1,
    shutdownTimeLimitMs: 90_000,
  };
}

/** A runtime under test. Disposing it ends its workers and removes its state directory. */
export class RuntimeUnderTest implements AsyncDisposable {
  readonly stateDirectory: string;
  #runtime: WorkerRuntime;

  /** Makes the state directory and starts a runtime over it. */
  static async start(): Promise<RuntimeUnderTest> {
    const stateDirectory = await mkdtemp(join(tmpdir(), "penstock-process-runtime-"));
    const runtime = await startProcessRuntime({ stateDirectory, workerEntry });
    return new RuntimeUnderTest(stateDirectory, runtime);
  }

  constructor(stateDirectory: string, runtime: WorkerRuntime) {
    this.stateDirectory = stateDirectory;
    this.#runtime = runtime;
  }

  get runtime(): WorkerRuntime {
    return this.#runtime;
  }

  /** Lets go of the runtime and starts another one over the same workers. */
  async restart(): Promise<WorkerRuntime> {
    await this.#runtime[Symbol.asyncDispose]();
    const { stateDirectory } = this;
    this.#runtime = await startProcessRuntime({ stateDirectory, workerEntry });
    return this.#runtime;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const events = new Ear(this.#runtime);
    for (const { id } of await this.#runtime.list()) {
      await this.#runtime.kill(id);
      await events.exit(id);
    }
    await this.#runtime[Symbol.asyncDispose]();
    await rm(this.stateDirectory, { recursive: true, force: true });
  }
}

/** Hears everything that a runtime tells. */
export class Ear implements Disposable {
  readonly events: WorkerRuntimeEvent[] = [];
  readonly #watch: Disposable;
  #checks: (() => void)[] = [];

  constructor(runtime: WorkerRuntime) {
    this.#watch = runtime.watch((event) => {
      this.events.push(event);
      for (const check of this.#checks) check();
    });
  }

  /** What a worker printed so far, on both streams. */
  lines(id: string): string[] {
    return this.events.flatMap((event) =>
      event.kind === "output" && event.id === id ? [event.line] : [],
    );
  }

  /** The first line that matches, once it is there. */
  line(id: string, pattern: RegExp): Promise<string> {
    return this.#until(`line ${pattern}`, () => this.lines(id).find((line) => pattern.test(line)));
  }

  /** The exit of a worker, once it is there. */
  exit(id: string): Promise<Extract<WorkerRuntimeEvent, { kind: "exited" }>> {
    return this.#until(`exit of ${id}`, () =>
      this.events.find((event) => event.kind === "exited" && event.id === id),
    ) as Promise<Extract<WorkerRuntimeEvent, { kind: "exited" }>>;
  }

  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
  }

  #until<T>(what: string, find: () => T | undefined): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const late = setTimeout(() => reject(new assert.AssertionError({ message: what })), patienceMs);
    const check = () => {
      const found = find();
      if (found === undefined) return;
      clearTimeout(late);
      this.#checks = this.#checks.filter((other) => other !== check);
      resolve(found);
    };
    this.#checks.push(check);
    check();
    return promise;
  }
}

/** True while a process of this pid runs. */
export function lives(pid: number): boolean {
  const startTime = startTimeOf(pid);
  return startTime !== undefined && isAlive({ pid, startTime });
}

/** True while a process of this pid stands still. */
export function stopped(pid: number): boolean {
  return isStopped({ pid, startTime: startTimeOf(pid) ?? "" });
}

/** Waits until no process of this pid runs. */
export async function untilGone(pid: number): Promise<void> {
  for (let waits = 0; lives(pid); waits++) {
    assert.ok(waits < 1000, `process ${pid} is gone`);
    await sleep(5);
  }
}
