// Rule: a pool keeps no more workers than it may have.

import type { Reading } from "../reading/reading.ts";
import { formatKeyPath } from "../source/key-path.ts";
import { defaultsPath, locate, type CandidatePool } from "./pool-layer.ts";

const least = ["processModel", "minProcesses"];
const most = ["processModel", "maxProcesses"];

/** Reports `minProcesses` above `maxProcesses`, at the one of the two that the pool itself states. */
export function checkProcessCounts(reading: Reading, pool: CandidatePool): void {
  const { minProcesses, maxProcesses } = pool.settings.processModel;
  if (minProcesses <= maxProcesses) return;
  // A value that could not be read was replaced by its default; comparing that would be noise.
  const unread = [pool.path, defaultsPath].some((base) =>
    [least, most].some((keys) => reading.faults.hasErrorAt([...base, ...keys])),
  );
  if (unread) return;
  const minimum = locate(reading, pool, least);
  const maximum = locate(reading, pool, most);
  const isOwn = minimum?.path[0] === pool.path[0];
  const blamed = isOwn ? minimum : (maximum ?? minimum);
  if (blamed === undefined) return;
  const byDefault = maximum === undefined ? " (the default)" : "";
  reading.faults.add({
    range: blamed.place.value,
    path: blamed.path,
    message: `${formatKeyPath(blamed.path.slice(0, -1))}: minProcesses ${minProcesses} is above maxProcesses ${maxProcesses}${byDefault}`,
  });
}
