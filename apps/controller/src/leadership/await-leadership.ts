// The part of a controller's start in which it may have to wait: until it leads, its admin port tells health,
// metrics and who does.

import { systemClock } from "@penstock/foundation";
import { LeaseStore } from "@penstock/nats-administration";
import type { NatsLink } from "@penstock/nats-connection";
import { listenAddress, type Log } from "@penstock/process";
import type { Metrics } from "@penstock/process/metrics";
import { KnownHosts } from "../admin-guard.ts";
import { createStandbyServer, createMetricsServer } from "../admin-server.ts";
import type { AdminTokens } from "../admin-token.ts";
import { openPort } from "../open-port.ts";
import type { ControllerSettings } from "../settings.ts";
import { exportLeadership } from "./export-leadership.ts";
import { Leadership } from "./leadership.ts";
import type { LeaseHolder } from "./lease.ts";
import { hasEnded, thisController } from "./this-controller.ts";

/** What the wait needs. */
export interface LeadershipStart {
  readonly link: NatsLink;
  readonly settings: ControllerSettings;
  readonly tokens: AdminTokens;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Aborts when the process is told to stop. */
  readonly signal: AbortSignal;
}

/** One that waits is as ready as it can be. */
const healthy = (): undefined => undefined;

/** Waits until this controller leads. It gives the lease back when `stack` is disposed of. */
export async function awaitLeadership(
  stack: AsyncDisposableStack,
  { link, settings, tokens, log, metrics, signal }: LeadershipStart,
): Promise<Leadership> {
  let leadership: Leadership | undefined;
  let leader: LeaseHolder | undefined;
  exportLeadership(metrics, () => leadership?.leads ?? false);
  const failed = (what: string, cause: unknown): void => {
    const detail = cause instanceof Error ? cause.message : String(cause);
    log.warn({ event: "leader.failed", detail }, `${what} failed: ${detail}`);
  };
  await using standby = new AsyncDisposableStack();
  const serve = async (): Promise<void> => {
    const at = listenAddress(settings.adminListen);
    const hosts = new KnownHosts(at.host, settings.adminHosts);
    const local = { metrics, unready: healthy, failed };
    const guarded = { ...local, tokens, hosts, refused: () => {} };
    const server = createStandbyServer(
      guarded,
      () => `The one at ${leader?.admin ?? "an unknown address"} does: ask there.`,
    );
    await openPort(standby, server, { at, flag: "--admin-listen" });
    if (settings.metricsListen === undefined) return;
    const apart = listenAddress(settings.metricsListen);
    await openPort(standby, createMetricsServer(local), { at: apart, flag: "--metrics-listen" });
  };
  let serving: Promise<void> | undefined;
  leadership = await Leadership.acquire(
    {
      cell: await LeaseStore.open(link),
      self: thisController(settings.adminListen),
      clock: systemClock,
      gone: hasEnded,
      failed,
      waitsFor: (holder) => {
        leader = holder;
        serving ??= serve();
        const facts = { event: "leader.waiting", leader: holder.admin, host: holder.host };
        log.info(facts, `the controller at ${holder.admin} leads: waiting`);
      },
    },
    signal,
  );
  await serving;
  log.info({ event: "leader.acquired" }, "this controller leads");
  const held = leadership;
  stack.defer(() => held.release());
  return held;
}
