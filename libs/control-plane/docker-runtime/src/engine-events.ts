// Follows what the engine tells about an installation's containers, for as long as it is wanted: a stream
// that breaks is opened again. What happened in between is not repeated, so whoever listens is told that it
// has to look for itself.

import { createInterface } from "node:readline";
import type { CancelTimer, Clock } from "@penstock/foundation";
import type { DockerEngine } from "./docker-engine.ts";
import { installationLabel } from "./worker-labels.ts";

/** First and longest pause before the engine is tried again, milliseconds. */
const PAUSE_MIN_MS = 100;
const PAUSE_MAX_MS = 5000;

/** Who listens. */
export interface EngineListener {
  /** A container died. */
  died(labels: Readonly<Record<string, string>>): void;
  /** The engine answers again: anything may have happened. */
  reconnected(): void;
  /** The engine does not answer any more. */
  lost(): void;
}

interface ContainerEvent {
  readonly Actor?: { readonly Attributes?: Readonly<Record<string, string>> };
}

/** A subscription that does not end by itself. */
export class EngineEvents implements Disposable {
  readonly #engine: DockerEngine;
  readonly #query: Readonly<Record<string, string>>;
  readonly #listener: EngineListener;
  readonly #clock: Clock;
  #pauseMs = PAUSE_MIN_MS;
  #cancel: CancelTimer | undefined;
  #close: () => void = () => {};
  #disposed = false;

  private constructor(
    engine: DockerEngine,
    installation: string,
    listener: EngineListener,
    clock: Clock,
  ) {
    this.#engine = engine;
    this.#listener = listener;
    this.#clock = clock;
    const filters = {
      type: ["container"],
      event: ["die"],
      label: [installationLabel(installation)],
    };
    this.#query = { filters: JSON.stringify(filters) };
  }

  /** Subscribes; resolves when nothing that happens from then on is missed. Throws WorkerRuntimeUnavailable. */
  static async open(
    engine: DockerEngine,
    installation: string,
    listener: EngineListener,
    clock: Clock,
  ): Promise<EngineEvents> {
    const events = new EngineEvents(engine, installation, listener, clock);
    await events.#connect();
    return events;
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#cancel?.();
    this.#close();
  }

  async #connect(): Promise<void> {
    const response = await this.#engine.stream("GET", "/events", { query: this.#query });
    if (this.#disposed) return void response.destroy();
    this.#pauseMs = PAUSE_MIN_MS;
    this.#close = () => response.destroy();
    const lines = createInterface(response);
    lines.on("line", (line) => this.#take(line));
    lines.on("error", () => {});
    // A break shows as an error or as an end: either way the response closes.
    response.on("error", () => {});
    response.once("close", () => this.#broken());
  }

  #take(line: string): void {
    if (this.#disposed) return;
    const { Actor } = JSON.parse(line) as ContainerEvent;
    if (Actor?.Attributes) this.#listener.died(Actor.Attributes);
  }

  #broken(): void {
    if (this.#disposed) return;
    this.#listener.lost();
    this.#retry();
  }

  #retry(): void {
    this.#cancel = this.#clock.after(this.#pauseMs, () => {
      this.#pauseMs = Math.min(PAUSE_MAX_MS, 2 * this.#pauseMs);
      this.#connect().then(
        () => this.#disposed || this.#listener.reconnected(),
        () => this.#disposed || this.#retry(),
      );
    });
  }
}
