// What a reload came to, for the log, the metrics and whoever asked for it.

/** Who asked for a reload: SIGHUP, the watch of the file, an operator by the admin API. */
export const reloadCauses = ["signal", "file", "operator"] as const;

/** One of them. */
export type ReloadCause = (typeof reloadCauses)[number];

/** What was, or would be, taken into force. */
interface Reloaded {
  readonly generation: string;
  /** A sentence each. Nothing private is in them. */
  readonly changes: readonly string[];
  /** What of it has no effect, a sentence each. */
  readonly warnings: readonly string[];
}

/** What a reload came to. `invalid` and `refused` have changed nothing. */
export type ReloadOutcome =
  | ({ readonly kind: "applied" | "unchanged" | "planned" } & Reloaded)
  | { readonly kind: "invalid"; readonly faults: readonly string[] }
  | {
      readonly kind: "refused";
      readonly code: string;
      readonly message: string;
      readonly remedy: string;
    };

/** Label of penstock_config_reloads_total. */
export const reloadResults = ["applied", "unchanged", "invalid", "refused"] as const;

/** One of them. */
export type ReloadResult = (typeof reloadResults)[number];
