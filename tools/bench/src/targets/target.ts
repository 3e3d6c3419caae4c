// What the hot path is measured on: a server that runs, by its URL and its processes.

/** A way to the application. */
export type TargetName = "direct" | "nginx" | "http-proxy" | "penstock";

/** The processes of a target, by what they are in it. */
export type TargetParts = ReadonlyMap<string, readonly number[]>;

/** A target that serves. */
export interface Target {
  readonly name: TargetName;
  readonly port: number;
  /** Looked up anew each time: workers come and go. */
  readonly parts: () => TargetParts;
}
