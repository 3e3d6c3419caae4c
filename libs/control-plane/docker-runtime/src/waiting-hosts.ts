// Worker hosts that were started before they are needed: what is slow about a container's start is behind them.
// A host waits for its document, has no credentials and no secrets, and ends with its input: when this process
// does, however it does. One belongs to the worker that it was made for, and to no other.
//
//   wanted ──made──> waiting ──taken──> a worker's
//     ^                 │
//     └───── died ──────┤
//                       └──not wanted any more, or not as a new one would be──> removed
//
// It is settled, not driven: each settling does what is due. What failed for want of the engine, or of the image,
// is due again at the next one; what failed otherwise is left to the launch, which tells.

import { type WorkerPreparation, WorkerRuntimeUnavailable } from "@penstock/activation";
import type { WorkerProcessId } from "@penstock/domain";
import { removeContainer, type WaitingHost } from "./create-worker.ts";
import type { DockerEngine } from "./docker-engine.ts";
import { EngineRefusal, isUnknown } from "./engine-refusal.ts";
import type { WaitingContainer } from "./found-workers.ts";

/** What {@link WaitingHosts} are made with. */
export interface WaitingHostsParts {
  readonly engine: DockerEngine;
  /** Starts one. */
  readonly make: (preparation: WorkerPreparation) => Promise<WaitingHost>;
  /** Names all that makes one what it is, as far as it can change while it waits; but for its image. */
  readonly likeness: (preparation: WorkerPreparation) => string;
  /** Told of what could not be done. */
  readonly failed: (what: string, cause: unknown) => void;
}

interface InspectedHost {
  readonly State: { readonly Running: boolean };
  /** The image's digest. */
  readonly Image: string;
}

interface Waiting {
  readonly host: WaitingHost;
  readonly likeness: string;
}

/** The hosts in waiting of a runtime. Disposing removes them. */
export class WaitingHosts implements AsyncDisposable {
  readonly #parts: WaitingHostsParts;
  #wanted = new Map<WorkerProcessId, WorkerPreparation>();
  readonly #waiting = new Map<WorkerProcessId, Waiting>();
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
    for (const [id, waiting] of this.#waiting) if (!this.#wanted.has(id)) this.#drop(id, waiting);
    for (const [id, preparation] of this.#wanted) {
      if (this.#waiting.has(id) || this.#making.has(id) || this.#removing.has(id)) continue;
      const making = this.#make(preparation).finally(() => this.#making.delete(id));
      this.#making.set(id, making);
    }
  }

  /**
   * The host of a worker that is launched now, if there is one, and if one that was made now would be the same. One
   * that is just made is waited for. Rejects with WorkerRuntimeUnavailable.
   */
  async take(preparation: WorkerPreparation): Promise<WaitingHost | undefined> {
    const { id } = preparation;
    await this.#making.get(id);
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    this.#wanted.delete(id);
    if (!waiting) return undefined;
    const { host, likeness } = waiting;
    let fits = false;
    try {
      fits = likeness === this.#parts.likeness(preparation) && (await this.#isPresent(host));
    } finally {
      if (!fits) this.#drop(id, waiting);
    }
    return fits ? host : undefined;
  }

  /** True for a container that waits here, or is being made. */
  holds({ id, container }: WaitingContainer): boolean {
    return this.#making.has(id) || this.#waiting.get(id)?.host.container === container;
  }

  /** One died while it waited. */
  died(id: WorkerProcessId): void {
    const waiting = this.#waiting.get(id);
    if (waiting) this.#drop(id, waiting);
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
      const likeness = this.#parts.likeness(preparation);
      const waiting = { host: await this.#parts.make(preparation), likeness };
      this.#waiting.set(id, waiting);
      if (!this.#wanted.has(id)) this.#drop(id, waiting);
    } catch (thrown) {
      if (thrown instanceof WorkerRuntimeUnavailable || isUnknown(thrown)) return;
      this.#wanted.delete(id);
      this.#parts.failed(`preparing worker ${id}`, thrown);
    }
  }

  /** Runs, and its image's name still means that image. */
  async #isPresent({ container, image }: WaitingHost): Promise<boolean> {
    const { engine } = this.#parts;
    try {
      const [{ State, Image }, { Id }] = await Promise.all([
        engine.call<InspectedHost>("GET", `/containers/${container}/json`),
        engine.call<{ readonly Id: string }>("GET", `/images/${encodeURIComponent(image)}/json`),
      ]);
      return State.Running && Image === Id;
    } catch (thrown) {
      if (thrown instanceof EngineRefusal) return false;
      throw thrown;
    }
  }

  #drop(id: WorkerProcessId, { host: { container, socket } }: Waiting): void {
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
