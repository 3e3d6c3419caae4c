// For tests: an application that reads a request to its end and then says which one it was.

import type { RecordedRun } from "@penstock/request-queue/testing";
import { until } from "../test-support/listener-world.ts";

/** Answers with the target; not at all when the client broke off. */
export async function answerWhenComplete(run: RecordedRun | undefined): Promise<void> {
  if (!run) return;
  await until("the body is complete", () => run.bodyComplete || run.cancelled);
  if (run.cancelled) return;
  const body = Buffer.from(run.target);
  const rawHeaders = ["Content-Length", String(body.length)];
  run.exchange.respond({ status: 200, statusMessage: "OK", rawHeaders }, body, true);
}
