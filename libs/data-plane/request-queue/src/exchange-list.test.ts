// The list against an array, with whatever is done to it.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { ExchangeList } from "./exchange-list.ts";
import type { Exchange } from "./exchange.ts";
import { World } from "./test-support/world.ts";

const listener = new World().listener();

function admittedAt(time: number): Exchange {
  const exchange = listener.ask();
  // Out of the pool's own list, which the dispatcher keeps.
  exchange.pool.waiting.remove(exchange);
  exchange.admittedAt = time;
  return exchange;
}

test("what is appended stays in order, whatever is removed", () => {
  const step = fc.record({ remove: fc.boolean(), at: fc.nat() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const list = new ExchangeList();
      const model: Exchange[] = [];
      for (const { remove, at } of steps) {
        if (remove && model.length > 0) {
          const [removed] = model.splice(at % model.length, 1);
          list.remove(removed!);
        } else {
          const exchange = admittedAt(0);
          list.append(exchange);
          model.push(exchange);
        }
        assert.deepEqual(ids(list.toArray()), ids(model));
        assert.equal(list.size, model.length);
        assert.equal(list.first, model[0]);
      }
    }),
    { numRuns: 50 },
  );
});

test("what is inserted stands where its admission belongs", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 20 }), (times) => {
      const list = new ExchangeList();
      for (const time of times) list.insert(admittedAt(time));
      const admitted = list.toArray().map((exchange) => exchange.admittedAt);
      assert.deepEqual(
        admitted,
        times.toSorted((left, right) => left - right),
      );
      const last = admittedAt(99);
      list.append(last);
      assert.equal(list.toArray().at(-1), last);
    }),
    { numRuns: 50 },
  );
});

test("what is inserted stands behind what was admitted at the same time", () => {
  const list = new ExchangeList();
  const first = admittedAt(5);
  const second = admittedAt(5);
  list.insert(first);
  list.insert(second);
  assert.deepEqual(ids(list.toArray()), ids([first, second]));
});

const ids = (exchanges: readonly Exchange[]): number[] => exchanges.map(({ id }) => id);
