// Times of day as moments, also on the two days of a year on which clocks are changed.

import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { scheduledMoments } from "./daily-schedule.ts";

const zone = process.env["TZ"];
process.env["TZ"] = "Europe/Berlin";
after(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

const at = (text: string): number => Date.parse(text);

function around(times: readonly string[], now: string): [string, string] | undefined {
  const moments = scheduledMoments(times, at(now), at(now));
  return moments && [iso(moments.last), iso(moments.next)];
}

const iso = (moment: number): string => new Date(moment).toISOString().slice(0, 16);

describe("A schedule of times of day", () => {
  it("has no moment without a time", () => {
    assert.equal(scheduledMoments([], 0, 0), undefined);
  });

  it("has its last and its next moment, in the zone of the process", () => {
    const moments = around(["03:30", "15:00"], "2026-01-10T12:00:00Z");
    assert.deepEqual(moments, ["2026-01-10T02:30", "2026-01-10T14:00"]);
  });

  it("reaches into yesterday and tomorrow", () => {
    assert.deepEqual(around(["23:00"], "2026-01-01T00:00:00Z"), [
      "2025-12-31T22:00",
      "2026-01-01T22:00",
    ]);
  });

  it("has come at the very moment", () => {
    const [last] = around(["03:30"], "2026-01-10T02:30:00Z") ?? [];
    assert.equal(last, "2026-01-10T02:30");
  });

  it("comes once on the day on which its time is skipped: an hour later by the clock", () => {
    // Clocks go from 02:00 to 03:00 at 01:00 UTC.
    assert.deepEqual(around(["02:30"], "2026-03-29T00:59:00Z"), [
      "2026-03-28T01:30",
      "2026-03-29T01:30",
    ]);
    assert.deepEqual(around(["02:30"], "2026-03-29T01:30:00Z"), [
      "2026-03-29T01:30",
      "2026-03-30T00:30",
    ]);
  });

  it("comes once on the day on which its time comes twice: the first time", () => {
    // Clocks go from 03:00 back to 02:00 at 01:00 UTC.
    assert.deepEqual(around(["02:30"], "2026-10-25T00:40:00Z"), [
      "2026-10-25T00:30",
      "2026-10-26T01:30",
    ]);
    assert.deepEqual(around(["02:30"], "2026-10-25T01:30:00Z"), [
      "2026-10-25T00:30",
      "2026-10-26T01:30",
    ]);
  });

  it("stands on the time base of `now`, however far that is from the time of day", () => {
    const moments = scheduledMoments(["03:30"], 5_000_000, at("2026-01-10T02:31:00Z"));
    assert.deepEqual(moments, { last: 4_940_000, next: 5_000_000 + 86_340_000 });
  });
});
