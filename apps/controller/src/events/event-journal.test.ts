import assert from "node:assert/strict";
import test from "node:test";
import type { OperationalEvent, RecordedEvent } from "@penstock/domain";
import { ManualClock } from "@penstock/testing";
import { EventJournal } from "./event-journal.ts";

const AT = Date.parse("2026-11-23T10:00:00.000Z");

/** A journal over a store that the test can take away, and what it has. */
async function given(kept: RecordedEvent[] = []) {
  const clock = new ManualClock();
  const stored: RecordedEvent[] = [...kept];
  const world = { away: false, dropped: 0 };
  const journal = await EventJournal.open({
    store: {
      all: () => Promise.resolve([...kept]),
      append: (event) => {
        if (world.away) return Promise.reject(new Error("away"));
        stored.push(event);
        return Promise.resolve();
      },
    },
    clock,
    epochNow: () => AT + clock.now(),
    dropped: () => world.dropped++,
  });
  return { clock, journal, stored, world };
}

const stop = (pool: string): OperationalEvent => ({
  kind: "operator.pool.stop",
  pool,
  message: `stop pool ${pool}`,
});
const offline: OperationalEvent = { kind: "pool.offline", pool: "shop", message: "it failed" };

const ids = (events: readonly RecordedEvent[]): number[] => events.map(({ id }) => id);

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test("an event gets its number, its time and the facts of its kind, and is stored", async () => {
  const { journal, stored } = await given();
  journal.record(offline);
  const [event] = journal.list({ limit: 10 });
  assert.deepEqual(event, {
    id: 1,
    at: "2026-11-23T10:00:00.000Z",
    severity: "error",
    was: 5002,
    ...offline,
  });
  await journal.settled(1000);
  assert.deepEqual(stored, [event]);
});

test("what was kept before is listed, and numbers go on", async () => {
  const first = await given();
  first.journal.record(stop("a"));
  first.journal.record(stop("b"));
  await first.journal.settled(1000);
  const { journal } = await given(first.stored);
  journal.record(stop("c"));
  assert.deepEqual(ids(journal.list({ limit: 10 })), [1, 2, 3]);
});

test("the latest are listed, later ones, and those of a pool", async () => {
  const { journal } = await given();
  for (const pool of ["a", "b", "a", "b", "a"]) journal.record(stop(pool));
  assert.deepEqual(ids(journal.list({ limit: 2 })), [4, 5]);
  assert.deepEqual(ids(journal.list({ limit: 10, after: 3 })), [4, 5]);
  assert.deepEqual(ids(journal.list({ limit: 2, pool: "a" })), [3, 5]);
  assert.deepEqual(journal.list({ limit: 0 }), []);
});

test("who waits is answered by the first event that matches, or with none when the time is over", async () => {
  const { clock, journal } = await given();
  const ofB = journal.next({ limit: 10, pool: "b" }, 5000);
  const ofC = journal.next({ limit: 10, pool: "c" }, 5000);
  journal.record(stop("a"));
  journal.record(stop("b"));
  assert.deepEqual(ids(await ofB), [2]);
  clock.advance(5000);
  assert.deepEqual(await ofC, []);
  assert.deepEqual(ids(await journal.next({ limit: 10, after: 1 }, 5000)), [2]);
  assert.equal(clock.pendingTimers, 0);
});

test("while the broker is away events wait in their order, and what does not fit is counted", async () => {
  const { clock, journal, stored, world } = await given();
  world.away = true;
  for (let i = 0; i < 1003; i++) journal.record(stop("a"));
  await settle();
  assert.equal(world.dropped, 3);
  assert.equal(journal.list({ limit: 5000 }).length, 1003, "here they are all listed");
  const settled = journal.settled(10);
  clock.advance(10);
  await settled;
  world.away = false;
  clock.advance(1000);
  await journal.settled(1000);
  assert.deepEqual(
    ids(stored),
    Array.from({ length: 1000 }, (_, i) => i + 1),
  );
});
