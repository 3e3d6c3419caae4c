// Warming up (IIS's application initialization): a new worker asks its own application for the pool's `warmUp`
// paths, one after the other, before it takes its first request.
//
//   answer of a path          then
//   -----------------------   ------------------------------------------------------------
//   below 500                 the next path; a 401 or a 404 has warmed it as well
//   500 and above, or none    the same path again in half a second
//
// There is no other limit than startupTimeLimit: the controller ends who is not ready by then.

import type { Clock } from "@penstock/foundation";
import type { ApplicationHost, ResponseHead, WorkerExchange } from "@penstock/request-queue";

/** Time between two tries of a path, milliseconds. */
const RETRY_MS = 500;

/** What a warm-up needs besides the application. */
export interface WarmUpParts {
  readonly paths: readonly string[];
  readonly clock: Clock;
  /** Told once of each path that is asked for again. */
  readonly say: (line: string) => void;
}

/** Resolves when every path was answered. Never rejects; it goes on for as long as it takes. */
export async function warmUp(
  host: Pick<ApplicationHost, "handle">,
  { paths, clock, say }: WarmUpParts,
): Promise<void> {
  for (const path of paths) {
    for (let tries = 1; ; tries++) {
      const answer = await answerOf(host, path);
      if (typeof answer === "number" && answer < 500) break;
      if (tries === 1) say(`warm-up: ${path} answered ${answer}; it is asked for again`);
      await new Promise<void>((resolve) => void clock.after(RETRY_MS, resolve));
    }
  }
}

/** The status, or what went wrong. */
function answerOf(host: Pick<ApplicationHost, "handle">, path: string): Promise<number | string> {
  return new Promise((resolve) => host.handle(new WarmUpExchange(path, resolve)));
}

/** A GET of this worker's own, whose answer's body nobody reads. */
class WarmUpExchange implements WorkerExchange {
  readonly head: WorkerExchange["head"];
  readonly upgrade = false;
  readonly firstBody = undefined;
  readonly bodyComplete = true;
  receiver: WorkerExchange["receiver"] = undefined;
  readonly #over: (answer: number | string) => void;
  #status = 0;

  constructor(path: string, over: (answer: number | string) => void) {
    this.#over = over;
    this.head = {
      method: "GET",
      target: path,
      httpVersionMinor: 1,
      rawHeaders: ["Host", "localhost", "User-Agent", "penstock-warm-up"],
      connection: {
        remoteAddress: "127.0.0.1",
        remotePort: 0,
        localAddress: "127.0.0.1",
        localPort: 80,
        encrypted: false,
      },
    };
  }

  creditBody(): void {}

  interim(): void {}

  respond({ status }: ResponseHead, _: Uint8Array | undefined, end: boolean): void {
    this.#status = status;
    if (end) this.#over(status);
  }

  write(): boolean {
    return true;
  }

  end(): void {
    this.#over(this.#status);
  }

  close(): void {}

  reset(detail: string): void {
    this.#over(detail);
  }
}
