// One worker that the runtime holds, launched by it or adopted: one container or two, and their output.
//
//   living --(a half died)--> ending --(the other half gone, all output told)--> over
//
// It is settled, not driven: each time that something may have happened, it looks at its containers and
// does the next thing that is due. So it does not matter whether an event was seen, lost or seen twice, nor
// whether the engine was away meanwhile. The half that died first says how the worker ended.

import type { Duplex } from "node:stream";
import { once } from "node:events";
import {
  type ObservedProcess,
  OutputLines,
  type OutputStream,
  tellsHeapExhausted,
  type WorkerUsage,
} from "@penstock/activation";
import { containerEnd, type ContainerEnd, type ContainerState } from "./container-end.ts";
import { type ContainerStats, workerUsage } from "./container-usage.ts";
import { removeContainer } from "./create-worker.ts";
import type { DockerEngine } from "./docker-engine.ts";
import { EngineRefusal, isUnknown } from "./engine-refusal.ts";
import { OutputFrames } from "./output-frames.ts";
import { pause, stateOf, unpause } from "./pause.ts";
import type { ContainerRole, LabelledWorker } from "./worker-labels.ts";

/** The rest of a dead container's output comes at once, unless the engine itself is in trouble; milliseconds. */
const OUTPUT_PATIENCE_MS = 5000;

/** What a worker tells. */
export interface WorkerEar {
  output(stream: OutputStream, line: string): void;
  /** All is told and both halves are gone. */
  over(end: ContainerEnd): void;
}

/** One container of a worker. */
interface Half {
  readonly role: ContainerRole;
  readonly container: string;
  output: Duplex | undefined;
  heapExhausted: boolean;
}

/** A container to be held. Without output it is attached to when the worker is settled first. */
export interface HeldContainer {
  readonly role: ContainerRole;
  readonly container: string;
  readonly output?: Duplex;
}

/** A worker and what follows it. */
export class LiveWorker {
  readonly worker: LabelledWorker;
  /** As it was last asked to be, or found. */
  #suspended: boolean;
  readonly #engine: DockerEngine;
  readonly #ear: WorkerEar;
  readonly #halves: readonly Half[];
  #end: ContainerEnd | undefined;
  #over = false;
  #released = false;
  /** The settling under way, and whether another one is due after it. */
  #settling: Promise<void> | undefined;
  #again = false;
  /** The end of what was asked of it: one thing after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    engine: DockerEngine,
    worker: ObservedProcess,
    containers: readonly HeldContainer[],
    ear: WorkerEar,
  ) {
    this.#engine = engine;
    const { suspended, ...labelled } = worker;
    this.worker = labelled;
    this.#suspended = suspended;
    this.#ear = ear;
    this.#halves = containers.map(({ role, container, output }) => {
      const half: Half = { role, container, output: undefined, heapExhausted: false };
      if (output) this.#follow(half, output);
      return half;
    });
  }

  get observed(): ObservedProcess {
    return { ...this.worker, suspended: this.#suspended };
  }

  /** False while the output of a part is not heard. */
  get attached(): boolean {
    return this.#halves.every(({ output }) => output !== undefined && !output.destroyed);
  }

  get living(): boolean {
    return this.#end === undefined && !this.#over;
  }

  /** Asks the worker host, and only it, to finish. */
  drain(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#thaw();
      const host = this.#halves.find(({ role }) => role === "host");
      if (host) await this.#signal(host, "SIGTERM");
    });
  }

  /** Pauses all containers. */
  suspend(): Promise<void> {
    return this.#inTurn(async () => {
      this.#suspended = true;
      await Promise.all(this.#halves.map(({ container }) => pause(this.#engine, container)));
    });
  }

  /** Lets them go on. */
  resume(): Promise<void> {
    return this.#inTurn(() => this.#thaw());
  }

  /** Ends all containers. */
  async kill(): Promise<void> {
    await Promise.all(this.#halves.map((half) => this.#signal(half, "SIGKILL")));
  }

  /** What its containers use; undefined when one is gone. */
  async measure(): Promise<WorkerUsage | undefined> {
    const stats = new Map<ContainerRole, ContainerStats>();
    const read = this.#halves.map(async (half) => {
      const found = await this.#statsOf(half);
      if (found) stats.set(half.role, found);
    });
    await Promise.all(read);
    return stats.size === this.#halves.length ? workerUsage(stats) : undefined;
  }

  async #statsOf({ container }: Half): Promise<ContainerStats | undefined> {
    const query = { stream: "false", "one-shot": "true" };
    try {
      return await this.#engine.call("GET", `/containers/${container}/stats`, { query });
    } catch (thrown) {
      if (isUnknown(thrown)) return undefined;
      throw thrown;
    }
  }

  /** Looks at the containers and does what is due. Rejects when the engine cannot be reached: to be called again. */
  settle(): Promise<void> {
    if (this.#settling) {
      this.#again = true;
      return this.#settling;
    }
    this.#settling = this.#settleAll().finally(() => (this.#settling = undefined));
    return this.#settling;
  }

  /** Lets go of the worker without ending it. Resolves when nothing is under way any more. */
  async release(): Promise<void> {
    this.#released = true;
    await this.#settling?.catch(() => {});
    for (const { output } of this.#halves) output?.destroy();
  }

  async #thaw(): Promise<void> {
    if (!this.#suspended) return;
    await Promise.all(this.#halves.map(({ container }) => unpause(this.#engine, container)));
    this.#suspended = false;
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #settleAll(): Promise<void> {
    do {
      this.#again = false;
      await this.#settleOnce();
    } while (this.#again && !this.#over);
  }

  async #settleOnce(): Promise<void> {
    if (this.#over) return;
    const states = await Promise.all(
      this.#halves.map(({ container }) => stateOf(this.#engine, container)),
    );
    const dead = this.#halves.flatMap((half, index) => {
      const state = states[index];
      return state?.Running ? [] : [{ half, state }];
    });
    if (dead.length === 0) {
      // Nobody may attach to what is paused: once it goes on it is settled again.
      const paused = states.some((state) => state?.Paused);
      return paused ? undefined : await this.#attach();
    }
    this.#end ??= endOf(dead);
    const living = this.#halves.filter((_, index) => states[index]?.Running);
    for (const half of living) await this.#endOther(half, this.#end);
    await Promise.all(this.#halves.map(({ output }) => untilEnded(output)));
    this.#over = true;
    this.#ear.over(this.#end);
    await this.#remove();
  }

  /** A drained worker host has finished in order, and so may the application; anything else ends at once. */
  async #endOther(half: Half, end: ContainerEnd): Promise<void> {
    if (half.role === "application" && end.code === 0) {
      await this.#patiently(half, "stop");
      return;
    }
    await this.#signal(half, "SIGKILL");
    await this.#patiently(half, "wait");
  }

  #patiently({ container }: Half, verb: "stop" | "wait"): Promise<void> {
    const path = `/containers/${container}/${verb}`;
    return this.#unlessGone(this.#engine.call("POST", path, { patient: true }));
  }

  async #remove(): Promise<void> {
    await Promise.all(this.#halves.map((half) => removeContainer(this.#engine, half.container)));
  }

  /** Adopted containers, and those whose stream broke with the engine. */
  async #attach(): Promise<void> {
    for (const half of this.#halves) {
      if (half.output && !half.output.destroyed) continue;
      this.#follow(half, await this.#engine.attach(half.container, false));
    }
    if (this.#released) for (const { output } of this.#halves) output?.destroy();
  }

  #follow(half: Half, output: Duplex): void {
    half.output = output;
    const lines = {
      stdout: new OutputLines((line) => this.#tell("stdout", line)),
      stderr: new OutputLines((line) => {
        if (tellsHeapExhausted(line)) half.heapExhausted = true;
        this.#tell("stderr", line);
      }),
    };
    const frames = new OutputFrames((stream, bytes) => lines[stream].push(bytes));
    output.on("data", (block: Buffer) => frames.push(block));
    output.on("error", () => {});
    output.once("close", () => {
      lines.stdout.end();
      lines.stderr.end();
    });
  }

  #tell(stream: OutputStream, line: string): void {
    if (!this.#over && !this.#released) this.#ear.output(stream, line);
  }

  #signal({ container }: Half, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const query = { signal };
    return this.#unlessGone(this.#engine.call("POST", `/containers/${container}/kill`, { query }));
  }

  /** A container that does not exist, or not run, any more is what was wanted. */
  async #unlessGone(call: Promise<unknown>): Promise<void> {
    try {
      await call;
    } catch (thrown) {
      const isOver = thrown instanceof EngineRefusal && [404, 409].includes(thrown.status);
      if (!isOver) throw thrown;
    }
  }
}

function endOf(
  dead: readonly { readonly half: Half; readonly state: ContainerState | undefined }[],
): ContainerEnd {
  const ends = dead.map(({ half, state }) =>
    state
      ? containerEnd(state, half.heapExhausted, Date.now())
      : { code: null, signal: null, outOfMemory: false, at: Date.now() },
  );
  const [first] = ends.toSorted((one, other) => one.at - other.at);
  return first as ContainerEnd;
}

async function untilEnded(output: Duplex | undefined): Promise<void> {
  if (!output || output.closed) return;
  const limit = AbortSignal.timeout(OUTPUT_PATIENCE_MS);
  await once(output, "close", { signal: limit }).catch(() => output.destroy());
}
