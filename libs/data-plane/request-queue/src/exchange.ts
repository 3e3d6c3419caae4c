// One request in the hands of a listener, from admission to the last byte of its answer. The protocol
// owns the fields; the HTTP side extends the class with what it does to its client, so that a request
// costs one object.
//
//   new ──dispatch──> waiting ──claim──> claimed ──head──> answering ──end──> done
//                        ^                  │
//                        └─ worker lost ────┘   (only what may be repeated)
//   waiting, claimed ──refusal──> done          answering ──cut──> done
//   claimed ──101──> tunnel ──both ends closed, cut──> done   (only what asks for an upgrade)

import type { ReasonPhrase } from "@penstock/domain";
import { FIRST_WINDOW } from "./limits.ts";
import type { PoolQueue } from "./pool-queue.ts";
import type { WorkerLink } from "./worker-link.ts";

/** Where a request stands. */
export type ExchangeState = "new" | "waiting" | "claimed" | "answering" | "tunnel" | "done";

/** A request that a listener holds for its client. */
export abstract class Exchange {
  /** Whose queue it is for. Another one only while it waits, and only by the dispatcher. */
  pool: PoolQueue;
  state: ExchangeState = "new";
  /** The number of the current attempt in envelopes and frames. 0 before the first. */
  id = 0;
  attempt = 0;
  /** Its place among all that was published for its pool; 0 while it was not handed to the broker. */
  publication = 0;
  /** The broker's number for the waiting message; 0 while it is not known. */
  sequence = 0;
  /** Since when it is known that the queue does not hold it, though nobody claimed it; 0 = not so. Clock milliseconds. */
  missingSince = 0;
  /** When the request was admitted, and when the current attempt was claimed. Clock milliseconds. */
  admittedAt = 0;
  claimedAt = 0;
  worker: WorkerLink | undefined = undefined;
  take = 0;
  /** Request body bytes that may still be sent to the worker. */
  bodyWindow = 0;
  /** Answer bytes that the client consumed and the worker has not been credited with. */
  creditDue = 0;
  /** Answer bytes that the client consumed, and how many more may be under way. */
  answerConsumed = 0;
  answerWindow = FIRST_WINDOW;
  /** Answer bytes that came and were not credited. */
  answerOutstanding = 0;
  /** Of a tunnel: who sends nothing any more. */
  halfClosed: "client" | "application" | undefined = undefined;
  previous: Exchange | undefined = undefined;
  next: Exchange | undefined = undefined;

  constructor(pool: PoolQueue) {
    this.pool = pool;
  }

  /** True while the whole request could be sent once more and its method, or the pool, allows that. */
  abstract get repeatable(): boolean;

  /** True for a request that wants to leave HTTP: only its answer may be 101. */
  get asksUpgrade(): boolean {
    return false;
  }

  /** The envelope of the current attempt. */
  abstract envelope(flags: number): Uint8Array;

  /** A worker has it: the rest of the body may be sent. */
  abstract claimed(): void;

  /** The worker consumed body bytes: more may be sent. */
  abstract bodyCredited(): void;

  /**
   * The answer's head: lines are reason phrase, name, value, … Returns false when that is not valid HTTP;
   * nothing must have been written then.
   */
  abstract answer(status: number, lines: string[], body: Buffer, end: boolean): boolean;

  /** An answer before the answer. Lines are name, value, … Returns false when that is not valid HTTP. */
  abstract interim(status: number, lines: string[]): boolean;

  /**
   * The application leaves HTTP (101): what follows as the answer's body and the request's are a tunnel's
   * bytes. Lines as in {@link answer}; false as there. Only called on what asks for an upgrade.
   */
  switchProtocols(_lines: string[]): boolean {
    return false;
  }

  /** More of the answer's body. */
  abstract answerBody(chunk: Buffer): void;

  /** The answer is complete, or the application sends nothing more into the tunnel. Trailers as name, value, … */
  abstract answerEnd(trailers: string[]): void;

  /** Penstock answers instead of the application. Nothing of an answer was written before. */
  abstract refuse(reason: ReasonPhrase, detail: string): void;

  /** A tunnel is over both ways: what was written goes out, and the client's connection is closed. */
  closeTunnel(): void {
    this.cut();
  }

  /** The answer cannot be completed: the client's connection is cut. */
  abstract cut(): void;
}
