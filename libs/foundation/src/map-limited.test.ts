import assert from "node:assert/strict";
import test from "node:test";
import { mapLimited } from "./map-limited.ts";

/** Runs that end when they are told to. */
class Runs {
  readonly begun: number[] = [];
  readonly #ends = new Map<number, PromiseWithResolvers<string>>();

  readonly run = (value: number): Promise<string> => {
    this.begun.push(value);
    const end = Promise.withResolvers<string>();
    this.#ends.set(value, end);
    return end.promise;
  };

  async end(value: number): Promise<void> {
    this.#ends.get(value)?.resolve(`of ${value}`);
    await new Promise(setImmediate);
  }

  async fail(value: number): Promise<void> {
    this.#ends.get(value)?.reject(new Error(`not ${value}`));
    await new Promise(setImmediate);
  }
}

test("so many run at a time, and results stand in the order of the values", async () => {
  const runs = new Runs();
  const all = mapLimited([1, 2, 3, 4], 2, runs.run);
  assert.deepEqual(runs.begun, [1, 2]);
  await runs.end(2);
  assert.deepEqual(runs.begun, [1, 2, 3]);
  await runs.end(3);
  await runs.end(1);
  await runs.end(4);
  assert.deepEqual(await all, ["of 1", "of 2", "of 3", "of 4"]);
});

test("after a failure nothing is begun, and what is under way is waited for", async () => {
  const runs = new Runs();
  let settled = false;
  const all = mapLimited([1, 2, 3], 2, runs.run).finally(() => (settled = true));
  const refused = assert.rejects(all, /not 1/);
  await runs.fail(1);
  assert.deepEqual([runs.begun, settled], [[1, 2], false]);
  await runs.end(2);
  await refused;
  assert.deepEqual(runs.begun, [1, 2]);
});

test("nothing to do is done", async () => {
  assert.deepEqual(await mapLimited([], 3, new Runs().run), []);
});
