// Walks the table of exit-reason.ts in its order.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { exitReasons, type ExitReason } from "@penstock/domain";
import { describeExit, exitReasonOf, failureKind, isFailure } from "./exit-reason.ts";
import { anExit } from "./test-support/test-builders.ts";

describe("The reason of an exit", () => {
  it("is oom when nobody asked and the memory limit ended it, and counts", () => {
    const reason = exitReasonOf(anExit(0, { outOfMemory: true, signal: "SIGKILL", code: null }));
    assert.deepEqual([reason, isFailure(reason)], ["oom", true]);
  });

  it("is crash when nobody asked, also with exit code 0, and counts", () => {
    for (const code of [0, 1, 139]) assert.equal(exitReasonOf(anExit(0, { code })), "crash");
    assert.ok(isFailure("crash"));
  });

  it("is what was asked for, however it went", () => {
    for (const askedFor of exitReasons)
      for (const outOfMemory of [false, true])
        assert.equal(exitReasonOf(anExit(0, { askedFor, outOfMemory })), askedFor);
  });

  it("counts as failure for crash, oom, ping_failure and startup_timeout, and for nothing else", () => {
    const counted: readonly ExitReason[] = exitReasons.filter((reason) => isFailure(reason));
    assert.deepEqual(counted, ["crash", "oom", "ping_failure", "startup_timeout"]);
  });

  it("is described by signal, by code, or by neither when nobody knows", () => {
    assert.equal(
      describeExit(anExit(3, { code: null, signal: "SIGSEGV" })),
      "app-3 was ended by SIGSEGV",
    );
    assert.equal(describeExit(anExit(3)), "app-3 exited with code 1");
    assert.equal(describeExit(anExit(3, { code: null })), "app-3 ended");
    const unasked = "app-3 exited with code 0, though nobody asked it to";
    assert.equal(describeExit(anExit(3, { code: 0 })), unasked);
    const orphaned = anExit(3, { code: null, askedFor: "ping_failure", orphaned: true });
    assert.equal(describeExit(orphaned), "app-3 did not answer and was left for a debugger");
    const asked = anExit(3, { code: 0, askedFor: "idle" });
    assert.equal(describeExit(asked), "app-3 exited with code 0");
  });

  it("has a kind that names nobody and quotes nothing", () => {
    const kinds = [
      anExit(0, { detail: "secret" }),
      anExit(0, { phase: "starting" }),
      anExit(0, { outOfMemory: true }),
      anExit(0, { phase: "starting", askedFor: "startup_timeout" }),
      anExit(0, { askedFor: "ping_failure" }),
    ].map(failureKind);
    assert.deepEqual(kinds, [
      "end unexpectedly",
      "end before they are ready",
      "run out of memory",
      "do not become ready in time",
      "do not answer their pings",
    ]);
  });
});
