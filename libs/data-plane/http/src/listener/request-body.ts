// A request's body on its way from its client to whichever worker has the request. Two kinds:
//
//   KeptBody      declared with at most 64 KiB: goes along with the head as far as it is here, the rest follows,
//                 and all of it can be sent again
//   StreamedBody  larger, of unknown length, or announced only: passes, and was sent to one worker then

import type { Dispatcher } from "@penstock/request-queue";

/** A request's body. */
export interface RequestBody {
  /** Sees what is here, and dispatches its request at once or when that is worth waiting for no longer. */
  begin(dispatcher: Dispatcher): void;
  /** Settles what goes along with the current attempt. */
  embark(): void;
  /** What goes along, and whether more follows it. */
  readonly along: Buffer | undefined;
  readonly follows: boolean;
  /** True while all of it could still be sent to another worker. */
  readonly repeatable: boolean;
  /** A worker has the request: what did not go along may be sent. */
  claimed(): void;
  /** The worker consumed some of it. */
  credited(): void;
}
