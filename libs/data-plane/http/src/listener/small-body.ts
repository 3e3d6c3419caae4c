// A declared body that is small enough to go along with its head: awaited, so that no worker waits for a slow client,
// for as long as it comes. A client that pauses may wait for the application's word, or be about to leave: the
// application is to see what is there.
//
//   all of it is here               whole: it goes along
//   nothing came for a while        paused: what came is the request's again, to be read by whom it follows

import type { Readable } from "node:stream";
import type { Clock } from "@penstock/foundation";

/**
 * So long a client may pause, milliseconds: longer than the round trip for which a body waits that the client's
 * network sends in steps.
 */
export const BODY_PAUSE_MS = 500;

/** What is awaited, and who hears of it: one of the two, once, or nobody when the request ends before. */
export interface SmallBody {
  readonly request: Readable;
  readonly clock: Clock;
  readonly whole: (body: Buffer) => void;
  readonly paused: () => void;
}

/** Waits for a body. */
export function awaitSmallBody({ request, clock, whole, paused }: SmallBody): void {
  const parts: Buffer[] = [];
  const pause = (): void => {
    leave();
    request.pause();
    if (parts.length > 0) request.unshift(Buffer.concat(parts));
    paused();
  };
  let cancel = clock.after(BODY_PAUSE_MS, pause);
  const part = (bytes: Buffer): void => {
    parts.push(bytes);
    cancel();
    cancel = clock.after(BODY_PAUSE_MS, pause);
  };
  const end = (): void => {
    leave();
    whole(Buffer.concat(parts));
  };
  const leave = (): void => {
    cancel();
    request.off("data", part).off("end", end).off("close", leave);
  };
  request.on("data", part).on("end", end).on("close", leave);
}
