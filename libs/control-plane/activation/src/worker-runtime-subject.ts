// What the contract suite of the worker runtime port needs of a runtime that it tests.

import assert from "node:assert/strict";
import type { OutputStream, WorkerLaunch, WorkerRuntime } from "./worker-runtime.ts";

/** What a worker of the suite does once it runs. */
export type WorkerBehaviour =
  /** Prints the line `idling` on standard output, then waits; exits with 0 when it is asked to drain. */
  | { readonly kind: "idles" }
  /** Prints the line `idling` on standard output, then waits; goes on when it is asked to drain. */
  | { readonly kind: "ignores-drain" }
  /**
   * Prints `at <milliseconds since the Unix epoch>` on standard output every few milliseconds; exits with 0 when
   * it is asked to drain.
   */
  | { readonly kind: "tells-time" }
  /** Exits by itself, at once. */
  | { readonly kind: "exits"; readonly code: number }
  /** Writes `text` as it stands, line ends included or missing, then exits with 0. */
  | { readonly kind: "prints"; readonly stream: OutputStream; readonly text: string }
  /**
   * Prints `environment <its environment as JSON>` and `credentials <what it was handed>` on standard output,
   * then exits with 0.
   */
  | { readonly kind: "tells-what-it-was-given" }
  /** Cannot be started. */
  | { readonly kind: "cannot-start" };

/** A runtime to be tested, and the means to test it. Disposing ends every worker that is left. */
export interface WorkerRuntimeSubject extends AsyncDisposable {
  readonly runtime: WorkerRuntime;
  /**
   * A launch (new id each time, pool `conformance`, generation `g1`) whose worker behaves so. Undefined where
   * the runtime cannot show this behaviour: only `cannot-start` may be missing.
   */
  launch(behaviour: WorkerBehaviour): WorkerLaunch | undefined;
  /** Another runtime over the same workers, as after a restart of the controller; the first one is disposed. */
  restart(): Promise<WorkerRuntime>;
}

/** Gives a subject for one test. */
export type MakeSubject = () => Promise<WorkerRuntimeSubject>;

/** The launch of a behaviour that every subject has. */
export function launchOf(subject: WorkerRuntimeSubject, behaviour: WorkerBehaviour): WorkerLaunch {
  const launch = subject.launch(behaviour);
  assert.ok(launch, `the subject has a launch for ${behaviour.kind}`);
  return launch;
}
