// Rules about `listener`: addresses are addresses, and a PROXY header is only awaited where somebody may
// send one and a prefix opens the port.

import { addressBlockFault, parseUrlPrefix } from "@penstock/domain";
import type { Reading } from "../reading/reading.ts";
import type { CandidatePool } from "./pool-layer.ts";
import { reportAt } from "./report-at.ts";

/** Reports what cannot stand. */
export function checkTrustedProxies(
  reading: Reading,
  pools: readonly CandidatePool[],
  listener: {
    readonly trustedProxies: readonly string[];
    readonly proxyProtocolPorts: readonly number[];
  },
): void {
  for (const [index, block] of listener.trustedProxies.entries()) {
    const message = addressBlockFault(block);
    if (message !== undefined)
      reportAt(reading, ["listener", "trustedProxies", index], { message });
  }
  const ports = new Set(pools.flatMap(({ settings }) => (settings.urls ?? []).map(portOf)));
  for (const [index, port] of listener.proxyProtocolPorts.entries()) {
    const at = ["listener", "proxyProtocolPorts", index];
    if (listener.trustedProxies.length === 0) {
      reportAt(reading, at, {
        message: "nobody may send a PROXY header",
        suggestion: "name the proxies under listener.trustedProxies",
      });
    } else if (!ports.has(port)) {
      reportAt(reading, at, { message: `no prefix names port ${port}`, severity: "warning" });
    }
  }
}

function portOf(url: string): number {
  const parsed = parseUrlPrefix(url);
  return parsed.kind === "prefix" ? parsed.prefix.port : 0;
}
