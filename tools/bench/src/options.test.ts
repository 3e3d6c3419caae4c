import assert from "node:assert/strict";
import { test } from "node:test";
import { parseOptions, UsageMistake } from "./options.ts";

test("without options everything is measured with the numbers of the help", () => {
  assert.deepEqual(parseOptions([]), {
    seconds: 2,
    rounds: 5,
    connections: [1, 64, 256],
    inFlight: [64, 256],
    streams: 10_000,
    attackers: 2000,
    pools: 5000,
    measurements: ["hot", "cold", "containers", "walls"],
    json: undefined,
  });
});

test("each option says its part", () => {
  const given =
    "--seconds 1 --rounds 3 --connections 8,16 --in-flight 32 --streams 500 --attackers 50 --pools 300 --json out.json";
  assert.deepEqual(parseOptions([...given.split(" "), "--only", "walls"]), {
    seconds: 1,
    rounds: 3,
    connections: [8, 16],
    inFlight: [32],
    streams: 500,
    attackers: 50,
    pools: 300,
    measurements: ["walls"],
    json: "out.json",
  });
});

test("what is not measured usually is measured by its name", () => {
  assert.deepEqual(parseOptions(["--only", "changes"])?.measurements, ["changes"]);
  assert.deepEqual(parseOptions(["--only", "flash-crowd"])?.measurements, ["flash-crowd"]);
});

test("help is no run", () => {
  assert.equal(parseOptions(["--help"]), undefined);
});

test("what cannot be meant is a mistake", () => {
  const mistakes = [
    ["--seconds", "0"],
    ["--rounds", "1.5"],
    ["--connections", "1,,2"],
    ["--in-flight", "0"],
    ["--only", "warm"],
    ["--streams", "10001"],
    ["--attackers", "0"],
    ["--pools", "0"],
    ["--unknown"],
    ["left-over"],
  ];
  for (const given of mistakes) assert.throws(() => parseOptions(given), UsageMistake);
});
