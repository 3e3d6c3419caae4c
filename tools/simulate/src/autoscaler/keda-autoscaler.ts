// KEDA's HTTP add-on with Kubernetes' horizontal pod autoscaler behind it, both with their defaults
// (keda.sh/http-add-on, concepts/scaling; kubernetes.io, horizontal pod autoscaling), as a peer to compare with.
//
//   formula     desired = concurrency / target, rounded up; target = the pool's concurrency
//   rhythm      15 s; from zero, the first request starts a replica at once
//   tolerance   within 10 % of the target nothing changes
//   up          at most double, or four more, in 15 s
//   down        to the highest desired of the last 300 s
//   to zero     300 s after the last request
//
// Generous to it: concurrency is known at once, and no interceptor stands in between.

import { towards, type Autoscaler, type Decision, type PoolView } from "./autoscaler.ts";

const SYNC_MS = 15_000;
const TOLERANCE = 0.1;
const UP_FACTOR = 2;
const UP_STEP = 4;
const STABILIZATION_MS = 300_000;
const COOLDOWN_MS = 300_000;

/** KEDA's. */
export class KedaAutoscaler implements Autoscaler {
  readonly #target: number;
  readonly #replicasMax: number;
  #recommendations: { readonly at: number; readonly replicas: number }[] = [];
  #nextSync = 0;
  #wanted = 0;
  #lastActive = 0;

  constructor({ concurrency, workersMax }: { concurrency: number; workersMax: number }) {
    this.#target = concurrency;
    this.#replicasMax = workersMax;
  }

  decide(view: PoolView): Decision {
    const { now, waiting, running } = view;
    if (waiting + running > 0) this.#lastActive = now;
    if (this.#wanted === 0 && waiting > 0) this.#wanted = 1;
    if (now >= this.#nextSync) {
      this.#nextSync = now + SYNC_MS;
      if (this.#wanted > 0) this.#sync(view);
    }
    return towards(this.#wanted, view, this.#nextSync);
  }

  #sync({ now, waiting, running }: PoolView): void {
    if (now - this.#lastActive >= COOLDOWN_MS) {
      this.#wanted = 0;
      this.#recommendations = [];
      return;
    }
    const ratio = (waiting + running) / (this.#target * this.#wanted);
    const within = Math.abs(ratio - 1) <= TOLERANCE;
    const desired = within
      ? this.#wanted
      : Math.max(1, Math.ceil((waiting + running) / this.#target));
    this.#recommendations = this.#recommendations.filter(({ at }) => at > now - STABILIZATION_MS);
    this.#recommendations.push({ at: now, replicas: desired });
    const kept = Math.max(...this.#recommendations.map(({ replicas }) => replicas));
    const upMax = Math.max(this.#wanted * UP_FACTOR, this.#wanted + UP_STEP);
    this.#wanted = Math.min(
      this.#replicasMax,
      upMax,
      Math.max(desired, Math.min(kept, this.#wanted)),
    );
  }
}
