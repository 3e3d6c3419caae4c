import assert from "node:assert/strict";
import test from "node:test";
import type { DesiredPool, WorkerPreparation } from "@penstock/activation";
import type { ApplicationPool } from "@penstock/domain";
import { aPool } from "@penstock/testing";
import * as fc from "fast-check";
import { NextWorkers } from "./next-workers.ts";
import { ObservedPools } from "./observed-pools.ts";
import { ObservedWorkerProcess } from "./observed-worker-process.ts";

/** One worker of a pool, as the runtime tells of it. */
function processOf(pool: string): ObservedWorkerProcess {
  const found = { id: `${pool}-1`, pool, generation: "g1", startedAt: 0, suspended: false };
  return new ObservedWorkerProcess(found);
}

/** Next workers over a runtime that notes what it was told last. */
class Scene {
  readonly pools = new ObservedPools();
  readonly desired = new Map<string, DesiredPool>();
  told: readonly WorkerPreparation[] = [];
  tellings = 0;
  readonly next: NextWorkers;

  constructor(most?: number) {
    const prepare = (preparations: readonly WorkerPreparation[]): void => {
      this.told = preparations;
      this.tellings++;
    };
    this.next = new NextWorkers({ prepare }, most);
  }

  want(pool: ApplicationPool, changes: Partial<DesiredPool> = {}): void {
    const plain = { pool, generation: "g1", enabled: true, operatorStarts: 0 };
    this.desired.set(pool.name, { ...plain, ...changes });
  }

  /** A worker of the pool starts, as a turn does it. */
  start(pool: string): void {
    const id = this.next.take(pool, "g1");
    // The runtime knows: it makes that worker of it.
    this.told = this.told.filter((prepared) => prepared.id !== id);
    this.pools.of(pool).workers.set(`${pool}-1`, processOf(pool));
    this.refresh();
  }

  /** It ends. */
  end(pool: string): void {
    this.pools.of(pool).workers.clear();
    this.refresh();
  }

  refresh(): readonly string[] {
    this.next.refresh(this.desired.keys(), this.desired, this.pools);
    return this.told.map(({ pool }) => pool);
  }
}

test("pools at zero have a next worker; those that serve, are stopped, offline or never at zero have none", () => {
  const scene = new Scene();
  scene.want(aPool({ name: "zero" }));
  scene.want(aPool({ name: "serving" }));
  scene.pools.of("serving").workers.set("serving-1", processOf("serving"));
  scene.want(aPool({ name: "starting" }));
  scene.pools.of("starting").launching.set("starting-1", processOf("starting"));
  scene.want(aPool({ name: "stopped" }), { enabled: false });
  scene.want(aPool({ name: "offline" }));
  scene.pools.of("offline").verdict = {
    since: 0,
    generation: "g1",
    told: "",
    reason: "",
    detail: "",
  };
  scene.want(aPool({ name: "always", startMode: "AlwaysRunning" }));
  scene.want(aPool({ name: "held", processModel: { minProcesses: 1 } }));
  assert.deepEqual(scene.refresh(), ["zero"]);
});

test("the runtime is told when something changes, and only then", () => {
  const scene = new Scene();
  scene.want(aPool({ name: "a" }));
  scene.refresh();
  scene.refresh();
  assert.equal(scene.tellings, 1);
  const [former] = scene.told;
  scene.want(aPool({ name: "a" }), { generation: "g2" });
  scene.refresh();
  assert.equal(scene.tellings, 2);
  assert.equal(scene.told[0]?.generation, "g2");
  assert.notEqual(scene.told[0]?.id, former?.id);
  scene.want(aPool({ name: "a" }), { generation: "g2", enabled: false });
  assert.deepEqual(scene.refresh(), []);
  assert.equal(scene.tellings, 3);
});

test("a turn looks at the pools that it is told of, and at no other", () => {
  const scene = new Scene();
  scene.want(aPool({ name: "a" }));
  scene.want(aPool({ name: "b" }));
  scene.refresh();
  scene.desired.delete("a");
  scene.desired.delete("b");
  scene.next.refresh(["b"], scene.desired, scene.pools);
  assert.deepEqual(
    scene.told.map(({ pool }) => pool),
    ["a"],
  );
});

test("the name of a next worker is given once, and only for what it was prepared for", () => {
  const scene = new Scene();
  scene.want(aPool({ name: "a" }));
  scene.refresh();
  const prepared = scene.told[0]?.id;
  assert.notEqual(scene.next.take("a", "g2"), prepared);
  assert.equal(scene.next.take("a", "g1"), prepared);
  assert.notEqual(scene.next.take("a", "g1"), prepared);
  scene.refresh();
  assert.notEqual(scene.told[0]?.id, prepared);
});

test("what is prepared holds neither secrets nor the registry's password", () => {
  const scene = new Scene();
  const secret = { env: "PENSTOCK_TEST_HIDDEN" };
  const { container } = aPool();
  const registry = { username: "acme", password: secret };
  scene.want(
    aPool({ name: "a", secrets: { TOKEN: secret }, container: { ...container, registry } }),
  );
  scene.refresh();
  assert.doesNotMatch(JSON.stringify(scene.told), /HIDDEN|acme/);
});

function sceneOf(most: number, names: readonly string[]): Scene {
  const scene = new Scene(most);
  for (const name of names) scene.want(aPool({ name }));
  scene.refresh();
  return scene;
}

test("there are places for so many pools: the first ones, until others start a worker", () => {
  const scene = sceneOf(2, ["a", "b", "c", "d"]);
  assert.deepEqual(scene.refresh(), ["a", "b"]);
  scene.start("c");
  scene.end("c");
  assert.deepEqual(scene.refresh().toSorted(), ["b", "c"]);
});

test("a pool that comes and goes keeps its place, and nothing is prepared for others meanwhile", () => {
  const scene = sceneOf(2, ["a", "b", "c"]);
  scene.start("a");
  assert.deepEqual(scene.refresh(), ["b"]);
  scene.end("a");
  assert.deepEqual(scene.refresh().toSorted(), ["a", "b"]);
});

test("a place that becomes free goes to a pool that had none", () => {
  const scene = sceneOf(1, ["a", "b"]);
  scene.want(aPool({ name: "a" }), { enabled: false });
  scene.next.refresh(["a"], scene.desired, scene.pools);
  assert.deepEqual(
    scene.told.map(({ pool }) => pool),
    ["b"],
  );
});

const MOST = 3;
const names = ["a", "b", "c", "d", "e", "f"];

test("whatever happens, never too many, never for nobody, and always for who started last", () => {
  const step = fc.record({
    pool: fc.constantFrom(...names),
    what: fc.constantFrom("start", "end", "stop", "allow"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const scene = sceneOf(MOST, names);
      /** Who started a worker, the last one last; those that were stopped since are not in it. */
      let started: string[] = [];
      for (const { pool, what } of steps) {
        const runs = scene.pools.of(pool).workers.size > 0;
        const enabled = scene.desired.get(pool)?.enabled ?? false;
        if (what === "start" && !runs && enabled) {
          scene.start(pool);
          started = [...started.filter((name) => name !== pool), pool];
        }
        if (what === "end" && runs) scene.end(pool);
        if (what === "stop" || what === "allow")
          scene.want(aPool({ name: pool }), { enabled: what === "allow" });
        if (what === "stop") started = started.filter((name) => name !== pool);
        const told = scene.refresh();
        const rests = (name: string): boolean =>
          scene.pools.of(name).workers.size === 0 && (scene.desired.get(name)?.enabled ?? false);
        const resting = names.filter(rests);
        assert.ok(told.length <= MOST);
        assert.equal(new Set(told).size, told.length);
        for (const name of told) assert.ok(rests(name), `${name} is at zero and may start`);
        for (const name of started.slice(-MOST).filter(rests))
          assert.ok(told.includes(name), `${name} started lately`);
        const serving = names.length - resting.length;
        assert.ok(told.length >= Math.min(resting.length, MOST - serving), "no place is wasted");
      }
    }),
  );
});
