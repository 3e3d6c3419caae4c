import assert from "node:assert/strict";
import { test } from "node:test";
import { exportConnection } from "./broker-connection.ts";
import { Metrics } from "./metrics.ts";

/** A connection that a test breaks and mends, and whose answers it gives. */
class HeldConnection {
  connected = true;
  readonly pings: PromiseWithResolvers<number>[] = [];
  #watcher: { reconnected(): void } | undefined;

  roundTripMs(): Promise<number> {
    const ping = Promise.withResolvers<number>();
    this.pings.push(ping);
    return ping.promise;
  }

  watch(watcher: { reconnected(): void }): void {
    this.#watcher = watcher;
  }

  mend(): void {
    this.connected = true;
    this.#watcher?.reconnected();
  }
}

const scraped = async (metrics: Metrics, name: string) =>
  new RegExp(`^penstock_nats_${name}\\{component="listener"\\} (.+)$`, "m").exec(
    await metrics.render(),
  )?.[1];

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

test("a scrape shows the round trip that was measured before, and never two measurements run at once", async () => {
  const metrics = new Metrics();
  const connection = new HeldConnection();
  exportConnection(metrics, "listener", connection);
  assert.equal(await scraped(metrics, "rtt_seconds"), undefined);
  assert.equal(connection.pings.length, 1);
  connection.pings[0]?.resolve(2);
  await nextTurn();
  assert.equal(await scraped(metrics, "rtt_seconds"), "0.002");
  assert.equal(connection.pings.length, 2);
});

test("a connection that broke is 0, is not pinged, and counts when it is back", async () => {
  const metrics = new Metrics();
  const connection = new HeldConnection();
  exportConnection(metrics, "listener", connection);
  connection.connected = false;
  connection.pings[0]?.reject(new Error("the connection broke"));
  await nextTurn();
  assert.equal(await scraped(metrics, "connected"), "0");
  assert.equal(await scraped(metrics, "reconnects_total"), "0");
  assert.equal(connection.pings.length, 1);
  connection.mend();
  assert.equal(await scraped(metrics, "connected"), "1");
  assert.equal(await scraped(metrics, "reconnects_total"), "1");
  assert.equal(connection.pings.length, 2);
});
