// Bodies of any size pass, both ways, in bounded memory. PENSTOCK_E2E_MIB=1024 makes it a gibibyte.

import assert from "node:assert/strict";
import { Readable } from "node:stream";
import test, { type TestContext } from "node:test";
import { request } from "undici";
import { bulk, hashOf } from "./support/bulk.ts";
import type { Penstock } from "./support/penstock.ts";
import { memoryOf } from "./support/process-table.ts";
import { withPenstock } from "./support/run-penstock.ts";

const MIB = 1024 * 1024;
const BYTES = Number(process.env["PENSTOCK_E2E_MIB"] ?? 256) * MIB;

/** What a process may hold beyond what it held before, at its peak. */
const GROWTH_MAX = 150 * MIB;

test("a large upload and a large download arrive whole, and memory stays flat", (context) =>
  withPenstock(
    ({ url, application }) => ({
      bulk: {
        urls: [url("/bulk/")],
        module: application("bulk"),
        processModel: { maxProcesses: 1 },
      },
    }),
    async (penstock) => {
      const expected = await hashOf(bulk(BYTES));
      await request(`${penstock.origin}/bulk/?bytes=1`).then(({ body }) => body.text());
      const [worker] = await penstock.workers("bulk");
      assert(worker);
      const watched = { listener: penstock.pidOf("listener"), worker: worker.pid };
      const before = { listener: memoryOf(watched.listener), worker: memoryOf(watched.worker) };

      const uploadedAt = performance.now();
      const upload = await request(`${penstock.origin}/bulk/`, {
        method: "POST",
        body: Readable.from(bulk(BYTES)),
      });
      assert.equal(await upload.body.text(), expected, "the upload");
      tell(context, "upload", uploadedAt);

      const downloadedAt = performance.now();
      const download = await request(`${penstock.origin}/bulk/?bytes=${BYTES}`);
      assert.equal(await hashOf(download.body), expected, "the download");
      tell(context, "download", downloadedAt);

      for (const role of ["listener", "worker"] as const)
        assertFlat(context, role, memoryOf(watched[role]).peak - before[role].now);
      await assertSameWorker(penstock, worker.pid);
    },
  ));

function tell(context: TestContext, what: string, startedAt: number): void {
  const seconds = (performance.now() - startedAt) / 1000;
  const rate = (BYTES / MIB / seconds).toFixed(0);
  context.diagnostic(`${what} of ${BYTES / MIB} MiB: ${seconds.toFixed(1)} s, ${rate} MiB/s`);
}

function assertFlat(context: TestContext, role: string, growth: number): void {
  context.diagnostic(`${role}: peak ${(growth / MIB).toFixed(0)} MiB above what it held before`);
  assert(growth < GROWTH_MAX, `the ${role} held ${growth / MIB} MiB more`);
}

async function assertSameWorker(penstock: Penstock, pid: number): Promise<void> {
  const workers = await penstock.workers("bulk");
  assert.deepEqual(
    workers.map((worker) => worker.pid),
    [pid],
  );
}
