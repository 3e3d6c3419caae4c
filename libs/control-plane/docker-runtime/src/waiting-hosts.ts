// Worker hosts that were started before they are needed: what is slow about a container's start is behind them.
// A host waits for its document, has no credentials and no secrets, and ends with its input: when this process
// does, however it does. One belongs to the worker that it was made for, and to no other.
//
//   wanted ──made──> waiting ──taken──> a worker's
//     ^                 │
//     └───── died ──────┤
//                       └──not wanted any more──> removed
//
// It is settled, not driven: each settling does what is due. What failed is due again at the next one.

import type { WorkerPreparation } from "@penstock/activation";
import type { WorkerProcessId } from "@penstock/domain";
import { removeContainer, type WaitingHost } from "./create-worker.ts";
import type { DockerEngine } from "./docker-engine.ts";
import { isUnknown } from "./engine-refusal.ts";
import type { WaitingContainer } from "./found-workers.ts";

/** What {@link WaitingHosts} are made with. */
export interface WaitingHostsParts {
  readonly engine: DockerEngine;
  /** Starts one. */
  readonly make: (preparation: WorkerPreparation) => Promise<WaitingHost>;
  /** Told of what could not be done. */
  readonly failed: (what: string, cause: unknown) => void;
}

/** The hosts in waiting of a runtime. Disposing removes them. */
export class WaitingHosts implements AsyncDisposable {
  readonly #parts: WaitingHostsParts;
  #wanted = new Map<WorkerProcessId, WorkerPreparation>();
  readonly #waiting = new Map<WorkerProcessId, WaitingHost>();
  readonly #making = new Map<WorkerProcessId, Promise<void>>();
  readonly #removing = new Map<WorkerProcessId, Promise<void>>();

  constructor(parts: WaitingHostsParts) {
    this.#parts = parts;
  }

  /** Says which are wanted, all of them. */
  want(preparations: readonly WorkerPreparation[]): void {
    this.#wanted = new Map(preparations.map((preparation) => [preparation.id, preparation]));
    this.settle();
  }

  /** Makes those that are missing, and removes those that nobody wants. */
  settle(): void {
    for (const [id, host] of this.#waiting) if (!this.#wanted.has(id)) this.#drop(id, host);
    for (const [id, preparation] of this.#wanted) {
      if (this.#waiting.has(id) || this.#making.has(id) || this.#removing.has(id)) continue;
      const making = this.#make(preparation).finally(() => this.#making.delete(id));
      this.#making.set(id, making);
    }
  }

  /** The host of a worker that is launched now, if there is one. One that is just made is waited for. */
  async take(id: WorkerProcessId): Promise<WaitingHost | undefined> {
    await this.#making.get(id);
    const host = this.#waiting.get(id);
    this.#waiting.delete(id);
    this.#wanted.delete(id);
    return host;
  }

  /** True for a container that waits here, or is being made. */
  holds({ id, container }: WaitingContainer): boolean {
    return this.#making.has(id) || this.#waiting.get(id)?.container === container;
  }

  /** One died while it waited. */
  died(id: WorkerProcessId): void {
    const host = this.#waiting.get(id);
    if (host) this.#drop(id, host);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.want([]);
    await Promise.all(this.#making.values());
    await Promise.all(this.#removing.values());
  }

  /** Never rejects. */
  async #make(preparation: WorkerPreparation): Promise<void> {
    const { id } = preparation;
    try {
      const host = await this.#parts.make(preparation);
      this.#waiting.set(id, host);
      if (!this.#wanted.has(id)) this.#drop(id, host);
    } catch (thrown) {
      // Its image may come with a launch.
      if (!isUnknown(thrown)) this.#parts.failed(`preparing worker ${id}`, thrown);
    }
  }

  #drop(id: WorkerProcessId, { container, socket }: WaitingHost): void {
    this.#waiting.delete(id);
    socket.destroy();
    const removing = removeContainer(this.#parts.engine, container)
      .catch((thrown: unknown) =>
        this.#parts.failed(`removing what was prepared for ${id}`, thrown),
      )
      .finally(() => this.#removing.delete(id));
    this.#removing.set(id, removing);
  }
}
