import assert from "node:assert/strict";
import { test } from "node:test";
import { findWorkers } from "./found-workers.ts";
import { givenLaunch } from "./test-support/given-launch.ts";
import { workerLabels } from "./worker-labels.ts";

function listed(id: string, role: "host" | "application", halves: 1 | 2, State = "running") {
  const own = { installation: "i1", role, halves, startedAt: 5 } as const;
  return { Id: `${id}/${role}`, State, Labels: workerLabels(givenLaunch({ id }), own) };
}

test("workers are found whole; what is left of the others is told apart", () => {
  const { workers, leftovers } = findWorkers([
    listed("single", "host", 1),
    listed("pair", "application", 2),
    listed("pair", "host", 2),
    listed("exited", "host", 1, "exited"),
    listed("never-started", "host", 1, "created"),
    listed("half-dead", "host", 2),
    listed("half-dead", "application", 2, "exited"),
    listed("half-gone", "application", 2),
    { Id: "other", State: "running", Labels: { "io.penstock.installation": "i1" } },
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

test("a worker of which any part is paused is suspended", () => {
  const { workers, leftovers } = findWorkers([
    listed("whole", "host", 2, "paused"),
    listed("whole", "application", 2, "paused"),
    listed("part", "host", 2),
    listed("part", "application", 2, "paused"),
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
