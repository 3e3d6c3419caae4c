// What may happen to the world of one pool: random traffic, faults, time, operators and configurations.

import * as fc from "fast-check";
import type { ModelWorld, ModelWorker } from "../model-world.ts";
import { desire, type PoolChanges } from "./test-builders.ts";

/** Something that happens to a world. */
export type Event = (world: ModelWorld) => void;

/** The longest limit of a worker's life. */
export const limitMs = 90_000;

/** Applies an event to the nth worker, counted round; to nobody in an empty pool. */
function toWorker(nth: number, what: (world: ModelWorld, worker: ModelWorker) => void): Event {
  return (world) => {
    const worker = world.workers[nth % Math.max(1, world.workers.length)];
    if (worker) what(world, worker);
  };
}

const nth = fc.nat({ max: 11 });

/** What clients do. */
export const traffic: fc.Arbitrary<Event> = fc.oneof(
  fc.integer({ min: 1, max: 30 }).map(
    (count): Event =>
      (world) =>
        world.arrive(count),
  ),
  fc.constant<Event>((world) => (world.waiting = 0)),
  fc
    .tuple(nth, fc.boolean())
    .map(([n, all]) => toWorker(n, (world, worker) => world.finish(worker, all))),
  fc.boolean().map(
    (report): Event =>
      (world) =>
        (world.listenersReport = report),
  ),
);

/** What worker processes do. */
export const processes: fc.Arbitrary<Event> = fc.oneof(
  nth.map((n) => toWorker(n, (world, worker) => world.becomeReady(worker))),
  nth.map((n) => toWorker(n, (world, worker) => world.freeze(worker))),
  nth.map((n) => toWorker(n, (world, worker) => world.end(worker))),
  nth.map((n) => toWorker(n, (world, { id }) => world.stuck.set(id, world.now))),
);

/** Time passes. */
export const time: fc.Arbitrary<Event> = fc
  .constantFrom(1, 100, 1_000, 5_000, 31_000, limitMs, 400_000)
  .map((ms) => (world) => world.pass(ms));

function configure(changes: PoolChanges): Event {
  return (world) => {
    if (!world.desired) return;
    const { generation, enabled, operatorStarts } = world.desired;
    world.desired = desire(changes, { generation, enabled, operatorStarts });
  };
}

/** Pools without recycling. */
export const poolChanges: fc.Arbitrary<PoolChanges> = fc.record({
  startMode: fc.constantFrom("OnDemand", "AlwaysRunning"),
  concurrency: fc.integer({ min: 1, max: 8 }),
  processModel: fc.record({
    minProcesses: fc.integer({ min: 0, max: 3 }),
    maxProcesses: fc.integer({ min: 1, max: 5 }),
    idleTimeoutMs: fc.constantFrom(0, 2_000, 60_000, 1_200_000),
    idleTimeoutAction: fc.constantFrom("Terminate", "Suspend"),
  }),
  recycling: fc.record({
    disallowOverlappingRotation: fc.boolean(),
    disallowRotationOnConfigChange: fc.constant(false),
  }),
  failure: fc.record({
    rapidFailProtection: fc.boolean(),
    rapidFailProtectionMaxCrashes: fc.integer({ min: 1, max: 4 }),
    autoRecoverMs: fc.constantFrom(0, 10_000),
    orphanWorkerProcess: fc.boolean(),
  }),
});

/** The same with limits after which a worker is replaced. */
export const recyclingPools: fc.Arbitrary<PoolChanges> = fc
  .tuple(
    poolChanges,
    fc.record({
      timeMs: fc.constantFrom(0, 3_000, 50_000),
      requests: fc.constantFrom(0, 1, 20),
      memoryBytes: fc.constantFrom(0, 1_000),
      schedule: fc.constant([]),
    }),
  )
  .map(([changes, periodicRestart]) =>
    Object.assign({}, changes, {
      recycling: Object.assign({}, changes.recycling, { periodicRestart }),
    }),
  );

const growth: fc.Arbitrary<Event> = fc
  .tuple(nth, fc.constantFrom(10, 2_000))
  .map(([n, bytes]) => toWorker(n, (_, worker) => (worker.memoryBytes = bytes)));

const schedule: fc.Arbitrary<Event> = fc.constant((world) => {
  if (world.desired)
    world.desired = {
      ...world.desired,
      scheduled: { last: world.now, next: world.now + 86_400_000 },
    };
});

/** Another generation is wanted. */
export const rotation: fc.Arbitrary<Event> = fc
  .constantFrom("g1", "g2", "g3")
  .map((generation) => (world) => {
    if (world.desired) world.desired = { ...world.desired, generation };
  });

const operator: fc.Arbitrary<Event> = fc.oneof(
  fc.boolean().map((enabled): Event => (world) => {
    if (!world.desired) return;
    const operatorStarts = world.desired.operatorStarts + (enabled ? 1 : 0);
    world.desired = { ...world.desired, enabled, operatorStarts };
    if (!enabled) world.waiting = 0;
  }),
  fc.constant<Event>((world) => {
    world.desired = undefined;
    world.waiting = 0;
  }),
  poolChanges.map(
    (changes): Event =>
      (world) =>
        (world.desired = desire(changes)),
  ),
  // The controller restarts and has forgotten everything.
  fc.constant<Event>((world) => {
    world.memory = undefined;
  }),
);

const often = { weight: 6 };
/** Whatever may happen. */
export const anything = fc.oneof(
  { ...often, arbitrary: traffic },
  { ...often, arbitrary: processes },
  { weight: 4, arbitrary: time },
  { weight: 2, arbitrary: rotation },
  { weight: 1, arbitrary: growth },
  { weight: 1, arbitrary: schedule },
  { weight: 1, arbitrary: operator },
  { weight: 1, arbitrary: poolChanges.map(configure) },
);
