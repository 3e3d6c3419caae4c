// The row that the settings of every process have.

import { logLevels } from "../log/log-level.ts";

/** How much a process logs, as a row of its settings. */
export const logLevelSetting = {
  kind: "string",
  about: "least level that is logged",
  oneOf: logLevels,
  fallback: "info",
} as const;
