// The way back for the limits of the host: in the words and units of the file.

import type { HostLimits } from "@penstock/domain";
import { formatSize } from "./notation/size.ts";
import type { Notation } from "./pool-notation.ts";

/** The value of the key `host`. */
export function hostNotation({ maxWorkers, memoryBytes }: HostLimits): Notation {
  return { maxWorkers, memory: formatSize(memoryBytes) };
}
