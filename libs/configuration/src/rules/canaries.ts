// Rules about `canary`: it is of its pool's kind, and its module exists.

import { isAbsolute } from "node:path";
import type { Reading } from "../reading/reading.ts";
import { moduleFinding, type Surroundings } from "./application-files.ts";
import type { CandidatePool } from "./pool-layer.ts";
import { reportAt, type RuleFinding } from "./report-at.ts";

const kinds = ["module", "command", "image"] as const;

/** Reports a second version that cannot take its pool's place. */
export function checkCanary(
  reading: Reading,
  pool: CandidatePool,
  surroundings: Surroundings,
): void {
  const { settings } = pool;
  const { canary, container } = settings;
  const kind = kinds.find((each) => settings[each] !== undefined);
  const other = kinds.find((each) => canary[each] !== undefined);
  if (kind === undefined || other === undefined) return;
  const at = [...pool.path, "canary", other];
  if (kind !== other) {
    const message = `the pool runs ${article(kind)}: its canary is one too`;
    reportAt(reading, at, { message, suggestion: `write ${kind}` });
    return;
  }
  const { module } = canary;
  if (module === undefined) return;
  const inImage = container.image !== undefined;
  const finding = inImage ? inImageFinding(module) : moduleFinding(module, surroundings);
  if (finding !== undefined) reportAt(reading, at, finding);
}

function inImageFinding(module: string): RuleFinding | undefined {
  if (isAbsolute(module)) return undefined;
  return { message: "this is a path in container.image and has to begin with /" };
}

function article(kind: (typeof kinds)[number]): string {
  return kind === "image" ? "an image" : `a ${kind}`;
}
