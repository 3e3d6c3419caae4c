// What a worker says to the controller.

import type { NatsLink } from "@penstock/nats-connection";
import { encodeJson, workerReportSubject, type WorkerReport } from "@penstock/wire";

/** Sends a worker's reports. */
export function reportSender(
  link: NatsLink,
  pool: string,
  worker: string,
): (report: WorkerReport) => void {
  const subject = workerReportSubject(pool, worker);
  return (report) => link.publish(subject, encodeJson(report));
}
