import assert from "node:assert/strict";
import { test } from "node:test";
import { testLaunch } from "./test-support/testing-runtime.ts";
import { workerEnvironment } from "./worker-environment.ts";

test("of the controller's environment a worker sees only what every program needs", () => {
  const own = { PATH: "/bin", HOME: "/root", LANG: "C", SECRET: "x", NODE_OPTIONS: "--inspect" };
  const launch = { ...testLaunch({ kind: "idles" }), id: "shop-1", pool: "shop", environment: {} };
  assert.deepEqual(workerEnvironment(launch, own, "/cache"), {
    NODE_COMPILE_CACHE: "/cache",
    PATH: "/bin",
    HOME: "/root",
    LANG: "C",
    PENSTOCK_POOL: "shop",
    PENSTOCK_WORKER: "shop-1",
  });
});

test("secrets join the environment: it is seen by the worker alone", () => {
  const plain = testLaunch({ kind: "idles" });
  const launch = { ...plain, environment: { A: "b" }, secrets: { TOKEN: "s3cret" } };
  const composed = workerEnvironment(launch, {}, "/cache");
  assert.deepEqual([composed["A"], composed["TOKEN"]], ["b", "s3cret"]);
});

test("the launch's own words win, but for the worker's name and pool", () => {
  const environment = { PATH: "/app/bin", NODE_COMPILE_CACHE: "/mine", PENSTOCK_WORKER: "forged" };
  const launch = { ...testLaunch({ kind: "idles" }), id: "shop-1", environment };
  const composed = workerEnvironment(launch, { PATH: "/bin" }, "/cache");
  assert.equal(composed["PATH"], "/app/bin");
  assert.equal(composed["NODE_COMPILE_CACHE"], "/mine");
  assert.equal(composed["PENSTOCK_WORKER"], "shop-1");
});
