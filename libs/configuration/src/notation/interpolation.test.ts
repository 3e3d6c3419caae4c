import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { escapeExpressions, interpolate } from "./interpolation.ts";

const environment = { NAME: "shop", EMPTY: "", TRICKY: "${NAME}", PORT: "80" };

const filled: readonly (readonly [text: string, result: string])[] = [
  ["plain", "plain"],
  ["${NAME}", "shop"],
  ["a-${NAME}-${NAME}", "a-shop-shop"],
  ["${EMPTY}", ""],
  ["${NAME:-x}", "shop"],
  ["${EMPTY:-x}", "x"],
  ["${NONE:-x y}", "x y"],
  ["${NONE:-}", ""],
  ["${NONE:-${NAME}!}", "shop!"],
  ["${NONE:-${NONE:-deep}}", "deep"],
  ["${NAME:?is needed}", "shop"],
  ["$${NAME}", "${NAME}"],
  ["$$${NAME}", "$${NAME}"],
  ["$NAME $$ {}", "$NAME $$ {}"],
  ["${TRICKY}", "${NAME}"],
];

for (const [text, result] of filled) {
  test(`${text} becomes ${JSON.stringify(result)}`, () => {
    assert.deepEqual(interpolate(text, environment), { kind: "filled", text: result });
  });
}

const refused: readonly (readonly [text: string, expression: string, message: RegExp])[] = [
  ["a ${NONE} b", "${NONE}", /variable NONE is not set/],
  ["${constructor}", "${constructor}", /is not set/],
  ["${NONE:?ask Ada}", "${NONE:?ask Ada}", /NONE: ask Ada/],
  ["${EMPTY:?}", "${EMPTY:?}", /EMPTY: is not set or empty/],
  ["${}", "${}", /is none of/],
  ["${NAME-x}", "${NAME-x}", /is none of/],
  ["${NAME%/}", "${NAME%/}", /is none of/],
  ["x ${NAME", "${NAME", /is none of/],
];

for (const [text, expression, message] of refused) {
  test(`${text} is refused and ${expression} is to blame`, () => {
    const result = interpolate(text, environment);
    assert(result.kind === "refused");
    assert.equal(result.expression, expression);
    assert.match(result.message, message);
  });
}

test("a kept placeholder stays, whatever the environment says", () => {
  const result = interpolate("127.0.0.1:${PORT} ${NAME}", environment, ["PORT"]);
  assert.deepEqual(result, { kind: "filled", text: "127.0.0.1:${PORT} shop" });
});

const piece = fc.constantFrom("$", "{", "}", "${", "NAME", "PORT", ":-", ":?", "a", " ");
const tangled = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));

test("escaped text comes back as it was, kept placeholders or not", () => {
  fc.assert(
    fc.property(tangled, (text) => {
      assert.deepEqual(interpolate(escapeExpressions(text), {}), { kind: "filled", text });
      const keeping = interpolate(escapeExpressions(text, ["PORT"]), {}, ["PORT"]);
      assert.deepEqual(keeping, { kind: "filled", text });
    }),
  );
});

test("no text throws, however deep it nests", () => {
  fc.assert(fc.property(tangled, (text) => void interpolate(text, environment)));
  assert.equal(interpolate("${A:-".repeat(50_000), {}).kind, "refused");
});
