// Brings the configuration that was loaded into force, keeps it so when the broker comes back, and stands
// ready to replace it.

import type { ApplicationPool } from "@penstock/domain";
import type { Clock } from "@penstock/foundation";
import type { AccountPublisher } from "@penstock/nats-accounts";
import type {
  PoolSignals,
  QueueAdministration,
  RoutingStore,
  StandingStore,
} from "@penstock/nats-administration";
import type { NatsLink } from "@penstock/nats-connection";
import type { ControllerEvents } from "../controller-events.ts";
import type { ObservedPools } from "../observed-pools.ts";
import type { PoolStandings } from "../pool-standings.ts";
import { Turns } from "../turns.ts";
import { PoolVersions } from "../versions/pool-versions.ts";
import { ConfigurationReload, type ConfigurationReloadParts } from "./configuration-reload.ts";
import { PoolChangeover } from "./pool-changeover.ts";
import { PoolProvisioning } from "./pool-provisioning.ts";
import { PoolRetirement } from "./pool-retirement.ts";

/** What it takes. */
export interface ConfigurationStart extends Pick<
  ConfigurationReloadParts,
  "file" | "loaded" | "unfit" | "ready" | "epochNow"
> {
  /** Has pools looked at whose configuration is another one. */
  readonly reconfigured: (pools: readonly string[]) => void;
  readonly versionsOf: (pool: ApplicationPool) => string;
  readonly link: Pick<NatsLink, "watch">;
  readonly accounts: AccountPublisher;
  readonly queues: QueueAdministration;
  readonly routing: RoutingStore;
  readonly store: StandingStore;
  readonly standings: PoolStandings;
  readonly signals: PoolSignals;
  readonly pools: ObservedPools;
  readonly events: ControllerEvents;
  readonly clock: Clock;
}

/** The configuration in force, and the pools that it has left behind. */
export interface StartedConfiguration {
  readonly configuration: ConfigurationReload;
  readonly retirement: PoolRetirement;
  readonly versions: PoolVersions;
}

/** Makes what the configured pools need and removes what others had. */
export async function startConfiguration(
  stack: AsyncDisposableStack,
  parts: ConfigurationStart,
): Promise<StartedConfiguration> {
  const { link, loaded, unfit, file, events } = parts;
  const { pools } = loaded.configuration;
  const turns = new Turns();
  const provisioning = new PoolProvisioning(parts);
  const retirement = stack.use(
    new PoolRetirement({
      ...parts,
      provisioning,
      turns,
      touch: (pool) => parts.reconfigured([pool]),
    }),
  );
  const changeover = new PoolChangeover({ ...parts, provisioning, retirement });
  const configuration = new ConfigurationReload({
    ...parts,
    hostChanged: () => parts.reconfigured(Array.from(parts.standings.desired.keys())),
    changeover,
    turns,
  });
  const { desired, inForce } = parts.standings;
  const wanted = Array.from(desired.values(), ({ pool }) => pool);
  await provisioning.removeAllBut(wanted);
  await configuration.restore();
  const routed = new Set(inForce.all.map(({ name }) => name));
  for (const pool of wanted) if (!routed.has(pool.name)) retirement.begin(pool);
  link.watch({
    disconnected: () => {},
    reconnected: (brokerRestarted) => {
      // Memory queues are gone with the broker's process: they are made again before anything else.
      const restored = brokerRestarted ? configuration.restore() : Promise.resolve();
      void restored
        .catch((thrown: unknown) =>
          events.failed("provisioning after the broker's restart", thrown),
        )
        .then(() => configuration.retry());
    },
  });
  events.configured(pools.length, file.path);
  const warnings = [...unfit(pools), ...inForce.notices];
  for (const warning of warnings) events.withoutEffect(warning);
  const versions = stack.use(new PoolVersions({ ...parts, configuration, changeover, turns }));
  return { configuration, retirement, versions };
}
