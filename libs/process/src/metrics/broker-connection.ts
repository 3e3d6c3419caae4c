// What a process exports about its connection to the broker, the same for all that are scraped.

import type { Metrics } from "./metrics.ts";

/** A connection, as far as it is exported. */
export interface ExportedConnection {
  readonly connected: boolean;
  /** Time that the broker takes to answer a ping, milliseconds. Rejects when the connection breaks meanwhile. */
  roundTripMs(): Promise<number>;
  watch(watcher: { disconnected(): void; reconnected(): void }): void;
}

/** Begins to export a connection. `component` is the process's own word: `listener`. Once per process. */
export function exportConnection(
  metrics: Metrics,
  component: string,
  connection: ExportedConnection,
): void {
  const labels = ["component"] as const;
  const of = { component };
  const connected = metrics.gauge({
    name: "penstock_nats_connected",
    help: "1 while the broker is connected.",
    labels,
    collect: () => {
      connected.series(of).set(connection.connected ? 1 : 0);
      measure();
    },
  });
  const reconnects = metrics.counter({
    name: "penstock_nats_reconnects_total",
    help: "Times that a broken connection to the broker came back.",
    labels,
  });
  const roundTrip = metrics.gauge({
    name: "penstock_nats_rtt_seconds",
    help: "Time that the broker took to answer a ping, measured at the scrape before.",
    labels,
  });
  let measuring = false;
  // A scrape waits for nobody: it shows what was measured at the one before.
  const measure = (): void => {
    if (measuring || !connection.connected) return;
    measuring = true;
    connection
      .roundTripMs()
      .then(
        (ms) => roundTrip.series(of).set(ms / 1000),
        // The connection broke meanwhile: penstock_nats_connected tells.
        () => {},
      )
      .finally(() => {
        measuring = false;
      });
  };
  reconnects.series(of);
  measure();
  connection.watch({ disconnected: () => {}, reconnected: () => reconnects.series(of).add() });
}
