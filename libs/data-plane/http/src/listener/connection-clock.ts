// What one connection did between two looks at it, and which time limit that breaks. Nothing is noted when
// requests come and go: counters of the socket are compared at each look, so that a limit costs requests
// nothing, and is kept to the precision of the looks.
//
//   no request, nothing comes         idle     idleConnection   Timer_ConnectionIdle
//   no request, bytes came            header   headerWait       Timer_HeaderWait        (not begun anew by more bytes)
//   its body is waited for            body     entityBody       Timer_EntityBody        (begun anew by each arrival;
//                                                                                        how fast it comes: body-pace.ts)
//   a request runs                    request  none
//   answers wait to be sent           any      minSendRate      Timer_MinBytesPerSecond

import type { UrlGroupTimeouts } from "@penstock/domain";

/** HTTP.sys's names of the limits. */
export type ConnectionExpiry =
  "Timer_ConnectionIdle" | "Timer_HeaderWait" | "Timer_EntityBody" | "Timer_MinBytesPerSecond";

/** A look at a connection. */
export interface ConnectionLook {
  /** Bytes that came, and that were written, since it was opened; of the latter, those not sent yet. */
  readonly read: number;
  readonly written: number;
  readonly pending: number;
  /** `body`: more of a request's body is waited for. */
  readonly doing: "nothing" | "body" | "other";
  readonly timeouts: UrlGroupTimeouts;
}

/** HTTP.sys's MaxBytesPerSend: a client is given the time that so many bytes take at least, 64 KiB. */
const SEND_UNIT = 65_536;

/** The times of one connection. */
export class ConnectionClock {
  #phase: "idle" | "header" | "body" | "request" = "idle";
  #since: number;
  #read = 0;
  #written = 0;
  /** When everything up to `#sendTarget` must be sent; 0 while nothing waits. */
  #sendDue = 0;
  #sendTarget = 0;

  constructor(now: number) {
    this.#since = now;
  }

  /** The limit that has passed. Monotonic milliseconds. */
  look(now: number, look: ConnectionLook): ConnectionExpiry | undefined {
    this.#follow(now, look);
    this.#read = look.read;
    this.#written = look.written;
    if (this.#readsTooSlowly(now, look)) return "Timer_MinBytesPerSecond";
    const { timeouts } = look;
    switch (this.#phase) {
      case "idle":
        return this.#passed(now, timeouts.idleConnectionMs) ? "Timer_ConnectionIdle" : undefined;
      case "header":
        return this.#passed(now, timeouts.headerWaitMs) ? "Timer_HeaderWait" : undefined;
      case "body":
        return this.#passed(now, timeouts.entityBodyMs) ? "Timer_EntityBody" : undefined;
      default:
        return undefined;
    }
  }

  #follow(now: number, { read, written, doing }: ConnectionLook): void {
    const arrived = read !== this.#read;
    switch (doing) {
      case "other":
        this.#phase = "request";
        return;
      case "body":
        if (this.#phase !== "body" || arrived) this.#since = now;
        this.#phase = "body";
        return;
      case "nothing":
        if (this.#phase === "body" || this.#phase === "request" || written !== this.#written) {
          this.#phase = "idle";
          this.#since = now;
        } else if (this.#phase === "idle" && arrived) {
          this.#phase = "header";
          this.#since = now;
        }
    }
  }

  #passed(now: number, limitMs: number): boolean {
    return limitMs > 0 && now - this.#since >= limitMs;
  }

  #readsTooSlowly(now: number, { written, pending, timeouts }: ConnectionLook): boolean {
    const rate = timeouts.minSendRate;
    if (pending === 0 || rate === 0) {
      this.#sendDue = 0;
      return false;
    }
    if (this.#sendDue > 0 && written - pending < this.#sendTarget) return now >= this.#sendDue;
    this.#sendTarget = written;
    this.#sendDue = now + (Math.max(pending, SEND_UNIT) / rate) * 1000;
    return false;
  }
}
