import assert from "node:assert/strict";
import test from "node:test";
import { httpSysUrlGroup } from "@penstock/domain";
import { ConnectionClock, type ConnectionLook } from "./connection-clock.ts";

const timeouts = {
  ...httpSysUrlGroup.timeouts,
  idleConnectionMs: 10_000,
  headerWaitMs: 5000,
  entityBodyMs: 3000,
  minSendRate: 65_536,
};

/** Looks at a connection second by second; the expiries that it told. */
function expiries(looks: readonly Partial<ConnectionLook>[]): readonly (string | undefined)[] {
  const clock = new ConnectionClock(0);
  const still = { read: 0, written: 0, pending: 0, doing: "nothing", timeouts } as const;
  return looks.map((look, index) => clock.look((index + 1) * 1000, { ...still, ...look }));
}

const repeated = (count: number, look: Partial<ConnectionLook>) =>
  Array<Partial<ConnectionLook>>(count).fill(look);
const quiet = (count: number) => Array<undefined>(count).fill(undefined);

const cases: readonly (readonly [
  title: string,
  looks: readonly Partial<ConnectionLook>[],
  last: string | undefined,
])[] = [
  ["a connection that says nothing is idle", repeated(10, {}), "Timer_ConnectionIdle"],
  ["an answer begins idleness anew", [...repeated(9, {}), ...repeated(10, { read: 9, written: 9 })], undefined],
  ["one second more and it is over", [...repeated(9, {}), ...repeated(11, { read: 9, written: 9 })], "Timer_ConnectionIdle"],
  ["a header may take its time", repeated(5, { read: 9 }), undefined],
  ["a header that takes longer expires", repeated(6, { read: 9 }), "Timer_HeaderWait"],
  ["more bytes do not begin a header anew", [1, 2, 3, 4, 5, 6].map((read) => ({ read })), "Timer_HeaderWait"],
  ["a body that stalls expires", repeated(4, { read: 9, doing: "body" }), "Timer_EntityBody"],
  ["each arrival of a body begins its time anew", [1, 2, 3, 4, 5, 6].map((read) => ({ read, doing: "body" as const })), undefined],
  ["a request may take for ever", repeated(1000, { read: 9, doing: "other" }), undefined],
  ["what waits to be sent has the time that its rate gives", repeated(2, { written: 131_072, pending: 131_072, doing: "other" }), undefined],
  ["a client that takes nothing in that time is too slow", repeated(3, { written: 131_072, pending: 131_072, doing: "other" }), "Timer_MinBytesPerSecond"],
  ["little data is given the time of 64 KiB", repeated(2, { written: 1, pending: 1, doing: "other" }), "Timer_MinBytesPerSecond"],
  ["a client that takes it in time gets more time for the next", [1, 2, 3, 4, 5, 6].map((n) => ({ written: n * 65_536, pending: 65_536, doing: "other" as const })), undefined],
]; // prettier-ignore

for (const [title, looks, last] of cases) {
  test(title, () => assert.deepEqual(expiries(looks), [...quiet(looks.length - 1), last]));
}

test("a limit of 0 is none", () => {
  const off = {
    ...timeouts,
    idleConnectionMs: 0,
    headerWaitMs: 0,
    entityBodyMs: 0,
    minSendRate: 0,
  };
  const looks: Partial<ConnectionLook>[] = [
    ...repeated(500, { timeouts: off }),
    ...repeated(500, { timeouts: off, read: 1 }),
    ...repeated(500, { timeouts: off, read: 2, doing: "body", pending: 9 }),
  ];
  assert.deepEqual(expiries(looks), quiet(1500));
});
