import assert from "node:assert/strict";
import test from "node:test";
import type { DesiredPool, WorkerPreparation } from "@penstock/activation";
import type { ApplicationPool } from "@penstock/domain";
import { aPool } from "@penstock/testing";
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
  readonly next = new NextWorkers({
    prepare: (preparations) => {
      this.told = preparations;
      this.tellings++;
    },
  });

  want(pool: ApplicationPool, changes: Partial<DesiredPool> = {}): void {
    const plain = { pool, generation: "g1", enabled: true, operatorStarts: 0 };
    this.desired.set(pool.name, { ...plain, ...changes });
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
