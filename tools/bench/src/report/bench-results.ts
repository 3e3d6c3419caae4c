// All that a run found out, as it is written to the JSON file.

import type { ChangeRow, ChangeSample } from "../changes/change-summary.ts";
import type { ColdRow } from "../cold/cold-summary.ts";
import type { ColdSample } from "../cold/cold-start.ts";
import type { HotSample } from "../hot/hot-path.ts";
import type { HotRow } from "../hot/hot-summary.ts";
import type { ContainerSample } from "../containers/container-start.ts";
import type { CrowdRow } from "../crowd/crowd-summary.ts";
import type { CrowdSample } from "../crowd/flash-crowd.ts";
import type { IdleSample } from "../idle-streams/idle-streams.ts";
import type { IdleRow } from "../idle-streams/idle-summary.ts";
import type { ManyPoolsSample } from "../many-pools/many-pools.ts";
import type { ManyPoolsRow } from "../many-pools/many-summary.ts";
import type { BenchOptions } from "../options.ts";
import type { AttackSample } from "../slow-clients/slow-clients.ts";
import type { StreamingRow } from "../streaming/streaming-summary.ts";
import type { StreamingSample } from "../streaming/streaming.ts";
import type { WallsSample } from "../walls/account-walls.ts";
import type { WallsRow } from "../walls/walls-summary.ts";
import type { MachineFacts } from "./machine.ts";

/** What one measurement came to. */
export interface Measured<Row, Sample> {
  readonly rows: readonly Row[];
  readonly samples: readonly Sample[];
  /** How many cores others kept busy meanwhile. */
  readonly foreignCores: number;
}

/** The results of a run; a measurement that was not asked for is absent. */
export interface BenchResults {
  readonly facts: MachineFacts;
  readonly options: BenchOptions;
  readonly hot?: Measured<HotRow, HotSample>;
  readonly cold?: Measured<ColdRow, ColdSample>;
  readonly containers?: Measured<ColdRow, ContainerSample>;
  readonly walls?: Measured<WallsRow, WallsSample>;
  readonly idleStreams?: Measured<IdleRow, IdleSample>;
  readonly slowClients?: Measured<AttackSample, AttackSample>;
  readonly streaming?: Measured<StreamingRow, StreamingSample>;
  readonly manyPools?: Measured<ManyPoolsRow, ManyPoolsSample>;
  readonly crowd?: Measured<CrowdRow, CrowdSample>;
  readonly changes?: Measured<ChangeRow, ChangeSample>;
}
