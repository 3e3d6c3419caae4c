// The sentence that goes with a reason: with the numbers that the client's owner needs.

import type { ReasonPhrase } from "@penstock/domain";
import type { PoolQueue } from "@penstock/request-queue";

/** What happened, in one sentence; "" when the reason's title says it all. */
export function refusalDetail(reason: ReasonPhrase, pool: PoolQueue, detail: string): string {
  const { route } = pool;
  switch (reason) {
    case "QueueFull":
      return `The queue of pool "${pool.name}" holds as many requests as it may (queueLength ${route.queueLength}).`;
    case "EntityTooLarge":
      return detail === ""
        ? "The request body is larger than this URL group takes (maxRequestBody)."
        : detail;
    case "Timer_ReqQueue":
      if (detail !== "") return detail;
      return `No worker of pool "${pool.name}" was free within ${route.queueTimeoutMs / 1000} s (queueTimeout).`;
    case "Timer_Response":
      return `Pool "${pool.name}" did not begin an answer within ${route.requestTimeoutMs / 1000} s (requestTimeout).`;
    case "StartupTimeout":
      return `No worker of pool "${pool.name}" became ready within ${route.startupTimeLimitMs / 1000} s (startupTimeLimit).`;
    case "BadGatewayResponse":
      // What the application threw is for its log: it names files and more.
      return `The application of pool "${pool.name}" failed; its log has the details.`;
    default:
      return detail;
  }
}
