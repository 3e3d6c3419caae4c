import assert from "node:assert/strict";
import { test } from "node:test";
import { commandEnvironment, fillPlaceholders } from "./command-placeholders.ts";

const place = { port: 4711, pool: "shop", worker: "shop-1" };

test("the three placeholders are filled wherever they stand, others stay", () => {
  const text = "${PORT}:${PORT} ${POOL}/${WORKER} ${HOME} $PORT";
  assert.equal(fillPlaceholders(text, place), "4711:4711 shop/shop-1 ${HOME} $PORT");
});

test("a name with signs of replacement patterns is taken as it is", () => {
  assert.equal(fillPlaceholders("${POOL}", { ...place, pool: "$&$1" }), "$&$1");
});

test("the environment is the pool's, filled, and the place; the place wins", () => {
  assert.deepEqual(commandEnvironment({ URL: "http://x:${PORT}", PORT: "1" }, place), {
    URL: "http://x:4711",
    PORT: "4711",
    PENSTOCK_POOL: "shop",
    PENSTOCK_WORKER: "shop-1",
  });
});
