// Walks the tables of host-share.ts and take-back.ts.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DrainWorker, StartWorker } from "./action.ts";
import type { HostClaim } from "./host-claim.ts";
import { shareHost, type HostVerdict } from "./host-share.ts";
import type { ObservedWorker } from "./observed-pool.ts";
import { aWorker } from "./test-support/test-builders.ts";

const MiB = 1024 ** 2;

/** Long after everybody became what it is. */
const NOW = 100_000;

function starts(pool: string, count: number, trigger: StartWorker["trigger"]): StartWorker[] {
  const start = { kind: "startWorker", pool, generation: "g1", trigger, reason: "wanted" } as const;
  return Array.from({ length: count }, () => start);
}

/** A pool with these workers; `wants` more. */
function claim(
  pool: string,
  phases: readonly string[],
  { wants = 0, ...facts }: Partial<HostClaim> & { readonly wants?: number } = {},
): HostClaim {
  const workers = phases.map((phase, nth) => {
    const [word = "", running = "0"] = phase.split(" ");
    const told = { pool, phase: word as ObservedWorker["phase"], running: Number(running) };
    return aWorker(`${pool}-${nth + 1}`, told);
  });
  return {
    pool,
    workers,
    starts: starts(pool, wants, "demand"),
    wanted: phases.length + wants,
    replaceable: [],
    waiting: wants,
    limitBytes: 0,
    workerBytes: 64 * MiB,
    ...facts,
  };
}

function shared(maxWorkers: number, claims: readonly HostClaim[], now = NOW): HostVerdict {
  return shareHost(claims, { maxWorkers, memoryBytes: 0 }, now);
}

function outcome({ starts: granted, ends }: HostVerdict): string {
  return [...granted.map(({ pool }) => `+${pool}`), ...ends.map(({ worker }) => `-${worker}`)].join(
    " ",
  );
}

const BUSY = "ready 1";

describe("What is free goes", () => {
  it("to a pool that has nobody before a second worker of another", () => {
    const claims = [claim("a", [BUSY], { wants: 3 }), claim("b", [], { wants: 2 })];
    assert.equal(outcome(shared(2, claims)), "+b");
    assert.equal(outcome(shared(3, claims)), "+b +a");
  });

  it("to the smaller share, and there to whom requests wait for", () => {
    const claims = [claim("a", [BUSY, BUSY], { wants: 2 }), claim("b", [BUSY], { wants: 2 })];
    assert.equal(outcome(shared(5, claims)), "+b +a");
    const floor = claim("c", [BUSY], { wants: 1, waiting: 0 });
    assert.equal(outcome(shared(3, [floor, claim("d", [BUSY], { wants: 1 })])), "+d");
  });

  it("to whom has waited for longest where all is equal", () => {
    const late = claim("a", [], { wants: 1, shortSince: 5 });
    const early = claim("b", [], { wants: 1, shortSince: 4 });
    assert.equal(outcome(shared(1, [late, early])), "+b");
  });

  it("by memory where that is the larger share", () => {
    const large = claim("large", [BUSY], {
      wants: 1,
      limitBytes: 400 * MiB,
      workerBytes: 400 * MiB,
    });
    const small = claim("small", [BUSY, BUSY], { wants: 1 });
    const verdict = shareHost([large, small], { maxWorkers: 4, memoryBytes: 1000 * MiB }, NOW);
    // 400 of 1000 MiB against 2 of 4 places.
    assert.equal(verdict.starts[0]?.pool, "large");
  });
});

describe("A pool that goes without", () => {
  it("is told why, in numbers", () => {
    const full = [claim("a", [BUSY, BUSY], { wants: 1 })];
    assert.deepEqual(
      [...shared(2, full).short],
      [["a", "the host is full: 2 of 2 workers live (host.maxWorkers); has 2, wants 3"]],
    );
    const memory = { maxWorkers: 0, memoryBytes: 150 * MiB };
    assert.deepEqual(
      [...shareHost(full, memory, NOW).short],
      [
        [
          "a",
          "the host is full: workers hold 128 MiB of 150 MiB, one more needs 64 MiB (host.memory); has 2, wants 3",
        ],
      ],
    );
    const grown = { maxWorkers: 0, memoryBytes: 10 * MiB };
    assert.deepEqual(
      [...shareHost([claim("b", [], { wants: 1 })], grown, NOW).short.values()],
      ["one worker needs 64 MiB, more than host.memory 10 MiB"],
    );
  });

  it("with nobody there keeps what is free for a large worker", () => {
    const large = claim("large", [], { wants: 1, workerBytes: 300 * MiB });
    const small = claim("small", [BUSY], { wants: 1 });
    const verdict = shareHost([large, small], { maxWorkers: 0, memoryBytes: 350 * MiB }, NOW);
    assert.deepEqual(verdict.starts, []);
  });
});

interface Row {
  readonly way: string;
  readonly places: number;
  readonly claims: readonly HostClaim[];
  readonly gives: string;
}

const waits = (facts: Partial<HostClaim> = {}) => claim("w", [], { wants: 1, ...facts });
const IDLE = { idleSince: 0, wanted: 0 };

const rows: readonly Row[] = [
  {
    way: "spare: who sleeps",
    places: 2,
    gives: "-a-2",
    claims: [claim("a", ["ready", "suspended"], { ...IDLE, wanted: 1 }), waits()],
  },
  {
    way: "spare: who is idle in an idle pool",
    places: 1,
    gives: "-a-1",
    claims: [claim("a", ["ready"], IDLE), waits()],
  },
  {
    way: "spare: not who has just become idle",
    places: 1,
    gives: "",
    claims: [claim("a", ["ready"], { ...IDLE, idleSince: NOW - 500 }), waits()],
  },
  {
    way: "spare: who is idle beside a busy one that is enough",
    places: 2,
    gives: "-a-2",
    claims: [claim("a", [BUSY, "ready"], { wanted: 1 }), waits()],
  },
  {
    way: "spare: for a floor, only after 30 s",
    places: 1,
    gives: "",
    claims: [claim("a", ["ready"], { ...IDLE, idleSince: NOW - 29_000 }), waits({ waiting: 0 })],
  },
  {
    way: "spare: for a floor, after 30 s",
    places: 1,
    gives: "-a-1",
    claims: [claim("a", ["ready"], { ...IDLE, idleSince: NOW - 30_000 }), waits({ waiting: 0 })],
  },
  {
    way: "floor: who is idle goes where nobody is there",
    places: 1,
    gives: "-a-1",
    claims: [claim("a", ["ready"], { idleSince: 0, wanted: 1 }), waits()],
  },
  {
    way: "share: one busy worker of the pool with the most",
    places: 3,
    gives: "-b-1",
    claims: [claim("a", [BUSY]), claim("b", [BUSY, BUSY]), waits()],
  },
  {
    way: "orphan: before anybody else, also for its own pool",
    places: 3,
    gives: "-a-2",
    claims: [claim("a", [BUSY, "orphaned"]), claim("b", ["ready"], IDLE), waits()],
  },
  {
    way: "orphan: its own pool's next worker",
    places: 1,
    gives: "-a-1",
    claims: [claim("a", ["orphaned"], { wants: 1 })],
  },
  {
    way: "orphan: not while there is room",
    places: 3,
    gives: "+w",
    claims: [claim("a", [BUSY, "orphaned"]), waits()],
  },
  {
    way: "orphan: over the limit",
    places: 1,
    gives: "-a-1",
    claims: [claim("a", ["orphaned", "ready"], { wanted: 0 })],
  },
  {
    way: "share: not a second one while one leaves",
    places: 4,
    gives: "",
    claims: [claim("b", [BUSY, BUSY, BUSY, "draining 1"]), claim("w", [], { wants: 2 })],
  },
  {
    way: "share: not below the own",
    places: 3,
    gives: "",
    claims: [claim("a", [BUSY, BUSY]), claim("w", [BUSY], { wants: 1 })],
  },
  {
    way: "turn: not before 30 s",
    places: 1,
    gives: "",
    claims: [claim("a", [BUSY]), waits({ shortSince: NOW - 29_000 })],
  },
  {
    way: "turn: after 30 s",
    places: 1,
    gives: "-a-1",
    claims: [claim("a", [BUSY]), waits({ shortSince: NOW - 30_000 })],
  },
  {
    way: "nobody twice: who leaves makes the room",
    places: 1,
    gives: "",
    claims: [claim("a", ["draining 1"], IDLE), waits()],
  },
  {
    way: "over the limit: who is idle and not wanted",
    places: 2,
    gives: "-a-2",
    claims: [claim("a", [BUSY, "ready"], { wanted: 1 }), claim("b", [BUSY])],
  },
  {
    way: "over the limit: else one of the largest share, also a busy one",
    places: 2,
    gives: "-b-1",
    claims: [claim("a", [BUSY]), claim("b", [BUSY, BUSY])],
  },
];

describe("A worker is taken back", () => {
  for (const { way, places, claims, gives } of rows)
    it(way, () => {
      const verdict = shared(places, claims);
      assert.equal(outcome(verdict), gives);
      for (const { reason } of verdict.ends) assert.match(reason, /host/);
    });

  it("own: who is out of date goes before its replacement, and as a recycling", () => {
    const drain: DrainWorker = {
      kind: "drainWorker",
      pool: "a",
      worker: "a-1",
      exitReason: "recycle",
      recycling: "config_change",
      reason: "generation g0 gives way to g1",
    };
    const rotating = claim("a", [BUSY], {
      starts: starts("a", 1, "recycle"),
      replaceable: [drain],
      wanted: 1,
    });
    const [goes] = shared(1, [rotating]).ends;
    assert(goes?.kind === "drainWorker");
    assert.deepEqual([goes.worker, goes.recycling], ["a-1", "config_change"]);
    assert.deepEqual(shared(2, [rotating]).ends, [], "with room it overlaps");
  });
});
