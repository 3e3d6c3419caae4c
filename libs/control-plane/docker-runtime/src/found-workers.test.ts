import assert from "node:assert/strict";
import { test } from "node:test";
import { findWorkers } from "./found-workers.ts";
import { givenLaunch } from "./test-support/given-launch.ts";
import { workerLabels } from "./worker-labels.ts";

function listed(
  id: string,
  role: "host" | "application",
  halves: 1 | 2,
  { State = "running", name = `penstock-${id}` } = {},
) {
  const own = { installation: "i1", role, halves, startedAt: 5 } as const;
  return {
    Id: `${id}/${role}`,
    Names: [`/${name}`],
    State,
    Labels: workerLabels(givenLaunch({ id }), own),
  };
}

test("workers are found whole; what is left of the others is told apart", () => {
  const { workers, leftovers } = findWorkers([
    listed("single", "host", 1),
    listed("pair", "application", 2),
    listed("pair", "host", 2),
    listed("exited", "host", 1, { State: "exited" }),
    listed("never-started", "host", 1, { State: "created" }),
    listed("half-dead", "host", 2),
    listed("half-dead", "application", 2, { State: "exited" }),
    listed("half-gone", "application", 2),
    {
      Id: "other",
      Names: ["/other"],
      State: "running",
      Labels: { "io.penstock.installation": "i1" },
    },
  ]);
  assert.deepEqual(
    workers.map(({ worker, containers }) => [worker.id, containers.map(({ role }) => role)]),
    [
      ["single", ["host"]],
      ["pair", ["application", "host"]],
    ],
  );
  assert.deepEqual(workers[0]?.worker, {
    id: "single",
    pool: "shop",
    generation: "g1",
    startedAt: 5,
    suspended: false,
  });
  assert.deepEqual(
    leftovers.map(({ container }) => container),
    [
      "exited/host",
      "never-started/host",
      "half-dead/host",
      "half-dead/application",
      "half-gone/application",
    ],
  );
});

test("a host that waits for its worker is none, and does not stand in the way of one", () => {
  const waits = { name: "penstock-waiting-next" };
  const { workers, leftovers, waiting } = findWorkers([
    listed("next", "host", 1, waits),
    listed("next", "host", 1),
    listed("gone", "host", 2, { name: "penstock-waiting-gone", State: "exited" }),
  ]);
  assert.deepEqual(
    workers.map(({ worker }) => worker.id),
    ["next"],
  );
  assert.deepEqual(leftovers, []);
  assert.deepEqual(waiting, [
    { id: "next", container: "next/host", runs: true },
    { id: "gone", container: "gone/host", runs: false },
  ]);
});

test("a worker of which any part is paused is suspended", () => {
  const { workers, leftovers } = findWorkers([
    listed("whole", "host", 2, { State: "paused" }),
    listed("whole", "application", 2, { State: "paused" }),
    listed("part", "host", 2),
    listed("part", "application", 2, { State: "paused" }),
    listed("awake", "host", 1),
  ]);
  assert.deepEqual(
    workers.map(({ worker }) => [worker.id, worker.suspended]),
    [
      ["whole", true],
      ["part", true],
      ["awake", false],
    ],
  );
  assert.deepEqual(leftovers, []);
});
