// Knative's pod autoscaler with its defaults (knative.dev/docs/serving/autoscaling/kpa-specific and the
// config-autoscaler defaults), as a peer to compare with.
//
//   target          70 % of the container's concurrency
//   stable window   60 s: desired = average concurrency of the window / target, rounded up
//   panic window    6 s: the same, and when that is at least twice the ready pods, panic begins
//   panic           lasts until the stable window has passed without a reason; the size never falls
//   tick            2 s; from zero, the first request starts a pod at once
//   rates           up to 1,000 times the ready pods, down to half of them, in one tick
//   to zero         after a stable window without a request
//
// Generous to it: no grace period after the window, no time for metrics to be scraped, no proxy in between.

import { towards, type Autoscaler, type Decision, type PoolView } from "./autoscaler.ts";
import { ConcurrencyWindow } from "./concurrency-window.ts";

const TARGET_SHARE = 0.7;
const STABLE_S = 60;
const PANIC_S = 6;
const PANIC_THRESHOLD = 2;
const TICK_MS = 2000;
const SAMPLE_MS = 1000;
const SCALE_DOWN_MAX = 2;

/** Knative's. */
export class KnativeAutoscaler implements Autoscaler {
  readonly #target: number;
  readonly #podsMax: number;
  readonly #window = new ConcurrencyWindow(STABLE_S);
  #nextSample = 0;
  #wanted = 0;
  #lastActive = 0;
  #panicSince: number | undefined;

  constructor({ concurrency, workersMax }: { concurrency: number; workersMax: number }) {
    this.#target = concurrency * TARGET_SHARE;
    this.#podsMax = workersMax;
  }

  decide(view: PoolView): Decision {
    if (view.waiting + view.running > 0) this.#lastActive = view.now;
    if (this.#wanted === 0 && view.waiting > 0) this.#wanted = 1;
    if (view.now >= this.#nextSample) this.#sample(view);
    return towards(this.#wanted, view, this.#nextSample);
  }

  #sample(view: PoolView): void {
    this.#nextSample = view.now + SAMPLE_MS;
    // Without pods nobody reports; the next request begins anew.
    if (this.#wanted === 0) this.#window.clear();
    else this.#window.sample(view);
    if (view.now % TICK_MS === 0 && this.#wanted > 0) this.#tick(view);
  }

  #tick({ now, workers }: PoolView): void {
    const ready = Math.max(1, workers.filter(({ phase }) => phase === "ready").length);
    const stable = this.#desired(STABLE_S, ready);
    const panic = this.#desired(PANIC_S, ready);
    if (panic / ready >= PANIC_THRESHOLD) this.#panicSince = now;
    else if (this.#panicSince !== undefined && now > this.#panicSince + STABLE_S * 1000)
      this.#panicSince = undefined;
    if (this.#panicSince !== undefined) {
      this.#wanted = Math.max(this.#wanted, panic);
      return;
    }
    const idle = now - this.#lastActive >= STABLE_S * 1000;
    this.#wanted = idle ? 0 : Math.max(1, stable);
  }

  #desired(seconds: number, ready: number): number {
    const pods = Math.ceil(this.#window.average(seconds) / this.#target);
    return Math.min(this.#podsMax, Math.max(pods, Math.floor(ready / SCALE_DOWN_MAX)));
  }
}
