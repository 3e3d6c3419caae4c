// `loadBalancerCapabilities: TcpLevel`: a pool that cannot serve says so to load balancers that look at connections
// and not at answers, by resetting the connection. In HTTP/2, where pools share one, it is the stream.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { ReasonPhrase } from "@penstock/domain";
import type { RoutedPool } from "@penstock/wire";
import { resetConnection } from "../reset-connection.ts";
import { Http2Request } from "./http2/http2-request.ts";

/** The pool is there and cannot serve; whatever else is refused gets its answer. */
const CANNOT_SERVE: ReadonlySet<ReasonPhrase> = new Set<ReasonPhrase>([
  "AppOffline",
  "QueueFull",
  "StartupTimeout",
]);

/** Whether a pool refuses for this reason without an answer. */
export function refusesByReset(
  { loadBalancerCapabilities }: Pick<RoutedPool, "loadBalancerCapabilities">,
  reason: ReasonPhrase,
): boolean {
  return loadBalancerCapabilities === "TcpLevel" && CANNOT_SERVE.has(reason);
}

/** Refuses without an answer. */
export function refuseByReset(request: IncomingMessage, response: ServerResponse): void {
  if (request instanceof Http2Request) response.destroy();
  else resetConnection(request.socket);
}
