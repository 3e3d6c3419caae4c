// Extra fields on answers of pools with `responseHeaders: debug`: where the time went (Server-Timing) and
// which worker answered (Proxy-Status, RFC 9209 §2.1.2).

import type { Exchange } from "@penstock/request-queue";

/** name, value, … */
export function debugFields(exchange: Exchange, status: number, now: number): string[] {
  const queued = (exchange.claimedAt - exchange.admittedAt).toFixed(1);
  const running = (now - exchange.claimedAt).toFixed(1);
  const worker = exchange.worker?.address.worker ?? "";
  return [
    "Server-Timing",
    `queue;dur=${queued}, app;dur=${running}`,
    "Proxy-Status",
    `penstock; next-hop="${worker}"; received-status=${status}`,
  ];
}
