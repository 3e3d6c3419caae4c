// The ports of a controller that leads: the admin API, and, where that is wanted, metrics and health apart.

import { listenAddress } from "@penstock/process";
import { KnownHosts } from "./admin-guard.ts";
import { createAdminServer, createMetricsServer, type AdminServerParts } from "./admin-server.ts";
import { openPort } from "./open-port.ts";
import type { ControllerSettings } from "./settings.ts";

/** Opens them; they are closed when `stack` is disposed of. */
export async function openAdminPorts(
  stack: AsyncDisposableStack,
  settings: Pick<ControllerSettings, "adminListen" | "adminHosts" | "metricsListen">,
  parts: Omit<AdminServerParts, "hosts">,
): Promise<void> {
  const at = listenAddress(settings.adminListen);
  const shown = { ...parts, hosts: new KnownHosts(at.host, settings.adminHosts) };
  await openPort(stack, createAdminServer(shown), { at, flag: "--admin-listen" });
  if (settings.metricsListen === undefined) return;
  const apart = listenAddress(settings.metricsListen);
  await openPort(stack, createMetricsServer(shown), { at: apart, flag: "--metrics-listen" });
}
