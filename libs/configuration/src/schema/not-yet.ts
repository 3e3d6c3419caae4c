// What the file can say and this version does not do yet. Written with any value but its default, such
// a setting is named to the user: nobody shall believe in a limit that is not enforced. Whoever builds
// one of these deletes its line.

/** One setting without effect. Keys of pools count for `applicationPoolDefaults` too. */
export interface NotYet {
  /** `pool`: below a pool; `file`: below the top of the file. */
  readonly scope: "pool" | "file";
  readonly key: string;
  /** An `error` where going on would serve something else than what was asked for. */
  readonly severity: "error" | "warning";
  /** Ends a sentence that begins with the key's path. */
  readonly says: string;
}

const noEffect = "has no effect in this version yet";

const inPool = (key: string, says = noEffect): NotYet => ({
  scope: "pool",
  key,
  severity: "warning",
  says,
});

/** The list. */
export const notYet: readonly NotYet[] = [
  inPool("asynchronous.enabled"),
  inPool("asynchronous.keepResult"),
];
