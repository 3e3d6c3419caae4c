// Several controllers at one cell, time moved by hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "@penstock/testing";
import { Leadership, type LeaseCell } from "./leadership.ts";
import { HOLD_MS, LEASE_MS, RENEW_MS, type LeaseHolder } from "./lease.ts";

/** A cell in memory that may be out of reach for some. */
class Cell {
  revision = 0;
  text: string | undefined;
  readonly unreachable = new Set<string>();

  seenBy(id: string): LeaseCell {
    const reach = (): void => {
      if (this.unreachable.has(id)) throw new Error("out of reach");
    };
    return {
      read: async () => {
        reach();
        return { revision: this.revision, text: this.text };
      },
      write: async (value, revision) => {
        reach();
        if (revision !== this.revision) return undefined;
        this.text = JSON.stringify(value);
        return ++this.revision;
      },
      giveBack: async (revision) => {
        reach();
        if (revision !== this.revision) throw new Error("moved");
        this.text = undefined;
        this.revision++;
      },
    };
  }
}

class World {
  readonly clock = new ManualClock();
  readonly cell = new Cell();
  readonly gone = new Set<string>();
  readonly waits: string[] = [];
  readonly stop = new AbortController();

  controller(id: string): { readonly leads: () => boolean; readonly led: Promise<Leadership> } {
    const self: LeaseHolder = { id, host: "one", pid: 1, startTime: id, admin: "" };
    let held: Leadership | undefined;
    const parts = {
      cell: this.cell.seenBy(id),
      self,
      clock: this.clock,
      gone: (holder: LeaseHolder) => this.gone.has(holder.id),
      waitsFor: (holder: LeaseHolder) => this.waits.push(`${id} waits for ${holder.id}`),
      failed: () => {},
    };
    const led = Leadership.acquire(parts, this.stop.signal).then((leadership) => {
      held = leadership;
      return leadership;
    });
    led.catch(() => {});
    return { leads: () => held?.leads ?? false, led };
  }

  /** Lets time pass in steps in which everybody gets to do what is due. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 100) {
      await settle();
      this.clock.advance(100);
      await settle();
    }
  }
}

/** What was begun is done: nothing here takes longer than a few turns. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 10; turns++) await new Promise(setImmediate);
}

test("the first leads, the second waits until the first gives the lease back", async () => {
  const world = new World();
  const first = world.controller("first");
  const leadership = await first.led;
  const second = world.controller("second");
  await world.pass(10 * LEASE_MS);
  assert.deepEqual([first.leads(), second.leads()], [true, false]);
  assert.deepEqual(world.waits, ["second waits for first"]);
  await leadership.release();
  assert.equal(first.leads(), false);
  await world.pass(2 * RENEW_MS);
  assert.equal(second.leads(), true);
});

test("one that is cut off pauses before another takes over, and is lost when it comes back", async () => {
  const world = new World();
  const first = world.controller("first");
  const leadership = await first.led;
  const second = world.controller("second");
  await world.pass(3000);
  world.cell.unreachable.add("first");
  for (let passed = 0; passed < 2 * LEASE_MS; passed += 100) {
    await world.pass(100);
    assert.ok(!(first.leads() && second.leads()), "two lead");
  }
  assert.deepEqual([first.leads(), second.leads()], [false, true]);
  assert.equal(leadership.isLost, false, "it cannot know");
  world.cell.unreachable.clear();
  await world.pass(2 * RENEW_MS);
  assert.equal((await leadership.lost)?.id, "second");
  assert.deepEqual([first.leads(), second.leads()], [false, true]);
});

test("one that was cut off alone goes on leading, and says so", async () => {
  const world = new World();
  const only = world.controller("only");
  const leadership = await only.led;
  let resumed = 0;
  leadership.onResume(() => resumed++);
  world.cell.unreachable.add("only");
  await world.pass(HOLD_MS + RENEW_MS);
  assert.equal(only.leads(), false);
  world.cell.unreachable.clear();
  await world.pass(2 * RENEW_MS);
  assert.deepEqual([only.leads(), resumed], [true, 1]);
});

test("a holder that is known to be gone is not waited for", async () => {
  const world = new World();
  await world.controller("first").led;
  world.cell.unreachable.add("first");
  world.gone.add("first");
  const second = world.controller("second");
  await second.led;
  assert.equal(second.leads(), true);
});

test("of many that wait one leads", async () => {
  const world = new World();
  const all = ["a", "b", "c", "d"].map((id) => world.controller(id));
  for (let passed = 0; passed < 3 * LEASE_MS; passed += 100) {
    await world.pass(100);
    assert.ok(all.filter(({ leads }) => leads()).length <= 1);
  }
  assert.equal(all.filter(({ leads }) => leads()).length, 1);
});

test("a wait ends when the process is told to stop", async () => {
  const world = new World();
  await world.controller("first").led;
  const second = world.controller("second");
  await settle();
  world.stop.abort(new DOMException("told to stop", "AbortError"));
  await assert.rejects(second.led, { name: "AbortError" });
});
