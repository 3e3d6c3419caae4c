// One open account: whoever connects may do everything. This is what the walls are compared with.

import type { ApplicationPool } from "@penstock/domain";
import type { Stage } from "../measuring/stage.ts";
import { provisionQueue, startServer, type Broker } from "./broker.ts";

/** Starts a broker without authentication. */
export async function startOpenBroker(stage: Stage, pool: ApplicationPool): Promise<Broker> {
  const { url, pid } = await startServer(stage, "open", []);
  await provisionQueue(stage, pool, { url, credentials: undefined });
  return { name: "open", url, pid, credentialsOf: () => undefined };
}
