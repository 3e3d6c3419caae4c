// A request without a client: it takes the time from its dispatch to its answer, and tells how it ended.

import { Exchange, type PoolQueue } from "@penstock/request-queue";
import { encodeRequest } from "@penstock/wire";
import { answer } from "./request-kind.ts";

/** How a request ended. `wrong`: with another answer than the worker gives. `broken`: without one. */
export type Ending = "answered" | "wrong" | "broken";

/** What all requests of a load have in common. */
export interface RequestFacts {
  readonly pool: PoolQueue;
  readonly repeatable: boolean;
  readonly headText: string;
  /** Called once for each. `detail`: what is wrong. */
  readonly ended: (ending: Ending, exchange: MeasuredExchange, detail: string) => void;
}

/** One request. */
export class MeasuredExchange extends Exchange {
  readonly startedAt = performance.now();
  readonly #facts: RequestFacts;

  constructor(facts: RequestFacts) {
    super(facts.pool);
    this.#facts = facts;
  }

  get repeatable(): boolean {
    return this.#facts.repeatable;
  }

  envelope(flags: number): Uint8Array {
    const { route } = this.pool;
    const { attempt, id: exchange } = this;
    const deadlineMs = Date.now() + route.queueTimeoutMs;
    return encodeRequest({ flags, attempt, exchange, deadlineMs }, this.#facts.headText, undefined);
  }

  claimed(): void {}

  bodyCredited(): void {}

  answer(status: number, _lines: string[], body: Buffer, end: boolean): boolean {
    const right = status === answer.status && body.length === answer.body.length && end;
    if (right) this.#facts.ended("answered", this, "");
    else this.#facts.ended("wrong", this, `status ${status}, ${body.length} bytes`);
    return true;
  }

  interim(): boolean {
    return false;
  }

  // What follows an answer that was not whole: it was counted as wrong.
  answerBody(): void {}

  answerEnd(): void {}

  refuse(reason: string, detail: string): void {
    this.#facts.ended("broken", this, `${reason} ${detail}`);
  }

  cut(): void {
    this.#facts.ended("broken", this, "cut off");
  }
}
