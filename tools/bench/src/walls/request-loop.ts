// A load without clients: keeps a number of requests under way and counts how they end. Who was answered is
// followed by the next request in the same turn of the event loop, as it would be by clients that ask anew.

import type { LoadResult } from "../load/load-generator.ts";
import { median, percentile } from "@penstock/figures";
import { MeasuredExchange, type Ending, type RequestFacts } from "./measured-exchange.ts";

/** Faults that are kept as text: the first ones tell most. */
const FAULTS_KEPT = 5;

/** What a {@link RequestLoop} is made of. */
export interface RequestLoopParts {
  readonly dispatcher: { dispatch(exchange: MeasuredExchange): void };
  readonly requests: Omit<RequestFacts, "ended">;
}

/** Requests, one after another in so many places. A request that is not answered leaves its place empty. */
export class RequestLoop {
  readonly #dispatcher: RequestLoopParts["dispatcher"];
  readonly #facts: RequestFacts;
  readonly #first = Promise.withResolvers<void>();
  #latencies: number[] = [];
  #wrong = 0;
  #broken = 0;
  readonly #faults: string[] = [];
  #countedSince = performance.now();
  /** Places to be filled again. */
  #free = 0;
  #stopped = false;

  constructor({ dispatcher, requests }: RequestLoopParts) {
    this.#dispatcher = dispatcher;
    const ended = this.#ended.bind(this);
    this.#facts = { ...requests, ended };
  }

  /** Fills so many places. Resolves with the first answer; rejects when the first request to end has none. */
  begin(places: number): Promise<void> {
    for (let place = 0; place < places; place++) this.#next();
    return this.#first.promise;
  }

  /** Forgets the answers so far. What went wrong stays: its place is empty from then on. */
  countAnew(): void {
    this.#latencies = [];
    this.#countedSince = performance.now();
  }

  /** Something happened that must not and is no request's end: one was sent out again, a worker misbehaved. */
  disturbed(what: string): void {
    this.#broken++;
    this.#note(what);
  }

  /** What went wrong first of what was counted. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  /** What was counted. */
  result(): LoadResult {
    const seconds = (performance.now() - this.#countedSince) / 1000;
    const latencies = this.#latencies;
    return {
      requests: latencies.length,
      seconds,
      p50Ms: median(latencies),
      p99Ms: percentile(latencies, 0.99),
      maxMs: percentile(latencies, 1),
      non2xx: this.#wrong,
      broken: this.#broken,
    };
  }

  /** Fills no place any more. */
  stop(): void {
    this.#stopped = true;
  }

  #next(): void {
    this.#dispatcher.dispatch(new MeasuredExchange(this.#facts));
  }

  #ended(ending: Ending, exchange: MeasuredExchange, detail: string): void {
    if (ending === "answered") {
      this.#latencies.push(performance.now() - exchange.startedAt);
      this.#first.resolve();
      if (this.#free++ === 0) queueMicrotask(this.#fill);
      return;
    }
    if (ending === "wrong") this.#wrong++;
    else this.#broken++;
    this.#note(detail);
    this.#first.reject(new Error(`a request was not answered as it should be: ${detail}`));
  }

  #note(fault: string): void {
    if (this.#faults.length < FAULTS_KEPT) this.#faults.push(fault);
  }

  readonly #fill = (): void => {
    const free = this.#free;
    this.#free = 0;
    if (this.#stopped) return;
    for (let place = 0; place < free; place++) this.#next();
  };
}
