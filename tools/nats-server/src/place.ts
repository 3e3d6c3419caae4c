// A place where a nats-server may be found. The five places and the order in which they are asked stand
// in find-nats-server.ts; each has a file of its own that only says where to look.

/** Where a binary came from. */
export type NatsServerSource = "configured" | "path" | "cache" | "release" | "debian";

/** What a place has to offer: binaries to be probed, best first, or the reason why it has none. */
export type Look =
  | { readonly kind: "offers"; readonly binaries: readonly string[] }
  | { readonly kind: "nothing"; readonly reason: string };

/** One place. `look` never throws for what the world does: it says so in its reason. */
export interface Place {
  readonly source: NatsServerSource;
  look(): Promise<Look>;
}

/** A place that was asked in vain, with one reason for each binary that it offered. */
export interface Attempt {
  readonly source: NatsServerSource;
  readonly reason: string;
}

/** What happens while a binary is looked for: for a log, or for the person who waits. */
export type FindEvent =
  | { readonly kind: "skipped"; readonly source: NatsServerSource; readonly reason: string }
  | { readonly kind: "fetching"; readonly source: NatsServerSource; readonly what: string };

/** Takes events of the search. Called synchronously; must not throw. */
export type ReportFind = (event: FindEvent) => void;
