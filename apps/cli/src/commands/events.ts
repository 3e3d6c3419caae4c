// `penstock events`: what the controller did and what happened to its pools, and why.

import type { EventSeverity } from "@penstock/domain";
import { AdminClient, type AdminOptions } from "../admin-client.ts";
import { columns, print } from "../print.ts";

/** How long one question waits for an event, seconds. */
const WAIT_S = 30;

/** What the command was told. */
export interface EventsOptions extends AdminOptions {
  readonly output: "table" | "json";
  readonly follow?: boolean;
  readonly pool?: string;
  readonly limit: number;
}

interface ShownEvent {
  readonly id: number;
  readonly at: string;
  readonly severity: EventSeverity;
  readonly was?: number;
  readonly kind: string;
  readonly message: string;
}

/** Prints the latest events, and with `follow` each that comes, until it is interrupted. */
export async function events(options: EventsOptions): Promise<void> {
  const client = new AdminClient(options);
  const { limit, pool, follow = false, output } = options;
  const ask = async (more: Readonly<Record<string, string>>): Promise<readonly ShownEvent[]> => {
    const query = new URLSearchParams({ ...(pool !== undefined && { pool }), ...more });
    const answer = await client.get(`events?${query.toString()}`);
    return (answer as { events: readonly ShownEvent[] }).events;
  };
  let found = await ask({ limit: String(limit) });
  if (!follow) {
    print(output === "json" ? JSON.stringify(found, undefined, 2) : eventTable(found));
    return;
  }
  let last = 0;
  for (;;) {
    for (const event of found) print(output === "json" ? JSON.stringify(event) : line(event));
    last = found.at(-1)?.id ?? last;
    found = await ask({ after: String(last), limit: "5000", wait: String(WAIT_S) });
  }
}

function eventTable(found: readonly ShownEvent[]): string {
  return columns([["TIME", "SEVERITY", "WAS", "EVENT", "WHAT"], ...found.map(cells)]);
}

function line(event: ShownEvent): string {
  return cells(event).join("  ");
}

function cells({ at, severity, was, kind, message }: ShownEvent): string[] {
  return [at, severity, String(was ?? "-"), kind, message.replaceAll("\n", "; ")];
}
