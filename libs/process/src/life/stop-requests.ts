// When to drain and when to kill. A person who presses Ctrl-C in a terminal reaches every process of the
// group at once, and npm forwards the same signal a second time; that is one wish, not two. So:
//
//   first signal                        drain
//   again within the window             same wish, nothing new
//   again after the window              kill
//
// Only signals count. A parent that went away, or a stop that Penstock itself began, drains and never kills.

/** What a signal means. */
export type StopVerdict = "drain" | "same" | "kill";

/** npm's forwarded signal arrives within a few milliseconds, on a busy machine within some hundred; nobody presses twice that fast on purpose. */
const sameWishWindowMs = 500;

/** Judges the signals that one process gets. */
export class StopRequests {
  #firstAtMs: number | undefined;

  /** A signal came at this monotonic time. */
  signalled(nowMs: number): StopVerdict {
    if (this.#firstAtMs === undefined) {
      this.#firstAtMs = nowMs;
      return "drain";
    }
    return nowMs - this.#firstAtMs < sameWishWindowMs ? "same" : "kill";
  }
}
