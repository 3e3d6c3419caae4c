import assert from "node:assert/strict";
import test from "node:test";
import type { WorkerUsage } from "@penstock/activation";
import { Metrics } from "@penstock/process/metrics";
import { exportWorkerUsage, type ShownWorker } from "./worker-usage-metrics.ts";

const usage: WorkerUsage = {
  privateBytes: 50,
  workingSetBytes: 100,
  memoryLimitBytes: 400,
  cpuSeconds: 1.5,
};

function given() {
  const metrics = new Metrics();
  const workers: ShownWorker[] = [];
  exportWorkerUsage(metrics, () => workers);
  const scrape = async (): Promise<string[]> =>
    (await metrics.render()).split("\n").filter((line) => line.startsWith("penstock_"));
  return { metrics, workers, scrape };
}

test("a worker shows what it uses once it was measured, and nothing when it is gone", async () => {
  const { workers, scrape } = given();
  workers.push({ id: "a-1", pool: "a", usage: undefined });
  assert.deepEqual(await scrape(), []);
  workers[0] = { id: "a-1", pool: "a", usage };
  assert.deepEqual(await scrape(), [
    'penstock_worker_memory_working_set_bytes{pool="a",worker="a-1"} 100',
    'penstock_worker_memory_limit_bytes{pool="a",worker="a-1"} 400',
    'penstock_worker_cpu_seconds_total{pool="a",worker="a-1"} 1.5',
  ]);
  workers.splice(0, 1, { id: "a-2", pool: "a", usage: { ...usage, cpuSeconds: 0 } });
  assert.deepEqual(await scrape(), [
    'penstock_worker_memory_working_set_bytes{pool="a",worker="a-2"} 100',
    'penstock_worker_memory_limit_bytes{pool="a",worker="a-2"} 400',
    'penstock_worker_cpu_seconds_total{pool="a",worker="a-2"} 0',
  ]);
});

test("processor time counts on where nothing new was measured, and where a pool's series were dropped", async () => {
  const { metrics, workers, scrape } = given();
  workers.push({ id: "a-1", pool: "a", usage });
  await scrape();
  assert.equal((await scrape()).at(-1)?.split(" ").at(-1), "1.5");
  metrics.forget("pool", "a");
  assert.equal((await scrape()).at(-1)?.split(" ").at(-1), "1.5");
});
