// How a rule reports what it found at a key path of the file.

import type { Reading } from "../reading/reading.ts";
import { formatKeyPath, type KeyPath } from "../source/key-path.ts";

/** What a rule found. */
export interface RuleFinding {
  /** Follows the key path. */
  readonly message: string;
  readonly suggestion?: string;
  readonly severity?: "error" | "warning";
}

/** Reports a finding about a value; nothing where the value was not written. */
export function reportAt(reading: Reading, at: KeyPath, finding: RuleFinding): void {
  const place = reading.places.get(at);
  if (place === undefined) return;
  reading.faults.add({
    ...finding,
    range: place.value,
    path: at,
    message: `${formatKeyPath(at)}: ${finding.message}`,
  });
}
